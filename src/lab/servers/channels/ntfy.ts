import type { ChannelManners, ChannelReply, ChannelRequest } from './channel-server.ts'
import { type NtfyMessage, publicationIn } from './ntfy-publication.ts'

export type NtfyOptions = {
  /** Whoever shows it may write; without it everybody may. `Bearer TOKEN` or `Basic ...`, as the header has it. */
  readonly authorization?: string
  /** Whether that also gives the right to read. Default: yes. */
  readonly readable?: boolean
  /** Bytes of a message; more becomes an attachment, which this server does not take. */
  readonly messageLimit?: number
  /** Bytes of a title; only some servers have a limit. */
  readonly titleLimit?: number
  /** Requests of a visitor at once; then one each `refillMs`. */
  readonly burst?: number
  readonly refillMs?: number
  /** Milliseconds of the wall clock. */
  readonly now?: () => number
}

const ID = /^[A-Za-z0-9]{12}$/

/**
 * An ntfy server as docs.ntfy.sh and its source describe it: publishing JSON to the root, and polling a topic. It refuses
 * what the real one refuses, and remembers what it took.
 */
export class NtfyManners implements ChannelManners {
  readonly name = 'ntfy'
  readonly messages: NtfyMessage[] = []
  readonly #options: Required<Omit<NtfyOptions, 'authorization' | 'titleLimit'>> & NtfyOptions
  #tokens: number
  #filledMs: number

  constructor(options: NtfyOptions = {}) {
    const defaults = { readable: true, messageLimit: 4096, burst: 60, refillMs: 5000, now: Date.now }
    this.#options = { ...defaults, ...options }
    this.#tokens = this.#options.burst
    this.#filledMs = this.#options.now()
  }

  /** What a phone shows: of each sequence the newest. */
  get shown(): readonly NtfyMessage[] {
    return [...new Map(this.messages.map((message) => [message.sequence_id ?? message.id, message])).values()]
  }

  reply(request: ChannelRequest): ChannelReply {
    if (!this.#admits()) return this.rateLimited()
    if (request.method === 'POST' && request.path === '/') return this.#publish(request)
    const topic = /^\/([-_A-Za-z0-9]{1,64})\/json$/.exec(request.path)?.[1]
    if (request.method === 'GET' && topic !== undefined) return this.#poll(request, topic)
    return refusal(404, 40_401, 'page not found')
  }

  /** Without a `Retry-After`: the real one sends none. */
  rateLimited(): ChannelReply {
    return refusal(429, 42_901, 'limit reached: too many requests, please be nice')
  }

  #admits(): boolean {
    const { burst, refillMs, now } = this.#options
    const refilled = Math.floor((now() - this.#filledMs) / refillMs)
    if (refilled > 0) {
      this.#tokens = Math.min(burst, this.#tokens + refilled)
      this.#filledMs += refilled * refillMs
    }
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  /** Undefined where the caller may. A wrong credential is 401, none where one is needed 403. */
  #refusedAccess({ headers }: ChannelRequest): ChannelReply | undefined {
    const { authorization } = this.#options
    if (headers.authorization !== undefined && headers.authorization !== authorization) {
      return refusal(401, 40_101, 'unauthorized')
    }
    return headers.authorization === authorization ? undefined : refusal(403, 40_301, 'forbidden')
  }

  #publish(request: ChannelRequest): ChannelReply {
    const { messageLimit, titleLimit, now } = this.#options
    if (Buffer.byteLength(request.text) > 2 * messageLimit) return refusal(413, 41_303, 'JSON body too large')
    const found = publicationIn(request.text, { messageLimit, titleLimit })
    if ('error' in found) return refusal(400, found.code, found.error)
    const denied = this.#refusedAccess(request)
    if (denied !== undefined) return denied
    const id = `m${this.messages.length.toString(36).padStart(11, '0')}`
    const message = { id, time: Math.floor(now() / 1000), event: 'message', ...found.publication } as const
    this.messages.push(message)
    return { status: 200, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(message)}\n` }
  }

  #poll(request: ChannelRequest, topic: string): ChannelReply {
    const denied = this.#refusedAccess(request)
    if (denied !== undefined) return denied
    if (!this.#options.readable) return refusal(403, 40_301, 'forbidden')
    if (request.query.get('poll') !== '1') return refusal(400, 40_000, 'this server only answers polls')
    const since = this.#since(request.query.get('since') ?? 'all')
    if (since === undefined) return refusal(400, 40_008, 'invalid since parameter')
    const id = request.query.get('id')
    const found = since.filter((message) => message.topic === topic && (id === null || message.id === id))
    return {
      status: 200,
      headers: { 'content-type': 'application/x-ndjson; charset=utf-8' },
      body: found.map((message) => `${JSON.stringify(message)}\n`).join(''),
    }
  }

  /** The messages after one (not with it), or from a second on. */
  #since(since: string): readonly NtfyMessage[] | undefined {
    if (since === 'all') return this.messages
    if (since === 'none') return []
    if (/^\d+$/.test(since)) return this.messages.filter(({ time }) => time >= Number(since))
    if (!ID.test(since)) return undefined
    return this.messages.slice(this.messages.findIndex(({ id }) => id === since) + 1)
  }
}

function refusal(http: number, code: number, error: string): ChannelReply {
  const link = 'https://ntfy.sh/docs/publish/'
  return {
    status: http,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify({ code, http, error, link })}\n`,
  }
}
