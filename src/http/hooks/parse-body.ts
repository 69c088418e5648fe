/** Deeper than any payload that means something, and shallow enough for whoever walks it. */
export const MOST_NESTING = 32

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** With this bit set, a square bracket is its curly one. */
const CURLY = 0x20
const OPENING = 0x7b
const CLOSING = 0x7d

export type ParsedBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly sentence: string }

/**
 * JSON out of the bytes of a body, whatever its content type says. The nesting is looked at before it is parsed: a few
 * megabytes of brackets would otherwise become millions of arrays. Nothing of the body is repeated in a sentence.
 */
export function parseBody(bytes: Buffer): ParsedBody {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  if (text.trim() === '') {
    return no('The body is empty. A redirect on the way turns a POST into an empty call: use the final address.')
  }
  if (nestsTooDeep(bytes)) return no(`The body nests deeper than ${MOST_NESTING} levels.`)
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    const place = /at position (\d+)/.exec((error as Error).message)?.[1]
    return no(`The body is not JSON${place === undefined ? '' : ` (at character ${Number(place) + 1})`}.`)
  }
}

function nestsTooDeep(bytes: Buffer): boolean {
  let depth = 0
  let quoted = false
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number
    if (quoted) {
      if (byte === BACKSLASH) index += 1
      else if (byte === QUOTE) quoted = false
    } else if (byte === QUOTE) quoted = true
    else if ((byte | CURLY) === OPENING) {
      depth += 1
      if (depth > MOST_NESTING) return true
    } else if ((byte | CURLY) === CLOSING) depth -= 1
  }
  return false
}

function no(sentence: string): ParsedBody {
  return { ok: false, sentence }
}
