import type { Message, MessageAlert } from '../../ports/notifier.ts'
import { longestBeginning } from '../fit.ts'
import { linesWithoutLinks, links } from '../links.ts'
import { type Part, packed, share, written } from '../parts.ts'
import { alertLines, isAllInTitle, mark, oneLine, titleLine } from '../wording.ts'
import { type Block, DIVIDER, header, linkRow, markup, section, sizeOf } from './blocks.ts'
import { asText } from './text.ts'

/** Of 50 blocks that a message may have: three for each alert, and the head. */
const MOST_ALERTS = 15
/** The documentation names no limit over all blocks. There is one a little above 13,000: `msg_blocks_too_long`. */
const MOST_IN_BLOCKS = 9000
/** Longer text is not shown well: https://docs.slack.dev/changelog/2018-truncating-really-long-messages */
const MOST_PLAIN = 4000
/** Of 3000 in a section; so three go into one post. */
const MOST_OF_AN_ALERT = 2900
const MOST_TITLE = 400
const MOST_LATE = 400

/** `text` is what notifications show, and all that there is without `blocks`; `mrkdwn: false`: its markup is text. */
export type Post = { readonly text: string; readonly mrkdwn: false; readonly blocks?: readonly Block[] }

export type Layout = { readonly message: Message; readonly plain: boolean; readonly mention: readonly string[] }

/**
 * The posts that tell the alerts from the one numbered `from` on. A long alert is cut, and the more so the more of them
 * there are; none is left out. The same alerts come in the same posts wherever it begins.
 */
export function partsFrom(from: number, layout: Layout): Iterable<Part<Post>> {
  return layout.plain ? plainParts(from, layout) : richParts(from, layout)
}

function* richParts(from: number, layout: Layout): Generator<Part<Post>> {
  const { message } = layout
  const most = share(message.alerts.length, { total: 40_000, least: 400, most: MOST_OF_AN_ALERT })
  const bodies = written(message.alerts.slice(from), (alert) => blocksOf(alert, message, most))
  const text = longestBeginning(titleLine(message), MOST_TITLE, asText)
  let isFirst = from === 0
  for (const group of packed(bodies, { count: MOST_ALERTS, size: MOST_IN_BLOCKS, sizeOf })) {
    const body = group.flatMap((blocks, nth) => (nth === 0 ? blocks : [DIVIDER, ...blocks]))
    yield { alerts: group.length, body: { text, mrkdwn: false, blocks: [...headOf(layout, isFirst), ...body] } }
    isFirst = false
  }
}

function headOf({ message, mention }: Layout, isFirst: boolean): Block[] {
  const title = titleLine(message)
  if (!isFirst) return [header(title, ' (continued)')]
  const pinged = mentions(message, mention)
  return [
    header(title),
    ...(pinged === '' ? [] : [markup(pinged)]),
    ...(message.late === undefined || oneLine(message.late) === '' ? [] : [section(oneLine(message.late), MOST_LATE)]),
  ]
}

/** One alert in at most `most` characters. Links that would leave too little for words stay text. */
function blocksOf(alert: MessageAlert, message: Message, most: number): Block[] {
  const head = isAllInTitle(message) ? [] : [oneLine(`${mark(alert)} ${alert.summary}`)]
  const found = links(alert)
  const row = found.length === 0 ? [] : [linkRow(found)]
  if (sizeOf(row) > most / 3) return [section([...head, ...alertLines(alert, message)].join('\n'), most)]
  return [section([...head, ...linesWithoutLinks(alert, message)].join('\n'), most - sizeOf(row)), ...row]
}

function* plainParts(from: number, { message, mention }: Layout): Generator<Part<Post>> {
  const title = longestBeginning(titleLine(message), MOST_TITLE, asText)
  const late = longestBeginning(oneLine(message.late ?? ''), MOST_LATE, asText)
  const first = [mentions(message, mention), title, late].filter((line) => line !== '').join('\n')
  const next = `${title} (continued)`
  const room = MOST_PLAIN - Math.max(first.length, next.length)
  const most = share(message.alerts.length, { total: 20_000, least: 400, most: room - 2 })
  const texts = written(message.alerts.slice(from), (alert) => {
    const head = isAllInTitle(message) ? [] : [oneLine(`${mark(alert)} ${alert.summary}`)]
    return longestBeginning([...head, ...alertLines(alert, message)].join('\n'), most, asText)
  })
  let head = from === 0 ? first : next
  for (const group of packed(texts, { count: MOST_PLAIN, size: room, sizeOf: (text) => text.length + 2 })) {
    yield { alerts: group.length, body: { text: [head, ...group].join('\n\n'), mrkdwn: false } }
    head = next
  }
}

function mentions({ kind, status }: Message, mention: readonly string[]): string {
  const rings = kind === 'test' || (kind === 'alerts' && status === 'firing')
  return rings ? [...new Set(mention)].map(pingOf).join(' ') : ''
}

function pingOf(mention: string): string {
  const [kind, id] = mention.split(':')
  if (id === undefined) return `<!${kind}>`
  return kind === 'user' ? `<@${id}>` : `<!subteam^${id}>`
}
