import type { Message } from '../../../src/core/alerts/message.ts'
import type { Notifier, SendOutcome, SendRequest } from '../../../src/ports/notifier.ts'
import type { Life } from './life.ts'
import type { Mood } from './month.ts'

/** What a channel's people saw of one alert. */
export type Arrival = {
  readonly channel: string
  readonly run: string
  readonly event: string
  readonly status: string
  readonly severity: string
  readonly edit: boolean
  readonly atMs: number
  /** The process heard that it arrived. */
  heard: boolean
  /** It has noted that, too: to tell it again would be a mistake. */
  sure: boolean
}
export type Seen = Omit<Arrival, 'atMs' | 'heard' | 'sure'> & {
  /** When the message came to be, by the wall clock. */
  readonly createdMs: number
}

/** A service outside: it outlives the processes that speak to it, and has its moods. */
export class MoodyService {
  readonly name: string
  readonly edits: boolean
  mood: Mood | undefined
  posts = 0

  constructor(name: string, edits: boolean) {
    this.name = name
    this.edits = edits
  }
}

const NEVER = new Promise<never>(() => undefined)
const REFUSED = { ok: false, advice: 'later', mayHaveArrived: false } as const

/** What one process has of a service. */
export class MoodyChannel implements Notifier {
  readonly type = 'moody'
  readonly name: string
  readonly edits: boolean
  readonly #service: MoodyService
  readonly #life: Life
  readonly #arrived: (arrival: Seen) => Arrival
  /** Arrivals of the call that is under way. */
  #open: Arrival[] = []

  constructor(service: MoodyService, life: Life, arrived: (arrival: Seen) => Arrival) {
    this.#service = service
    this.#life = life
    this.#arrived = arrived
    this.name = service.name
    this.edits = service.edits
  }

  async send(request: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    const { mood } = this.#service
    if (!this.#life.alive) return NEVER
    this.#open = []
    if (this.#life.endsAt('before-arrival')) return NEVER
    const outcome = await this.#fare(mood, request, signal)
    if (this.#life.endsAt('after-arrival') || !this.#life.alive) return NEVER
    if (outcome.ok || outcome.progress !== undefined) for (const arrival of this.#open) arrival.heard = true
    return outcome
  }

  async close(): Promise<void> {
    this.#open = []
  }

  async #fare(mood: Mood | undefined, request: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    switch (mood) {
      case undefined:
        return this.#take(request)
      case 'unreachable':
        return { ...REFUSED, code: 'unreachable', sentence: 'the connection failed' }
      case 'rate-limited':
        return { ...REFUSED, code: 'rate-limited', sentence: 'it answered 429', retryAfterMs: 90_000 }
      case 'server-error':
        return { ...REFUSED, code: 'server-error', sentence: 'it answered 500' }
      case 'not-found':
        return { ...REFUSED, code: 'not-found', advice: 'never', sentence: 'it answered 404' }
      case 'hang':
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
        return { ...REFUSED, code: 'aborted', sentence: 'it was given up', mayHaveArrived: true }
      case 'lost':
        this.#tell(request, request.message.alerts)
        return { ...REFUSED, code: 'unreachable', sentence: 'the answer was lost', mayHaveArrived: true }
      case 'plain-only':
        return request.plain
          ? this.#take(request)
          : { ...REFUSED, code: 'rejected', advice: 'plain', sentence: 'it answered 400' }
      case 'part':
        return this.#takePart(request)
      case 'throws':
        throw new RangeError('a mistake of the integration')
    }
  }

  #take(request: SendRequest): SendOutcome {
    this.#tell(request, request.message.alerts.slice(Number(request.progress ?? 0)))
    this.#service.posts += 1
    return { ok: true, ref: request.edit ?? `${this.name}-${this.#service.posts}` }
  }

  #takePart(request: SendRequest): SendOutcome {
    const done = Number(request.progress ?? 0)
    if (request.edit !== undefined) return { ...REFUSED, code: 'not-found', advice: 'anew', sentence: 'it is gone' }
    if (done + 1 >= request.message.alerts.length) return this.#take(request)
    this.#tell(request, request.message.alerts.slice(done, done + 1))
    return { ...REFUSED, code: 'timeout', sentence: 'it is slow', mayHaveArrived: true, progress: `${done + 1}` }
  }

  #tell(request: SendRequest, alerts: Message['alerts']): void {
    for (const { annotations, event, status, severity } of alerts) {
      this.#open.push(
        this.#arrived({
          channel: this.name,
          run: annotations.run ?? '',
          event,
          status,
          severity,
          edit: request.edit !== undefined,
          createdMs: request.message.createdMs,
        }),
      )
    }
  }
}
