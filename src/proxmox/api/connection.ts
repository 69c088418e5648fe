import type { ClientRequest, IncomingMessage } from 'node:http'
import { Agent, type RequestOptions, request } from 'node:https'
import type { TLSSocket } from 'node:tls'
import type { ApiFailure } from '../../core/cluster/types.ts'
import { loadPin, type Pin, type Pinning } from '../../tls/pinning.ts'
import { type BodyLimit, readBody } from './body.ts'

export type Exchange = {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly limit: BodyLimit
  /** Ends the exchange at once; what is told of it is up to whoever aborts. */
  readonly signal: AbortSignal
}

export type RawAnswer = {
  readonly ok: true
  readonly status: number
  readonly reason: string
  readonly contentType: string
  /** The server's own clock, in whole seconds. */
  readonly date?: string
  readonly text: string
  readonly wireBytes: number
  readonly droppedBytes: number
}

/** The sentence goes on from the name of the endpoint and holds no secret. */
export type ExchangeFailure = {
  readonly ok: false
  readonly code: ApiFailure
  readonly sentence: string
  /** The request had left. */
  readonly mayHaveArrived: boolean
}

/** pveproxy closes a connection that was idle for 5 s: ours are given up before, so that none is used while it closes. */
const IDLE_MS = 4_000
const MOST_SOCKETS = 8
const SELF_MADE = /^(?:SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER)/

/**
 * HTTPS to one endpoint over connections that are kept for the next call. Each new one is checked against the pinning
 * before a header is sent. Writes have a connection of their own: on a kept one that just closed it would be open
 * whether they arrived.
 */
export class Connection {
  readonly #base: URL
  readonly #tls: Pinning | undefined
  // No cached sessions: each connection shows its certificate anew.
  #agent = newAgent()
  #pin: Pin | undefined

  constructor(base: URL, tls: Pinning | undefined) {
    this.#base = base
    this.#tls = tls
  }

  close(): void {
    this.#agent.destroy()
  }

  async exchange(wish: Exchange): Promise<RawAnswer | ExchangeFailure> {
    if (this.#tls !== undefined && this.#pin === undefined) {
      const loaded = loadPin(this.#tls)
      if (!loaded.ok) return failure('tls', `cannot be checked: ${loaded.sentence}`, false)
      this.#pin = loaded.pin
    }
    const kept = wish.method === 'GET'
    const first = await this.#once(wish, kept)
    // A kept connection that the server had closed meanwhile: once more, on a new one.
    const end = first === 'stale' ? await this.#once(wish, false) : first
    if (end === 'stale') return failure('unreachable', 'closed the connection without an answer', true)
    // A CA file may have been replaced.
    if (!end.ok && end.code === 'tls') this.#pin = undefined
    return end
  }

  #once(wish: Exchange, kept: boolean): Promise<RawAnswer | ExchangeFailure | 'stale'> {
    return new Promise((resolve) => {
      let sent = false
      let outgoing: ClientRequest | undefined
      const finish = (end: RawAnswer | ExchangeFailure | 'stale', broken: boolean) => {
        wish.signal.removeEventListener('abort', abort)
        resolve(end)
        // A connection whose answer was read to its end goes back to the agent by itself.
        if (broken) outgoing?.destroy()
      }
      const abort = () => finish(failure('aborted', 'was not waited for', sent), true)
      if (wish.signal.aborted) return abort()
      wish.signal.addEventListener('abort', abort, { once: true })
      try {
        outgoing = request(new URL(wish.target, this.#base), this.#options(wish, kept))
      } catch (error) {
        return finish(
          failure('rejected', `cannot be asked: HTTP cannot carry the request (${codeOf(error)})`, false),
          true,
        )
      }
      const running = outgoing
      running.on('error', (error: NodeJS.ErrnoException) => {
        const stale = kept && running.reusedSocket && /^(?:ECONNRESET|EPIPE)$/.test(codeOf(error))
        finish(stale ? 'stale' : failureOf(error, sent), true)
      })
      running.on('response', (incoming) => void answered(incoming, wish.limit).then((end) => finish(end, !end.ok)))
      const send = () => {
        sent = true
        running.end(wish.body)
      }
      if (this.#pin === undefined) return send()
      this.#whenTrusted(running, this.#pin, send, (end) => finish(end, true))
    })
  }

  #options(wish: Exchange, kept: boolean): RequestOptions {
    return {
      method: wish.method,
      agent: kept ? this.#agent : false,
      headers: {
        accept: 'application/json',
        'accept-encoding': 'gzip',
        ...(wish.body === undefined
          ? {}
          : {
              'content-type': 'application/x-www-form-urlencoded',
              'content-length': String(Buffer.byteLength(wish.body)),
            }),
        ...wish.headers,
      },
      ...(this.#pin === undefined ? {} : { rejectUnauthorized: false, secureContext: this.#pin.context }),
    }
  }

  /** Nothing is sent to a server whose certificate is not the pinned one. */
  #whenTrusted(outgoing: ClientRequest, pin: Pin, send: () => void, refuse: (end: ExchangeFailure) => void): void {
    outgoing.on('socket', (socket) => {
      if (outgoing.reusedSocket) return send()
      socket.once('secureConnect', () => {
        const refusal = pin.refusal(socket as TLSSocket)
        if (refusal === undefined) return send()
        const code = this.#tls !== undefined && 'fingerprint' in this.#tls ? 'fingerprint-mismatch' : 'tls'
        refuse(failure(code, `is not trusted: ${refusal}`, false))
      })
    })
  }
}

async function answered(incoming: IncomingMessage, limit: BodyLimit): Promise<RawAnswer | ExchangeFailure> {
  const body = await readBody(incoming, limit)
  if (!body.ok) return { ...body, mayHaveArrived: true }
  return {
    ok: true,
    status: incoming.statusCode ?? 0,
    reason: incoming.statusMessage ?? '',
    contentType: incoming.headers['content-type'] ?? '',
    ...(incoming.headers.date === undefined ? {} : { date: incoming.headers.date }),
    text: body.text,
    wireBytes: body.wireBytes,
    droppedBytes: body.droppedBytes,
  }
}

function newAgent(): Agent {
  return new Agent({
    keepAlive: true,
    maxSockets: MOST_SOCKETS,
    maxFreeSockets: 2,
    maxCachedSessions: 0,
    timeout: IDLE_MS,
  })
}

function failureOf(error: NodeJS.ErrnoException, sent: boolean): ExchangeFailure {
  const code = codeOf(error)
  if (SELF_MADE.test(code)) {
    const advice = 'Proxmox makes its certificates itself, so pin its CA or its fingerprint with tls'
    return failure('tls', `is not trusted: no known authority signed its certificate (${code}); ${advice}`, false)
  }
  if (/^(?:ERR_TLS|CERT_|ERR_SSL|EPROTO)/.test(code)) {
    return failure('tls', `could not be connected to securely (${code})`, false)
  }
  if (code.startsWith('HPE_')) return failure('malformed-answer', `does not answer in HTTP (${code})`, true)
  return failure('unreachable', `cannot be reached (${code})`, sent)
}

function codeOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException
  return code ?? name ?? 'UNKNOWN'
}

function failure(code: ApiFailure, sentence: string, mayHaveArrived: boolean): ExchangeFailure {
  return { ok: false, code, sentence, mayHaveArrived }
}
