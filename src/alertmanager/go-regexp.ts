/**
 * An anchored regular expression of Go (RE2) as one of ours; undefined where we cannot read what Go may well be able to.
 * What is translated is what differs in practice: flags at the beginning, named groups, and the ends of text.
 */
export function goRegExp(source: string): RegExp | undefined {
  const [, flags = '', rest = ''] = /^\(\?([imsU]+)\)([\s\S]*)$/.exec(source) ?? [undefined, '', source]
  if (/\[\[:\^?\w+:\]|\\(?:[QEC]|[pP][^{])/.test(rest)) return undefined
  const body = rest.replaceAll('(?P<', '(?<').replaceAll('\\z', '$').replaceAll('\\A', '^')
  for (const unicode of ['u', '']) {
    try {
      return new RegExp(`^(?:${body})$`, `${flags.replaceAll(/[mU]/g, '')}${unicode}`)
    } catch {
      // Ours is stricter about needless backslashes where it reads whole characters.
    }
  }
  return undefined
}
