import { type Escape, startsLine } from '../fit.ts'

/** What begins markup anywhere, a mention (`<@1>`, `@everyone`), a masked link or an emoji of a server (`<:x:1>`). */
const ANYWHERE = new Set('\\*_~|`[]<>@')
/** What begins a heading, small print or a list where a line begins. */
const AT_LINE_START = new Set('#-+')

/** Text from outside, so that Discord shows it as it is: https://support.discord.com/hc/en-us/articles/210298617 */
export const asText: Escape = (character, at, text) => {
  if (ANYWHERE.has(character)) return `\\${character}`
  if (AT_LINE_START.has(character) && startsLine(at, text)) return `\\${character}`
  // Without this an address would become a link.
  if (character === ':' && text.startsWith('://', at)) return '\\:'
  return character
}
