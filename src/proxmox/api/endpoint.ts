import type { ApiFailure } from '../../core/cluster/types.ts'
import { spell } from '../../core/phrase.ts'
import type { At } from '../../core/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CallStat } from '../../ports/cluster.ts'
import type { Pinning } from '../../tls/pinning.ts'
import type { ProxmoxAuth, ProxmoxEndpoint } from '../settings.ts'
import { CallStats } from './call-stats.ts'
import { Connection, type RawAnswer } from './connection.ts'
import { Deadline } from './deadline.ts'
import type { Identity, NoHeaders } from './identity.ts'
import { refusalOf, tidy } from './refusals.ts'
import { type ApiRequest, spoken, written } from './request.ts'
import { Slots } from './slots.ts'
import { TicketSession } from './ticket.ts'
import { Token } from './token.ts'

export type CallOptions = {
  /** What it is for, as it is counted. */
  readonly section: string
  readonly signal?: AbortSignal
  readonly maxBytes?: number
  /** So many times the usual deadline, for what is known to take long. */
  readonly patience?: number
}

export type ApiAnswer = {
  readonly data: unknown
  /** When it was there. */
  readonly at: At
  /** The node's own clock in seconds, of the `Date` header, and ours in the middle of the call. */
  readonly clockS?: number
  readonly clockOursS: number
}
export type TextAnswer = Omit<ApiAnswer, 'data'> & { readonly text: string; readonly droppedBytes: number }

export type CallFailure = {
  readonly ok: false
  readonly code: ApiFailure
  readonly sentence: string
  readonly at: At
  /** A write may have taken effect. */
  readonly mayHaveArrived: boolean
}
export type CallOutcome<T> = { readonly ok: true; readonly value: T } | CallFailure

export type EndpointParts = {
  readonly clock: Clock
  readonly auth: ProxmoxAuth
  readonly tls?: Pinning
  readonly timeoutMs: number
  /** Shared by all endpoints of a cluster. */
  readonly overall: Slots
}

const MAX_BYTES = 8 * 1024 * 1024
/** One endpoint's calls at a time: three rhythms and a question. */
const CALLS_AT_ONCE = 4

/** One node's API, asked at its own address. Nothing here throws for what a network or a server can do. */
export class Endpoint {
  /** `https://10.0.0.1:8006`, as it is told to people: never with a user or a path. */
  readonly name: string
  readonly #parts: EndpointParts
  readonly #connection: Connection | undefined
  readonly #identity: Identity
  readonly #stats: CallStats
  readonly #veiled = (text: string) => this.#identity.veiled(text)
  readonly #slots = new Slots(CALLS_AT_ONCE)
  readonly #closing = new AbortController()
  #node: string | undefined

  constructor(settings: ProxmoxEndpoint, parts: EndpointParts) {
    const url = URL.parse(settings.url)
    const tls = settings.tls ?? parts.tls
    this.name = url === null || url.origin === 'null' ? settings.url : url.origin
    this.#parts = parts
    this.#connection = url?.protocol === 'https:' ? new Connection(new URL(url.origin), tls) : undefined
    this.#identity = parts.auth.kind === 'token' ? new Token(parts.auth) : new TicketSession(parts.auth)
    this.#stats = new CallStats(this.name)
  }

  stats(): readonly CallStat[] {
    return this.#stats.list()
  }

  /** For sentences. */
  knownAs(node: string): void {
    this.#node = node
  }

  close(): void {
    this.#closing.abort()
    this.#connection?.close()
  }

  async call(request: ApiRequest, options: CallOptions): Promise<CallOutcome<ApiAnswer>> {
    const answer = await this.callText(request, options, 'fail')
    if (!answer.ok) return answer
    const { text, droppedBytes: _, ...times } = answer.value
    let body: unknown
    try {
      body = JSON.parse(text)
    } catch {
      return this.#failed(request, 'malformed-answer', notJson(text), true)
    }
    if (typeof body !== 'object' || body === null || !('data' in body)) {
      return this.#failed(request, 'malformed-answer', 'answers JSON that is no answer of the Proxmox API', true)
    }
    return { ok: true, value: { ...times, data: body.data } }
  }

