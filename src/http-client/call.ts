import { type ClientRequest, request as plainRequest, type RequestOptions } from 'node:http'
import { request as tlsRequest } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { loadPin, type Pin, type Pinning } from '../tls/pinning.ts'
import { retryAfterMs } from './retry-after.ts'

export type HttpCall = {
  readonly url: string
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** From the call to the last byte of the answer. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  /** Whom to believe; without it the usual authorities. Only for https. */
  readonly tls?: Pinning
  /** Of the answer; more is a failure. 256 KiB by default. */
  readonly maxAnswerBytes?: number
}

/**
 * Why there is no answer. `mayHaveArrived`: the request had left when it failed. The sentence never holds the address,
 * a header or the body, since each may be or hold a secret.
 */
export type HttpFailure = {
  readonly ok: false
  readonly code: 'unreachable' | 'timeout' | 'tls' | 'malformed-answer' | 'aborted'
  readonly sentence: string
  readonly mayHaveArrived: boolean
}

/** Any status is an answer, a redirect too: it is never followed, since a followed POST becomes an empty GET. */
export type HttpAnswer = {
  readonly ok: true
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
  /** Of the `Retry-After` header, where there is one. */
  readonly retryAfterMs?: number
}

const MAX_ANSWER_BYTES = 256 * 1024
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'])

/** Makes one HTTP call on a connection of its own. Never throws for what a network, a server or an address can do. */
export function httpCall(call: HttpCall): Promise<HttpAnswer | HttpFailure> {
  let url: URL
  try {
    url = new URL(call.url)
  } catch {
    return Promise.resolve(failed('unreachable', 'its address is not a URL', false))
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return Promise.resolve(failed('unreachable', 'its address is neither http nor https', false))
  }
  const pin = call.tls === undefined || url.protocol === 'http:' ? undefined : loadPin(call.tls)
  if (pin?.ok === false) return Promise.resolve(failed('tls', pin.sentence, false))
  if (call.signal?.aborted === true) return Promise.resolve(failed('aborted', 'it was given up', false))
  return new Promise((resolve) => run(call, url, pin?.pin, resolve))
}

function run(call: HttpCall, url: URL, pin: Pin | undefined, resolve: (end: HttpAnswer | HttpFailure) => void): void {
  let sent = false
  let outgoing: ClientRequest
  const finish = (end: HttpAnswer | HttpFailure) => {
    clearTimeout(clock)
    call.signal?.removeEventListener('abort', abort)
    resolve(end)
    outgoing?.destroy()
  }
  const abort = () => finish(failed('aborted', 'it was given up', sent))
  const clock = setTimeout(
    () => finish(failed('timeout', `no whole answer in ${call.timeoutMs} ms`, sent)),
    call.timeoutMs,
  )
  call.signal?.addEventListener('abort', abort, { once: true })
  try {
    outgoing = begin(call, url, pin)
  } catch (error) {
    // A header or a path that HTTP cannot carry.
    finish(failed('unreachable', `the request cannot be made (${codeOf(error)})`, false))
    return
  }
  outgoing.on('error', (error: NodeJS.ErrnoException) => finish(failureOf(error, sent)))
  outgoing.on('response', (incoming) => {
    const limit = call.maxAnswerBytes ?? MAX_ANSWER_BYTES
    const chunks: Buffer[] = []
    let bytes = 0
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limit) finish(failed('malformed-answer', `its answer is larger than ${limit} bytes`, true))
      else chunks.push(chunk)
    })
    incoming.on('error', (error: NodeJS.ErrnoException) => finish(failureOf(error, true)))
    incoming.on('end', () => {
      const wait = retryAfterMs(incoming.headers['retry-after'], Date.now())
      finish({
        ok: true,
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        text: Buffer.concat(chunks).toString('utf8'),
        ...(wait === undefined ? {} : { retryAfterMs: wait }),
      })
    })
  })
  const send = () => {
    sent = true
    outgoing.end(call.body)
  }
  if (pin === undefined) return send()
  whenTrusted(outgoing, pin, send, (sentence) => finish(failed('tls', sentence, false)))
}

function begin(call: HttpCall, url: URL, pin: Pin | undefined): ClientRequest {
  const options: RequestOptions & { rejectUnauthorized?: boolean; secureContext?: unknown } = {
    method: call.method ?? (call.body === undefined ? 'GET' : 'POST'),
    agent: false,
    headers: {
      ...(call.body === undefined ? {} : { 'content-length': Buffer.byteLength(call.body) }),
      ...call.headers,
    },
    ...(pin === undefined ? {} : { rejectUnauthorized: false, secureContext: pin.context }),
  }
  return url.protocol === 'https:' ? tlsRequest(url, options) : plainRequest(url, options)
}

/** Nothing is sent to a server whose certificate is not the pinned one. */
function whenTrusted(outgoing: ClientRequest, pin: Pin, send: () => void, refuse: (sentence: string) => void): void {
  outgoing.on('socket', (socket) => {
    socket.once('secureConnect', () => {
      const refusal = pin.refusal(socket as TLSSocket)
      if (refusal === undefined) send()
      else refuse(refusal)
    })
  })
}

function failureOf(error: NodeJS.ErrnoException, sent: boolean): HttpFailure {
  const code = codeOf(error)
  if (/^(?:ERR_TLS|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|ERR_SSL|EPROTO)/.test(code)) {
    return failed('tls', `the secure connection was refused (${code})`, false)
  }
  if (code.startsWith('HPE_')) return failed('malformed-answer', `it does not answer in HTTP (${code})`, true)
  return failed('unreachable', `the connection failed (${code})`, sent && !NOT_SENT.has(code))
}

function codeOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException
  return code ?? name ?? 'UNKNOWN'
}

function failed(code: HttpFailure['code'], sentence: string, mayHaveArrived: boolean): HttpFailure {
  return { ok: false, code, sentence, mayHaveArrived }
}
