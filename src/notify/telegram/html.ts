import { type Escape, longestBeginning } from '../fit.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
/** Nothing to see, and no name of anybody any more. */
const WORD_JOINER = '\u2060'

/**
 * Text from outside, for `parse_mode` HTML: https://core.telegram.org/bots/api#html-style. A name after an `@` would be
 * called, whatever the mode; no escape is known for that.
 */
const inHtml: Escape = (character, at, text) => ENTITIES[character] ?? withoutCall(character, at, text)

/** The same without a mode. */
const withoutCall: Escape = (character, at, text) => {
  if (character !== '@' || !/[A-Za-z]/.test(text[at + 1] ?? '') || /\w/.test(text[at - 1] ?? '')) return character
  return `@${WORD_JOINER}`
}

/** The same in an address, where the mark has another spelling that means the same. */
const NAME_IN_ADDRESS = /(?<!\w)@(?=[A-Za-z])/g

export type Form = {
  /** Text from outside in at most `most` characters as they are counted: after the markup was read. */
  text(from: string, most: number): string
  bold(written: string): string
  link(word: string, address: string): string
  sizeOf(written: string): number
}

export const HTML: Form = {
  text: (from, most) => longestBeginning(from, most, inHtml, (piece) => (piece.startsWith('&') ? 1 : piece.length)),
  bold: (written) => `<b>${written}</b>`,
  link: (word, address) => `<a href="${address.replaceAll('&', '&amp;')}">${word}</a>`,
  sizeOf: (written) => written.replace(/<[^>]*>/g, '').replace(/&\w+;/g, '&').length,
}

export const PLAIN: Form = {
  text: (from, most) => longestBeginning(from, most, withoutCall),
  bold: (written) => written,
  link: (word, address) => `${word}: ${address.replace(NAME_IN_ADDRESS, '%40')}`,
  sizeOf: (written) => written.length,
}
