/** upsd takes at most 32 words of 512 characters in a line (NUT network protocol, section Basics). */
const MOST_WORDS = 32
const MOST_CHARACTERS = 512

/** A command as upsd reads it: what is not a plain word is quoted, `"` and `\` are escaped. */
export function lineOf(words: readonly string[]): string {
  return `${words.map(quoted).join(' ')}\n`
}

function quoted(word: string): string {
  return /^[\w.@:+-]+$/.test(word) ? word : `"${word.replaceAll(/["\\]/g, '\\$&')}"`
}

/** The words of an answer; undefined where it is not the protocol's: a quote that does not end, or too much of it. */
export function wordsOf(line: string): readonly string[] | undefined {
  const words: string[] = []
  let at = 0
  while (at < line.length) {
    if (line[at] === ' ' || line[at] === '\t') {
      at += 1
      continue
    }
    const word = line[at] === '"' ? quotedWord(line, at + 1) : plainWord(line, at)
    if (word === undefined || word.text.length > MOST_CHARACTERS || words.length === MOST_WORDS) return undefined
    words.push(word.text)
    at = word.end
  }
  return words
}

type Word = { readonly text: string; readonly end: number }

function plainWord(line: string, from: number): Word {
  let text = ''
  let at = from
  for (; at < line.length && line[at] !== ' ' && line[at] !== '\t'; at += 1) {
    if (line[at] === '\\' && at + 1 < line.length) at += 1
    text += line[at]
  }
  return { text, end: at }
}

function quotedWord(line: string, from: number): Word | undefined {
  let text = ''
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === '"') return { text, end: at + 1 }
    if (line[at] === '\\') at += 1
    if (at < line.length) text += line[at]
  }
  return undefined
}