  /** The bare text of an answer with 200; with `keep-end` of one that is too long only its end. */
  async callText(
    request: ApiRequest,
    options: CallOptions,
    beyond: 'fail' | 'keep-end',
  ): Promise<CallOutcome<TextAnswer>> {
    const { clock, timeoutMs, overall } = this.#parts
    const deadline = new Deadline(clock, timeoutMs * (options.patience ?? 1), [this.#closing.signal, options.signal])
    try {
      if (!(await this.#slots.take(deadline.signal))) return this.#ended(request, deadline, false)
      try {
        if (!(await overall.take(deadline.signal))) return this.#ended(request, deadline, false)
        try {
          return await this.#authorized(request, options, beyond, deadline)
        } finally {
          overall.give()
        }
      } finally {
        this.#slots.give()
      }
    } finally {
      deadline.end()
    }
  }

  async #authorized(
    request: ApiRequest,
    options: CallOptions,
    beyond: 'fail' | 'keep-end',
    deadline: Deadline,
  ): Promise<CallOutcome<TextAnswer>> {
    const login = {
      clock: this.#parts.clock,
      post: (params: Readonly<Record<string, string>>) => this.#logIn(params, deadline),
    }
    for (let attempt = 1; ; attempt += 1) {
      const shown = await this.#identity.headers(request.method, login)
      if (deadline.signal.aborted) return this.#ended(request, deadline, false)
      if (!shown.ok) return this.#failed(request, shown.code, shown.sentence, false)
      const limit = { maxBytes: options.maxBytes ?? MAX_BYTES, beyond }
      const sent = this.#parts.clock.now()
      const answer = await this.#exchange(request, shown.headers, limit, deadline)
      const at = this.#parts.clock.now()
      const refusal = answer.ok && answer.status !== 200 ? refusalOf(answer, request.method, this.#veiled) : undefined
      const code = answer.ok ? refusal?.code : deadline.passed ? 'timeout' : answer.code
      this.#stats.count(options.section, at.monoMs - sent.monoMs, answer.ok ? answer.wireBytes : 0, code)
      if (!answer.ok) {
        if (deadline.signal.aborted) return this.#ended(request, deadline, answer.mayHaveArrived)
        return this.#failed(request, answer.code, answer.sentence, answer.mayHaveArrived)
      }
      if (refusal === undefined) return { ok: true, value: timed(answer, sent, at) }
      // One new login: the ticket may have run out, or the cluster have changed its key.
      if (refusal.code === 'unauthorized' && attempt === 1 && this.#identity.refused(shown.headers)) continue
      return this.#failed(request, refusal.code, refusal.sentence, mayHaveArrived(answer.status, refusal.code))
    }
  }

  async #logIn(
    params: Readonly<Record<string, string>>,
    deadline: Deadline,
  ): Promise<{ readonly ok: true; readonly data: unknown } | NoHeaders> {
    const request = { method: 'POST', path: '/access/ticket', params } as const
    const answer = await this.#exchange(request, {}, { maxBytes: 65_536, beyond: 'fail' }, deadline)
    const refusal = answer.ok && answer.status !== 200 ? refusalOf(answer, 'POST', this.#veiled) : undefined
    this.#stats.count('login', 0, answer.ok ? answer.wireBytes : 0, answer.ok ? refusal?.code : answer.code)
    if (!answer.ok) return answer
    if (refusal !== undefined) return { ok: false, ...refusal }
    try {
      return { ok: true, data: (JSON.parse(answer.text) as { readonly data?: unknown }).data }
    } catch {
      return { ok: false, code: 'malformed-answer', sentence: notJson(answer.text) }
    }
  }

  async #exchange(
    request: ApiRequest,
    headers: Readonly<Record<string, string>>,
    limit: { readonly maxBytes: number; readonly beyond: 'fail' | 'keep-end' },
    deadline: Deadline,
  ) {
    if (this.#connection === undefined) {
      const sentence = 'was not asked: its address does not begin with https://'
      return { ok: false, code: 'tls', sentence, mayHaveArrived: false } as const
    }
    const { target, body } = written(request)
    return this.#connection.exchange({
      method: request.method,
      target,
      headers,
      ...(body === undefined ? {} : { body }),
      limit,
      signal: deadline.signal,
    })
  }

  #ended(request: ApiRequest, deadline: Deadline, mayHaveArrived: boolean): CallFailure {
    if (!deadline.passed) return this.#failed(request, 'aborted', 'was not waited for', mayHaveArrived)
    const sentence = `gave no whole answer in ${spell(deadline.ms)}`
    return this.#failed(request, 'timeout', sentence, mayHaveArrived)
  }

  #failed(request: ApiRequest, code: ApiFailure, sentence: string, mayHaveArrived: boolean): CallFailure {
    const place = this.#node === undefined ? this.name : `${this.#node} (${this.name})`
    return {
      ok: false,
      code,
      sentence: `${place} ${sentence} (${spoken(request)}).`,
      at: this.#parts.clock.now(),
      mayHaveArrived,
    }
  }
}

const LONG_ON_ITS_WAY_MS = 2000

function timed(answer: RawAnswer, sent: At, at: At): TextAnswer {
  const date = Date.parse(answer.date ?? '')
  return {
    text: answer.text,
    droppedBytes: answer.droppedBytes,
    at,
    // The header has whole seconds, cut off: half a second later is nearer to the truth. Of an answer that was long on
    // its way nobody can say when the clock was read.
    ...(Number.isNaN(date) || at.monoMs - sent.monoMs > LONG_ON_ITS_WAY_MS ? {} : { clockS: date / 1000 + 0.5 }),
    clockOursS: (sent.wallMs + at.wallMs) / 2000,
  }
}

/** Of a refused write: 595 is a peer that could not be connected to, the others came of a call that was on its way. */
function mayHaveArrived(status: number, code: ApiFailure): boolean {
  return status >= 500 && status !== 501 && status !== 595 && code !== 'no-quorum'
}

function notJson(text: string): string {
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(text)) {
    return 'answers HTML in place of JSON: is this the address of the Proxmox API (port 8006)?'
  }
  const beginning = tidy(text.slice(0, 60))
  return beginning === '' ? 'answers nothing in place of JSON' : 'answers with what is not JSON, or not all of it'
}
