/**
 * A line of the protocol of NUT as words: a word in quotes may hold spaces, and `\` takes the next character as it is
 * (docs/net-protocol.txt of NUT). Undefined where a quote is never closed.
 */
export function split(line: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quoted = false
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? ''
    if (character === '\\') {
      at += 1
      word = (word ?? '') + (line[at] ?? '')
    } else if (character === '"') {
      quoted = !quoted
      word ??= ''
    } else if (character === ' ' && !quoted) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + character
    }
  }
  if (quoted) return undefined
  return word === undefined ? words : [...words, word]
}

/** In quotes, as values are sent. */
export function quote(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, (character) => `\\${character}`)}"`
}
