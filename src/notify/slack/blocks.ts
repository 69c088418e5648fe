import { longestBeginning } from '../fit.ts'
import { asText } from './text.ts'

/** No markup: `*`, `_` and `:fire:` stay what they are. */
type PlainText = { readonly type: 'plain_text'; readonly text: string; readonly emoji: false }
/** `verbatim`: nothing in it becomes a link or a mention by itself. */
type Markup = { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim: true }

/** The few kinds of https://docs.slack.dev/reference/block-kit/blocks that are used. */
export type Block =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: PlainText | Markup }
  | { readonly type: 'context'; readonly elements: readonly Markup[] }
  | { readonly type: 'divider' }

const MOST_HEADER = 150
export const DIVIDER: Block = { type: 'divider' }

export function header(text: string, ending = ''): Block {
  const beginning = longestBeginning(text, MOST_HEADER - ending.length, asText)
  return { type: 'header', text: { type: 'plain_text', text: `${beginning}${ending}`, emoji: false } }
}

/** Text from outside, of at most 3000 characters. */
export function section(text: string, most: number): Block {
  return { type: 'section', text: { type: 'plain_text', text: longestBeginning(text, most, asText), emoji: false } }
}

/** Markup of ours. */
export function markup(text: string): Block {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }
}

export function linkRow(links: readonly { readonly word: string; readonly address: string }[]): Block {
  const elements = links.map(({ word, address }) => {
    // `&` is the only one of the characters to be escaped that is in an address.
    return { type: 'mrkdwn', text: `<${address.replaceAll('&', '&amp;')}|${word}>`, verbatim: true } as const
  })
  return { type: 'context', elements }
}

/** How many characters of text are in it. */
export function sizeOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => {
    if (block.type === 'divider') return sum
    const texts = block.type === 'context' ? block.elements : [block.text]
    return texts.reduce((size, { text }) => size + text.length, sum)
  }, 0)
}
