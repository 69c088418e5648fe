import type { Message, MessageAlert } from '../../ports/notifier.ts'
import { longestBeginning } from '../fit.ts'
import { type Part, packed, share, written } from '../parts.ts'
import { alertLines, isAllInTitle, mark, oneLine } from '../wording.ts'
import { type Embed, embedOf, sizeOf } from './embed.ts'
import { type AllowedMentions, headOf } from './head.ts'
import { asText } from './markdown.ts'

const MOST_EMBEDS = 10
const MOST_IN_EMBEDS = 6000
const MOST_CONTENT = 2000

/** What is posted. Empty `content` and `embeds` take away, in an edit, what stood there. */
export type Post = {
  readonly content: string
  readonly embeds: readonly Embed[]
  readonly allowed_mentions: AllowedMentions
}

export type Layout = { readonly message: Message; readonly plain: boolean; readonly mention: readonly string[] }

/**
 * The posts that tell the alerts from the one numbered `from` on. A long alert is cut, and the more so the more of them
 * there are; none is left out. The same alerts come in the same posts wherever it begins.
 */
export function partsFrom(from: number, layout: Layout): Iterable<Part<Post>> {
  return layout.plain ? plainParts(from, layout) : richParts(from, layout)
}

function* richParts(from: number, { message, mention }: Layout): Generator<Part<Post>> {
  const most = share(message.alerts.length, { total: 30_000, least: 580, most: 5900 })
  const embeds = written(message.alerts.slice(from), (alert) => embedOf(alert, message, most))
  let isFirst = from === 0
  for (const group of packed(embeds, { count: MOST_EMBEDS, size: MOST_IN_EMBEDS, sizeOf })) {
    const { text, mentions } = headOf(message, mention, isFirst, false)
    yield { alerts: group.length, body: { content: text, embeds: group, allowed_mentions: mentions } }
    isFirst = false
  }
}

function* plainParts(from: number, { message, mention }: Layout): Generator<Part<Post>> {
  const first = headOf(message, mention, true, true)
  const next = headOf(message, mention, false, true)
  const room = MOST_CONTENT - Math.max(first.text.length, next.text.length)
  const most = share(message.alerts.length, { total: 10_000, least: 300, most: room - 2 })
  const texts = written(message.alerts.slice(from), (alert) => {
    return longestBeginning(plainAlert(alert, message), most, asText)
  })
  let head = from === 0 ? first : next
  for (const group of packed(texts, { count: MOST_CONTENT, size: room, sizeOf: (text) => text.length + 2 })) {
    const content = [head.text, ...group].join('\n\n')
    yield { alerts: group.length, body: { content, embeds: [], allowed_mentions: head.mentions } }
    head = next
  }
}

function plainAlert(alert: MessageAlert, message: Message): string {
  const head = isAllInTitle(message) ? [] : [oneLine(`${mark(alert)} ${alert.summary}`)]
  return [...head, ...alertLines(alert, message)].join('\n')
}
