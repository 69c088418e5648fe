import { firstLast, postsOf } from '../../core/alerts/delivery/chain.ts'
import { compose, threadOf } from '../../core/alerts/delivery/compose.ts'
import { waitMs } from '../../core/alerts/delivery/retry.ts'
import { newIncident } from '../../core/alerts/incidents/step.ts'
import { isQuiet } from '../../core/alerts/routing/quiet-hours.ts'
import { receiversFor } from '../../core/alerts/routing/routing.ts'
import type { AlertEventKind, AlertUpdate, Incident, Incoming } from '../../core/alerts/types.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Message } from '../../ports/notifier.ts'
import type { DirectJob, Line } from './direct-job.ts'
import type { LogLevel } from './parts.ts'
import type { Setup } from './setup.ts'

export type DirectParts = {
  readonly clock: Clock
  readonly setup: () => Setup
  readonly random: () => number
  readonly log: (level: LogLevel, sentence: string) => void
  /** Answers whether the channel has room for it. */
  readonly give: (channel: string, job: DirectJob) => boolean
}

const MOST_TRIES = 6
const MOST_REMEMBERED = 2_000

/** What happened to an alert, as its source said it. */
export type Fact = Pick<Incident, 'fingerprint' | 'startsMs'> & { readonly kind: AlertEventKind }

type State = 'waiting' | 'told' | 'left'

/**
 * Tells alerts of ours straight from memory while the state cannot be written. Who was told is remembered, so that the
 * delivery which follows once it can be written again is not told a second time.
 */
export class DirectTelling {
  readonly #parts: DirectParts
  /** By channel and key. */
  readonly #states = new Map<string, State>()

  constructor(parts: DirectParts) {
    this.#parts = parts
  }

  tell(incoming: readonly Incoming[]): void {
    for (const update of incoming) if (update.kind === 'alert') this.#tell(update)
  }

  /**
   * Whether a channel was told of an event of an incident. To be asked before a delivery of it leaves: what still waits in
   * memory is left to that delivery.
   */
  told(channel: string, fact: Fact): boolean {
    if (this.#states.size === 0) return false
    const id = idOf(channel, factOf(fact))
    const state = this.#states.get(id)
    if (state === 'waiting') this.#states.set(id, 'left')
    return state === 'told'
  }

  #tell(update: AlertUpdate): void {
    const { setup, clock } = this.#parts
    const now = setup()
    const { policy, routing } = now
    if (update.source === 'own' && policy.disabled.includes(update.labels.alertname ?? '')) return
    const wallMs = clock.now().wallMs
    // It is in the inbox once that can be written, and waits for the morning there.
    if (isQuiet(policy.quietHours, update.severity, now.quietMinute(wallMs))) return
    const key = factOf({ ...update, kind: update.status })
    const message = messageOf(update, now, wallMs)
    for (const name of receiversFor(routing, update)) {
      const receiver = now.receiver(name)
      if (receiver === undefined) continue
      const last = firstLast(receiver, update.severity, 0)
      for (const { channel } of postsOf(receiver, 0, last, now.isThere)) this.#give(channel, key, message, 1, 0)
    }
  }

  #give(channel: string, key: string, message: Message, attempt: number, inMs: number): void {
    const id = idOf(channel, key)
    if (attempt === 1 && this.#states.has(id)) return
    this.#remember(id, 'waiting')
    const given = this.#parts.give(channel, {
      notBeforeMs: this.#parts.clock.now().monoMs + inMs,
      run: (line) => this.#send(channel, key, message, attempt, line),
      cancel: () => undefined,
    })
    if (given) return
    this.#states.delete(id)
    this.#parts.log('error', `${message.title}: it could neither be written down nor told by ${channel}.`)
  }

  async #send(channel: string, key: string, message: Message, attempt: number, line: Line): Promise<void> {
    const id = idOf(channel, key)
    if (this.#states.get(id) !== 'waiting') return
    const outcome = await line.send({ message, plain: attempt > 1 && attempt % 2 === 0 })
    if (outcome.ok) return this.#remember(id, 'told')
    if (this.#states.get(id) !== 'waiting') return
    if (outcome.advice === 'never' || attempt >= MOST_TRIES) {
      this.#states.delete(id)
      this.#parts.log('error', `${message.title}: it could not be told by ${channel}: ${outcome.sentence}`)
      return
    }
    const inMs = waitMs(attempt, this.#parts.random(), outcome.retryAfterMs)
    this.#give(channel, key, message, attempt + 1, inMs)
  }

  #remember(id: string, state: State): void {
    this.#states.delete(id)
    this.#states.set(id, state)
    for (const oldest of this.#states.keys()) {
      if (this.#states.size <= MOST_REMEMBERED) break
      this.#states.delete(oldest)
    }
  }
}

function messageOf(update: AlertUpdate, { speaker }: Setup, wallMs: number): Message {
  const { endsMs } = update
  const incident: Incident = {
    ...newIncident(update, update.status, wallMs),
    ...(endsMs === undefined ? {} : { endsMs }),
    id: 0,
  }
  const message = compose(
    { id: 0, createdMs: wallMs, digest: false },
    [{ incident, event: update.status, story: [], folded: 0 }],
    { thread: threadOf(incident), late: undefined },
    speaker,
  )
  return { ...message, key: `m-${update.fingerprint}-${update.status}-${Math.round(update.startsMs).toString(36)}` }
}

/** The incident that it will be has no row yet. */
function factOf({ fingerprint, kind, startsMs }: Fact): string {
  return `${fingerprint}:${kind}:${startsMs}`
}

function idOf(channel: string, key: string): string {
  return JSON.stringify([channel, key])
}
