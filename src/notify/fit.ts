/** How one character is written for a channel. `text` and `at` tell what stands around it. */
export type Escape = (character: string, at: number, text: string) => string

const ELLIPSIS = '…'

/**
 * The longest beginning of `text` that takes at most `most`, escaped, with an ellipsis where something was cut. An escape
 * is never cut through. `sizeOf` is what the channel counts for what `writtenAs` gave; UTF-16 units by default, which is
 * never less than what a channel counts that counts characters.
 */
export function longestBeginning(text: string, most: number, writtenAs: Escape, sizeOf = lengthOf): string {
  const mark = sizeOf(ELLIPSIS)
  let written = ''
  let size = 0
  /** What is kept if it turns out that not all of it fits. */
  let kept = ''
  let at = 0
  for (const character of text) {
    const piece = writtenAs(character, at, text)
    size += sizeOf(piece)
    if (size > most) return mark > most ? '' : `${kept.trimEnd()}${ELLIPSIS}`
    written += piece
    if (size <= most - mark) kept = written
    at += character.length
  }
  return written
}

function lengthOf(piece: string): number {
  return piece.length
}

/** For what needs no escape. */
export const asItIs: Escape = (character) => character

export function startsLine(at: number, text: string): boolean {
  return at === 0 || text[at - 1] === '\n'
}
