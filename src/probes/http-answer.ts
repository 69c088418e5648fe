import { isIPv6 } from 'node:net'
import { z } from 'zod'
import { quote, type Reading } from './socket-exchange.ts'

const STATUS_LINE = /^HTTP\/\d(?:\.\d)? (\d{3})(?: |\r?$)/
const MAX_LINE_BYTES = 1024

/** The path that is asked for. No blanks or control characters, which would make another request of it. */
export const path = () =>
  z
    .string()
    .regex(/^\/[\x21-\x7e]*$/, 'a path begins with / and has no blanks')
    .default('/')
    .describe('The path to ask for. Any answer counts, 401 and 501 too.')

/** The smallest request that HTTP/1.1 servers answer, and close the connection after. */
export function httpRequest(address: string, port: number, requestPath: string): string {
  const host = isIPv6(address) ? `[${address}]` : address
  return `GET ${requestPath} HTTP/1.1\r\nHost: ${host}:${port}\r\nUser-Agent: proxmox-watchdog\r\nConnection: close\r\n\r\n`
}

/** Whole status line of any code: the answer. Something else: not HTTP. Undefined: the line is not complete yet. */
export function readStatusLine(bytes: Buffer): Reading | undefined {
  const end = bytes.indexOf(0x0a)
  if (end === -1 && bytes.length < MAX_LINE_BYTES) {
    return mayBecomeHttp(bytes) ? undefined : { ok: false, detail: `not HTTP: ${quote(bytes)}` }
  }
  const line = bytes.subarray(0, end === -1 ? MAX_LINE_BYTES : end).toString('latin1')
  const status = STATUS_LINE.exec(line)
  if (!status || end === -1) return { ok: false, detail: `not HTTP: ${quote(bytes)}` }
  return { ok: true, detail: `HTTP ${status[1]}` }
}

function mayBecomeHttp(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 5).toString('latin1')
  return 'HTTP/'.startsWith(start)
}
