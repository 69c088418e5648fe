import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { Beside } from './call.ts'
import type { PveFaults } from './faults.ts'
import type { Parameters } from './parameters.ts'
import { Refusal } from './refusal.ts'

const MOST_BODY_BYTES = 512 * 1024
/** What is longer is packed for those who take it. */
const PACK_BYTES = 1024

/** Parameters of the query, and of a form or JSON body. A list (`vms=1&vms=2`) is joined as Proxmox does. */
export async function readParameters(request: IncomingMessage, url: URL): Promise<Parameters> {
  const given: Record<string, string> = {}
  for (const [name, value] of url.searchParams) given[name] = value
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BODY_BYTES) throw new Refusal(501, 'for data too large')
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks).toString('utf8')
  if (body === '') return given
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('application/json')) return { ...given, ...jsonParameters(body) }
  if (!type.startsWith('application/x-www-form-urlencoded')) throw new Refusal(415, `unexpected content type ${type}`)
  for (const [name, value] of new URLSearchParams(body)) given[name] = value
  return given
}

function jsonParameters(body: string): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error('no object')
    const text = (value: unknown) => (typeof value === 'boolean' ? (value ? '1' : '0') : String(value))
    return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, text(value)]))
  } catch {
    throw new Refusal(400, 'unable to decode request body')
  }
}

export type Reply = { readonly status: number; readonly phrase: string; readonly body: string; readonly type: string }

export function replyOf(data: unknown, isJournal: boolean): Reply {
  const body = data instanceof Beside ? { ...data.fields, data: data.data } : { data }
  const type = isJournal ? 'application/json' : 'application/json;charset=UTF-8'
  return { status: 200, phrase: 'OK', body: JSON.stringify(body), type }
}

/** The text of an error is the reason phrase and, with a line end, the message. */
export function refusalOf({ status, message, errors }: Refusal): Reply {
  const type = 'application/json;charset=UTF-8'
  // An unreachable peer has no body at all; a refused login has only this.
  if (status === 595) return { status, phrase: message, body: '', type }
  const body = status === 401 ? { data: null } : { data: null, message: `${message}\n`, ...(errors ? { errors } : {}) }
  return { status, phrase: message, body: JSON.stringify(body), type }
}

export type Manner = {
  /** Packed whether the caller takes it or not, as a journal is. */
  readonly packed: boolean
  /** The clock of the node that was asked, milliseconds since 1970. */
  readonly clockMs: number
}

/** Sends it as pveproxy does. */
export function send(request: IncomingMessage, response: ServerResponse, reply: Reply, manner: Manner): void {
  const takes = /\bgzip\b/.test(`${request.headers['accept-encoding'] ?? ''}`)
  const packs = manner.packed || (takes && reply.body.length > PACK_BYTES)
  const body = packs ? gzipSync(reply.body) : Buffer.from(reply.body)
  const date = new Date(manner.clockMs).toUTCString()
  response.writeHead(reply.status, latin1(reply.phrase), {
    Date: date,
    Expires: date,
    'Cache-Control': 'max-age=0',
    Pragma: 'no-cache',
    Server: 'pve-api-daemon/3.0',
    ...(reply.body === '' ? {} : { 'Content-Type': reply.type }),
    'Content-Length': body.length,
    ...(packs ? { 'Content-Encoding': 'gzip' } : {}),
  })
  response.end(body)
}

/** A reason phrase has one line of plain characters. */
function latin1(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, ' ').slice(0, 300)
}

/** Something that is no answer of Proxmox, where that is wished. */
export function garble(response: ServerResponse, kind: PveFaults['answers'], reply: Reply): void {
  const json = { 'Content-Type': 'application/json;charset=UTF-8' }
  if (kind === 'html') {
    response.writeHead(200, { 'Content-Type': 'text/html' })
    response.end('<!DOCTYPE html><html><body><h1>It works!</h1><p>Sign in to the proxy.</p></body></html>')
  } else if (kind === 'not-json') {
    response.writeHead(200, json).end('{"data":[{"node":"pve1",]}')
  } else {
    const body = Buffer.from(reply.body)
    response.writeHead(200, { ...json, 'Content-Length': body.length })
    response.write(body.subarray(0, Math.max(1, Math.floor(body.length / 2))), () => response.destroy())
  }
}
