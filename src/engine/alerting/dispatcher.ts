import { setImmediate } from 'node:timers/promises'
import { spell } from '../../core/phrase.ts'
import type { Clock } from '../../ports/clock.ts'
import { bury } from './bury.ts'
import { type Flushed, flushDue } from './flush.ts'
import type { GoneChannels } from './gone-channels.ts'
import { InboxSlice } from './inbox-slice.ts'
import { type Ledger, STORE_RETRY_MS } from './ledger.ts'
import type { AlertObservation, LogLevel } from './parts.ts'
import type { Relay } from './relay.ts'
import { remind } from './reminders.ts'
import { reviewNotification } from './review-notification.ts'
import { Sleeper } from './sleeper.ts'
import type { Sweep } from './sweep.ts'
import type { Work } from './work.ts'

export type DispatcherParts = {
  readonly clock: Clock
  readonly ledger: Ledger
  readonly relay: Relay
  readonly sweep: Sweep
  readonly gone: GoneChannels
  readonly observe: (observation: AlertObservation) => void
  readonly log: (level: LogLevel, sentence: string) => void
}

const MOST_STEPS = 50
const MOST_EXPIRED = 50
/** Where something is due that cannot be done yet, such as an answer of the other relay. */
const LEAST_SLEEP_MS = 250

/** The longest sleep: a clock that was set is noticed by then. */
const LONGEST_SLEEP_MS = 3_600_000

type Turn = 'more' | 'done' | 'unwritable'
/** A part of a turn; answers whether it has more to do. */
type Slice = (work: Work) => boolean

/**
 * Everything between the inbox and the queues of the channels. It works in small turns, each a few milliseconds at most,
 * and lets everything else run between them. What fails by a mistake of ours stops no other part of it.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts
  readonly #sleeper: Sleeper
  readonly #inbox: InboxSlice
  readonly #slices: readonly (readonly [string, Slice])[]
  readonly #mistakes = new Set<string>()
  #closed = false

  constructor(parts: DispatcherParts) {
    this.#parts = parts
    this.#sleeper = new Sleeper(parts.clock)
    this.#inbox = new InboxSlice(parts.clock)
    this.#slices = [
      ['silences', (work) => parts.sweep.readSilences(work)],
      ['inbox', (work) => this.#inbox.take(work)],
      ['flush', (work) => this.#flush(work)],
      ['next-steps', takeSteps],
      ['expiries', expire],
      ['reminders', remind],
      ['muted', (work) => parts.sweep.look(work)],
      ['gone-channels', (work) => parts.gone.clear(work)],
    ]
  }

  wake(): void {
    this.#sleeper.wake()
  }

  close(): void {
    this.#closed = true
    this.#sleeper.wake()
  }

  async run(): Promise<void> {
    while (!this.#closed) {
      this.#sleeper.arm()
      const turn = await this.#turn()
      if (this.#closed) return
      if (turn === 'more') await setImmediate()
      else await this.#sleeper.sleep(turn === 'done' ? this.#untilDueMs() : STORE_RETRY_MS)
    }
  }

  /** All in one transaction; each by itself where one of them is a mistake, so that the others go on. */
  async #turn(): Promise<Turn> {
    const { ledger } = this.#parts
    try {
      const done = await ledger.together((work) => this.#slices.map(([, slice]) => slice(work)))
      if (!done.ok) return 'unwritable'
      return done.value.includes(true) ? 'more' : 'done'
    } catch {
      const turns = this.#slices.map(([name, slice]) => this.#alone(name, slice))
      return turns.find((turn) => turn === 'unwritable') ?? (turns.includes('more') ? 'more' : 'done')
    }
  }

  #alone(name: string, slice: Slice): Turn {
    try {
      const done = this.#parts.ledger.run(slice)
      if (!done.ok) return 'unwritable'
      return done.value ? 'more' : 'done'
    } catch (error) {
      const row = name === 'inbox' ? this.#inbox.failed() : undefined
      if (row !== 'looking') this.#mistake(row === undefined ? name : `inbox row ${row}`, error)
      return row === undefined ? 'done' : 'more'
    }
  }

  #flush(work: Work): boolean {
    const { relay } = this.#parts
    const { ask, more }: Flushed = flushDue(work, relay)
    if (ask.length > 0) work.after(() => void relay.ask(ask).then(() => this.wake()))
    return more
  }

  #untilDueMs(): number {
    let dueMs: number | undefined
    try {
      const due = this.#parts.ledger.run((work) => work.rows.nextDueMs(work.nowMs))
      if (!due.ok) return STORE_RETRY_MS
      dueMs = due.value
    } catch (error) {
      this.#mistake('next-due', error)
    }
    const inMs = dueMs === undefined ? LONGEST_SLEEP_MS : dueMs - this.#parts.ledger.nowMs()
    return Math.max(LEAST_SLEEP_MS, Math.min(LONGEST_SLEEP_MS, inMs))
  }

  /** Told once for each part, since it would come again with every turn. */
  #mistake(what: string, error: unknown): void {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
    if (this.#mistakes.has(what)) return
    this.#mistakes.add(what)
    this.#parts.log('error', `The alert path made a mistake (${what}): ${words}`)
    const sentence = `A part of the alert path fails (${what}); the rest goes on. The log has more: please report it.`
    this.#parts.observe({ code: 'alert-path-mistake', sentence })
  }
}

function takeSteps(work: Work): boolean {
  const due = work.rows.dueNotifications(work.nowMs, MOST_STEPS)
  for (const { id } of due) reviewNotification(work, id)
  return due.length === MOST_STEPS
}

function expire(work: Work): boolean {
  const expired = work.rows.expiredDeliveries(work.nowMs, MOST_EXPIRED)
  for (const delivery of expired) {
    const { lastError, expiresMs, createdMs } = delivery
    const why = lastError === undefined ? 'It waited for its turn.' : lastError.sentence
    bury(work, delivery, 'expired', `Not delivered within ${spell(expiresMs - createdMs)}: ${why}`)
  }
  return expired.length === MOST_EXPIRED
}
