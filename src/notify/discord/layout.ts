import type { Message, MessageAlert } from '../../ports/notifier.ts'
import { longestBeginning } from '../fit.ts'
import { type Part, packed, share } from '../parts.ts'
import { alertLines, isAllInTitle, mark, oneLine } from '../wording.ts'
import { type Embed, embedOf, sizeOf } from './embed.ts'
import { type AllowedMentions, type Head, headOf } from './head.ts'
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
export function partsFrom(from: number, layout: Layout): Part<Post>[] {
  return layout.plain ? plainParts(from, layout) : richParts(from, layout)
}

function richParts(from: number, { message, mention }: Layout): Part<Post>[] {
  const most = share(message.alerts.length, { total: 30_000, least: 580, most: 5900 })
  const embeds = message.alerts.slice(from).map((alert) => embedOf(alert, message, most))
  const groups = packed(embeds, { count: MOST_EMBEDS, size: MOST_IN_EMBEDS, sizeOf })
  return (groups.length === 0 ? [[]] : groups).map((group, index) => {
    const { text, mentions } = headOf(message, mention, from === 0 && index === 0, false)
    return { alerts: group.length, body: { content: text, embeds: group, allowed_mentions: mentions } }
  })
}

function plainParts(from: number, { message, mention }: Layout): Part<Post>[] {
  const heads: readonly [Head, Head] = [headOf(message, mention, true, true), headOf(message, mention, false, true)]
  const room = MOST_CONTENT - Math.max(heads[0].text.length, heads[1].text.length)
  const most = share(message.alerts.length, { total: 10_000, least: 300, most: room - 2 })
  const texts = message.alerts.slice(from).map((alert) => longestBeginning(plainAlert(alert, message), most, asText))
  const groups = packed(texts, { count: texts.length, size: room, sizeOf: (text) => text.length + 2 })
  return (groups.length === 0 ? [[]] : groups).map((group, index) => {
    const { text, mentions } = from === 0 && index === 0 ? heads[0] : heads[1]
    const content = [text, ...group].join('\n\n')
    return { alerts: group.length, body: { content, embeds: [], allowed_mentions: mentions } }
  })
}

function plainAlert(alert: MessageAlert, message: Message): string {
  const head = isAllInTitle(message) ? [] : [oneLine(`${mark(alert)} ${alert.summary}`)]
  return [...head, ...alertLines(alert, message)].join('\n')
}
