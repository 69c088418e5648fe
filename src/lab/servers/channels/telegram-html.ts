/** What a text is after its entities were read. Offsets and lengths are UTF-16 units, as in the API. */
export type Parsed =
  | { readonly ok: true; readonly text: string; readonly links: readonly string[]; readonly bold: readonly string[] }
  | { readonly ok: false; readonly description: string }

const TAGS = new Set('b strong i em u ins s strike del span tg-spoiler tg-emoji a code pre blockquote'.split(' '))
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' }
const TAG = /<(\/?)([a-zA-Z][a-zA-Z0-9-]*|)((?:\s+[a-zA-Z-]+(?:=(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*>/y

type Open = { readonly tag: string; readonly from: number; readonly href?: string | undefined }

/** `parse_mode` HTML as the documentation has it: https://core.telegram.org/bots/api#html-style */
export function parseHtml(source: string): Parsed {
  const open: Open[] = []
  const links: string[] = []
  const bold: string[] = []
  let text = ''
  let at = 0
  while (at < source.length) {
    const character = source[at] as string
    if (character === '&') {
      const [whole, decoded] = entityAt(source, at)
      text += decoded
      at += whole.length
    } else if (character !== '<') {
      text += character
      at += 1
    } else {
      TAG.lastIndex = at
      const [whole, slash, name = '', attributes = ''] = TAG.exec(source) ?? []
      const offset = Buffer.byteLength(source.slice(0, at))
      if (whole === undefined) return wrong(`Unsupported start tag "${nameAt(source, at)}" at byte offset ${offset}`)
      const tag = name.toLowerCase()
      if (slash === '/') {
        const last = open.pop()
        if (last === undefined) return wrong(`Unexpected end tag at byte offset ${offset}`)
        if (tag !== '' && tag !== last.tag) {
          return wrong(`Unmatched end tag at byte offset ${offset}, expected "</${last.tag}>", found "</${tag}>"`)
        }
        if (last.href !== undefined) links.push(last.href)
        if (last.tag === 'b') bold.push(text.slice(last.from))
      } else {
        if (!TAGS.has(tag)) return wrong(`Unsupported start tag "${tag}" at byte offset ${offset}`)
        open.push({ tag, from: text.length, href: tag === 'a' ? hrefIn(attributes) : undefined })
      }
      at += whole.length
    }
  }
  const left = open.at(-1)
  if (left !== undefined) return wrong(`Can't find end tag corresponding to start tag "${left.tag}"`)
  return { ok: true, text: text.trim(), links, bold }
}

/** Only these names are known; anything else stays as it is. */
function entityAt(source: string, at: number): [string, string] {
  const [whole, decimal, hexadecimal, name = ''] =
    /^&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]+));?/.exec(source.slice(at, at + 12)) ?? []
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal)
  if (whole !== undefined && code > 0 && code < 0x11_00_00) return [whole, String.fromCodePoint(code)]
  const known = NAMED[name]
  return whole === undefined || known === undefined ? ['&', '&'] : [whole, known]
}

function hrefIn(attributes: string): string | undefined {
  const [, double, single, bare] = /\bhref=(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(attributes) ?? []
  const href = double ?? single ?? bare
  return href === undefined ? undefined : href.replace(/&(lt|gt|amp|quot);/g, (_, name: string) => NAMED[name] ?? '')
}

function nameAt(source: string, at: number): string {
  return /^<\/?([^\s>]*)/.exec(source.slice(at, at + 50))?.[1] ?? ''
}

function wrong(words: string): Parsed {
  return { ok: false, description: `Bad Request: can't parse entities: ${words}` }
}
