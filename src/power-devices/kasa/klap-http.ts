import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { isIPv6 } from 'node:net'
import { formatDuration } from '../../config/values.ts'
import { type Cause, socketFailure } from './exchange.ts'

/** No answer of these devices comes near this; anything larger is not one of them. */
const MAX_REPLY_BYTES = 256 * 1024

export type Endpoint = { readonly address: string; readonly port: number; readonly timeoutMs: number }

export type HttpReply =
  | { readonly ok: true; readonly status: number; readonly body: Buffer; readonly setCookie: readonly string[] }
  | { readonly ok: false; readonly cause: Cause; readonly what: string; readonly connected: boolean }

type Failure = Omit<Extract<HttpReply, { ok: false }>, 'ok' | 'connected'>

/** Only these headers, and a new connection for each request: some firmware answers 400 to more, some closes anyway. */
function headersFor({ address, port }: Endpoint, body: Buffer, cookie: string | undefined): Record<string, string> {
  const host = isIPv6(address) ? `[${address}]` : address
  return {
    Host: port === 80 ? host : `${host}:${port}`,
    'Content-Length': String(body.length),
    ...(cookie === undefined ? {} : { Cookie: cookie }),
  }
}

/**
 * POSTs `body` and reads the whole reply within the endpoint's timeout. `connected` tells whether a connection stood,
 * so that bytes may have reached the device. Never rejects.
 */
export function post(
  endpoint: Endpoint,
  path: string,
  body: Buffer,
  cookie: string | undefined,
  signal: AbortSignal,
): Promise<HttpReply> {
  const { promise, resolve } = Promise.withResolvers<HttpReply>()
  if (signal.aborted) return Promise.resolve({ ok: false, cause: 'aborted', what: 'given up', connected: false })
  let connected = false
  const outgoing = request({
    host: endpoint.address,
    port: endpoint.port,
    method: 'POST',
    path,
    agent: false,
    setDefaultHeaders: false,
    headers: headersFor(endpoint, body, cookie),
  })
  const settle = (reply: HttpReply) => {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    outgoing.destroy()
    resolve(reply)
  }
  const fail = (failure: Failure) => settle({ ok: false, ...failure, connected })
  const onAbort = () => fail({ cause: 'aborted', what: 'given up' })
  const timer = setTimeout(() => fail(tooSlow(endpoint, path, connected)), endpoint.timeoutMs)
  signal.addEventListener('abort', onAbort, { once: true })
  outgoing.on('socket', (socket) => socket.once('connect', () => (connected = true)))
  collect(outgoing, endpoint.port, settle, fail)
  outgoing.end(body)
  return promise
}

function tooSlow(endpoint: Endpoint, path: string, connected: boolean): Failure {
  const patience = formatDuration(endpoint.timeoutMs)
  const what = connected ? `no complete answer to ${path.replace(/\?.*/, '')}` : 'no connection'
  return { cause: 'timeout', what: `${what} on port ${endpoint.port} within ${patience}` }
}

function collect(
  outgoing: ClientRequest,
  port: number,
  settle: (reply: HttpReply) => void,
  fail: (failure: Failure) => void,
): void {
  let incoming: IncomingMessage | undefined
  const brokeOff: Failure = {
    cause: 'disconnected',
    what: `the connection to port ${port} broke off before the answer`,
  }
  outgoing.on('response', (response) => {
    incoming = response
    const chunks: Buffer[] = []
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MAX_REPLY_BYTES) fail({ cause: 'garbage', what: `port ${port} answered far too much` })
      else chunks.push(chunk)
    })
    response.on('end', () => {
      const setCookie = response.headers['set-cookie'] ?? []
      if (response.complete) {
        settle({ ok: true, status: response.statusCode ?? 0, body: Buffer.concat(chunks), setCookie })
      } else fail(brokeOff)
    })
    response.on('error', () => fail(brokeOff))
  })
  // Bytes after a complete answer (a doubled one) are an error of the connection, not of the answer.
  outgoing.on('error', (error) => {
    if (incoming?.complete !== true) fail(socketFailure(error, port))
  })
  outgoing.on('close', () => {
    if (incoming?.complete !== true) fail(brokeOff)
  })
}
