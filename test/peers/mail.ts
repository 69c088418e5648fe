/** A mail taken apart, by a reading of RFC 5322, 2045 and 2047 that shares nothing with what wrote it. */
export type Mail = {
  /** Names in lower case, unfolded, as they stand and in their order. */
  readonly headers: readonly (readonly [string, string])[]
  /** The one header of that name, with encoded words decoded; throws where there is none or more. */
  header(name: string): string
  readonly parts: readonly { readonly type: string; readonly text: string }[]
}

export function parseMail(raw: string): Mail {
  const { headers, body } = split(raw)
  const header = (name: string) => single(headers, name)
  return { headers, header, parts: partsOf(headers, body) }
}

function split(raw: string) {
  const end = raw.indexOf('\r\n\r\n')
  if (end < 0) throw new Error('a mail without an end of its headers')
  const unfolded = raw.slice(0, end).replace(/\r\n(?=[ \t])/g, '')
  const headers = unfolded.split('\r\n').map((line): readonly [string, string] => {
    const match = /^([!-9;-~]+):[ \t]?(.*)$/s.exec(line)
    if (match === null) throw new Error(`no header: ${line}`)
    return [(match[1] as string).toLowerCase(), match[2] as string]
  })
  return { headers, body: raw.slice(end + 4) }
}

function single(headers: Mail['headers'], name: string): string {
  const found = headers.filter(([other]) => other === name.toLowerCase())
  if (found.length !== 1) throw new Error(`${found.length} headers called ${name}`)
  return decodeWords(found[0]?.[1] ?? '')
}

function partsOf(headers: Mail['headers'], body: string): Mail['parts'] {
  const type = single(headers, 'content-type')
  const boundary = /^multipart\/[^;]*;.*boundary="?([^";]+)"?/i.exec(type)?.[1]
  if (boundary === undefined) {
    const encoding = headers.find(([name]) => name === 'content-transfer-encoding')?.[1] ?? '7bit'
    return [{ type: type.split(';')[0] as string, text: decodeBody(body, encoding.toLowerCase()) }]
  }
  const inner = body.split(`--${boundary}`).slice(1, -1)
  return inner.flatMap((part) => {
    const { headers: own, body: content } = split(part.replace(/^\r\n/, ''))
    return partsOf(own, content)
  })
}

function decodeBody(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  if (encoding !== 'quoted-printable') return body
  return decodeQuoted(body.replace(/=[ \t]*\r\n/g, ''))
}

function decodeQuoted(text: string): string {
  const bytes: number[] = []
  for (let at = 0; at < text.length; at += 1) {
    const hex = /^=([0-9A-F]{2})/i.exec(text.slice(at, at + 3))?.[1]
    if (hex === undefined) bytes.push(text.charCodeAt(at))
    else {
      bytes.push(Number.parseInt(hex, 16))
      at += 2
    }
  }
  return Buffer.from(bytes).toString('utf8')
}

function decodeWords(value: string): string {
  return value
    .replace(/(=\?[^?]+\?[BQ]\?[^?]*\?=)\s+(?==\?)/gi, '$1')
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, form: string, text: string) =>
      form.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('utf8')
        : decodeQuoted(text.replaceAll('_', ' ')),
    )
}
