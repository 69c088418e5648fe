import { setImmediate } from 'node:timers'
import type { AlertStore, Transacted } from '../../ports/alert-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Inflow } from './inflow.ts'
import type { Muting } from './muting.ts'
import type { LogLevel } from './parts.ts'
import type { Setup } from './setup.ts'
import { WallWatch } from './wall-watch.ts'
import type { Hands, Work } from './work.ts'

export type LedgerParts = {
  readonly clock: Clock
  readonly store: AlertStore
  readonly muting: Muting
  readonly inflow: Inflow
  readonly setup: () => Setup
  readonly hands: Hands
  readonly log: (level: LogLevel, sentence: string) => void
}

/** After a failure to write, how long until it is tried again. */
export const STORE_RETRY_MS = 5_000

/** In a storm of alerts so much longer than its own turn the rest of the path lets them come in. */
const GIVE_WAY = 9
/** What is acknowledged must be told soon all the same. */
const MOST_WAY_MS = 250

type Task<T> = (work: Work) => T
type Waiting = { readonly run: () => void; readonly task: Task<void>; readonly end: (done: Transacted<void>) => void }

/**
 * Every transaction of the alert path goes through here: the wall clock is looked at before, effects follow after. What a
 * task throws is a mistake of ours: nothing of its transaction is written, and it is thrown on.
 */
export class Ledger {
  readonly #parts: LedgerParts
  readonly #wall: WallWatch
  #writable = true
  #waiting: Waiting[] = []
  /** By the monotonic clock: until then alerts that come in have the way. */
  #wayUntilMs = Number.NEGATIVE_INFINITY

  constructor(parts: LedgerParts) {
    this.#parts = parts
    this.#wall = new WallWatch(parts.clock.now())
  }

  nowMs(): number {
    return this.#parts.clock.now().wallMs
  }

  run<T>(task: Task<T>): Transacted<T> {
    const { store, muting, setup, hands } = this.#parts
    const moved = this.#followClock()
    if (!moved.ok) return moved
    const nowMs = this.nowMs()
    const effects: (() => void)[] = []
    let done: Transacted<T> | undefined
    muting.begin()
    try {
      done = store.transact((rows) => {
        if (!muting.isFresh) muting.reload(rows, setup().routing, nowMs)
        const listDeliveries: Work['listDeliveries'] = (query) => store.listDeliveries(query)
        const after: Work['after'] = (effect) => effects.push(effect)
        return task({ rows, nowMs, setup: setup(), muting, listDeliveries, hands, after })
      })
    } finally {
      if (done?.ok !== true) muting.rollBack()
    }
    this.#note(done)
    if (done.ok) for (const effect of effects) effect()
    return done
  }

  /**
   * The same, in one transaction with everybody else who asks for that in this turn of the loop: one wait for the disk
   * serves them all. A task may be run a second time, where another one of its transaction failed. In a storm the turns
   * are kept apart: what is acknowledged is safe, and whoever sends must not wait for what is done with it.
   */
  together<T>(task: Task<T>): Promise<Transacted<T>> {
    return new Promise((resolve, reject) => {
      let value: T
      const run: Task<void> = (work) => {
        value = task(work)
      }
      const end = (done: Transacted<void>) => resolve(done.ok ? { ok: true, value } : done)
      const alone = () => {
        try {
          end(this.run(run))
        } catch (error) {
          reject(error)
        }
      }
      this.#waiting.push({ task: run, end, run: alone })
      if (this.#waiting.length === 1) this.#schedule()
    })
  }

  #schedule(): void {
    const { clock, inflow } = this.#parts
    const { monoMs } = clock.now()
    const waitMs = inflow.isStorm(monoMs) ? this.#wayUntilMs - monoMs : 0
    if (waitMs > 0) void clock.sleep(waitMs).then(() => this.#runTogether())
    else setImmediate(() => this.#runTogether())
  }

  #runTogether(): void {
    const waiting = this.#waiting
    this.#waiting = []
    const begunMs = this.#parts.clock.now().monoMs
    this.#runAll(waiting)
    const { monoMs } = this.#parts.clock.now()
    const wayMs = Math.min(MOST_WAY_MS * this.#parts.clock.pace, GIVE_WAY * (monoMs - begunMs))
    this.#wayUntilMs = monoMs + wayMs
  }

  #runAll(waiting: readonly Waiting[]): void {
    let done: Transacted<void>
    try {
      done = this.run((work) => {
        for (const { task } of waiting) task(work)
      })
    } catch {
      // One of them is a mistake; each by itself shows which.
      for (const { run } of waiting) run()
      return
    }
    for (const { end } of waiting) end(done)
  }

  /** Somebody set the clock: what was written by the old time is moved before anything is decided by the new one. */
  #followClock(): Transacted<void> {
    const jump = this.#wall.jump(this.#parts.clock.now())
    if (jump === undefined) return { ok: true, value: undefined }
    const done = this.#parts.store.transact((rows) => rows.shiftTimes(jump.sinceMs, jump.byMs))
    this.#note(done)
    if (!done.ok) return done
    this.#wall.settle(jump)
    this.#parts.log(
      'warn',
      `The wall clock jumped by ${Math.round(jump.byMs / 1000)} s; what is due was moved with it.`,
    )
    return done
  }

  #note(done: Transacted<unknown>): void {
    if (done.ok === this.#writable) return
    this.#writable = done.ok
    if (done.ok) this.#parts.log('info', 'The alert path can be written again.')
    else this.#parts.log('error', `The alert path cannot be written: ${done.sentence}`)
  }
}
