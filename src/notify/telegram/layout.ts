import type { Message, MessageAlert } from '../../ports/notifier.ts'
import { linesWithoutLinks, links } from '../links.ts'
import { type Part, packed, share, written } from '../parts.ts'
import { isAllInTitle, mark, oneLine, titleLine } from '../wording.ts'
import { type Form, HTML, PLAIN } from './html.ts'

/** Characters of a message, after its markup was read: https://core.telegram.org/bots/api#sendmessage */
const MOST_TEXT = 4096
const MOST_TITLE = 300
const MOST_LATE = 300
const MOST_HEADLINE = 300

export type Post = { readonly text: string; readonly parse_mode?: 'HTML' }

/**
 * The posts that tell the alerts from the one numbered `from` on. A long alert is cut, and the more so the more of them
 * there are; none is left out. The same alerts come in the same posts wherever it begins.
 */
export function* partsFrom(from: number, message: Message, plain: boolean): Generator<Part<Post>> {
  const form = plain ? PLAIN : HTML
  const title = form.bold(form.text(titleLine(message), MOST_TITLE))
  const late = form.text(oneLine(message.late ?? ''), MOST_LATE)
  const first = late === '' ? title : `${title}\n${late}`
  const next = `${title} (continued)`
  const room = MOST_TEXT - Math.max(form.sizeOf(first), form.sizeOf(next))
  const most = share(message.alerts.length, { total: 20_000, least: 500, most: room - 2 })
  const texts = written(message.alerts.slice(from), (alert) => textOf(alert, message, form, most))
  let head = from === 0 ? first : next
  for (const group of packed(texts, { count: MOST_TEXT, size: room, sizeOf: (text) => form.sizeOf(text) + 2 })) {
    const text = [head, ...group].join('\n\n')
    yield { alerts: group.length, body: plain ? { text } : { text, parse_mode: 'HTML' } }
    head = next
  }
}

/** One alert in at most `most` characters. Links that would leave too little for words are left out. */
function textOf(alert: MessageAlert, message: Message, form: Form, most: number): string {
  const head = isAllInTitle(message)
    ? ''
    : `${form.bold(form.text(oneLine(`${mark(alert)} ${alert.summary}`), MOST_HEADLINE))}\n`
  const found = links(alert).map(({ word, address }) => form.link(word, address))
  const row = found.length === 0 ? '' : `\n${found.join(form === HTML ? ' · ' : '\n')}`
  const left = most - form.sizeOf(head)
  const kept = form.sizeOf(row) <= left / 2 ? row : ''
  const lines = linesWithoutLinks(alert, message).join('\n')
  return `${head}${form.text(lines, left - form.sizeOf(kept))}${kept}`
}
