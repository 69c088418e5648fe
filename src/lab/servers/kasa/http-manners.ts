import type { IncomingMessage } from 'node:http'

/** What ordinary HTTP clients add and this device's small server trips over. */
const ODD_HEADERS = ['accept-language', 'upgrade', 'expect', 'transfer-encoding', 'origin', 'referer', 'http2-settings']

/** Why the device answers 400 to a request, or undefined where it is plain enough. */
export function unusualHttp(request: IncomingMessage): string | undefined {
  if (request.method !== 'POST') return `method ${request.method}`
  for (const name of Object.keys(request.headers)) {
    if (ODD_HEADERS.includes(name) || name.startsWith('sec-fetch-')) return `header ${name}`
  }
  if (!/^\d+$/.test(request.headers['content-length'] ?? '')) return 'no content-length'
  const connection = request.headers.connection?.toLowerCase() ?? 'keep-alive'
  return connection === 'keep-alive' || connection === 'close' ? undefined : `connection ${connection}`
}

/** The session of a request. `unclean`: a cookie that holds more than `TP_SESSIONID=...`. */
export function sessionCookie(request: IncomingMessage): { readonly id: string } | 'none' | 'unclean' {
  const { cookie } = request.headers
  if (cookie === undefined) return 'none'
  const id = /^TP_SESSIONID=([0-9A-F]{32})$/.exec(cookie)?.[1]
  return id === undefined ? 'unclean' : { id }
}

/** The signed 32-bit number of `/app/request?seq=N`, or undefined. */
export function sequenceOf(url: URL): number | undefined {
  const text = url.searchParams.get('seq') ?? ''
  const value = Number(text)
  return /^-?\d{1,10}$/.test(text) && value === (value | 0) && [...url.searchParams].length === 1 ? value : undefined
}
