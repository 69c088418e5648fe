import { setImmediate } from 'node:timers/promises'
import type { At } from '../../../src/core/time.ts'
import type { Clock } from '../../../src/ports/clock.ts'

type Sleeper = { readonly dueMs: number; readonly wake: () => void }

const START_MS = 1_700_000_000_000
/** Turns of the loop after which nothing is left that waits for no time. */
const SETTLING_TURNS = 4

/** The time of a site: it passes from one thing that is due to the next. Its wall clock can be set. */
export class VirtualTime {
  monoMs = 0
  wallErrorMs = 0
  #sleepers: Sleeper[] = []
  readonly #activity: () => number

  /** `activity`: a number that grows with what is done; time waits until it stands still. */
  constructor(activity: () => number = () => 0) {
    this.#activity = activity
  }

  /** By the wall clock of the site, which may be wrong. */
  get wallMs(): number {
    return this.trueMs + this.wallErrorMs
  }

  get trueMs(): number {
    return START_MS + this.monoMs
  }

  at(ms: number, wake: () => void): Sleeper {
    const sleeper = { dueMs: Math.max(ms, this.monoMs), wake }
    this.#sleepers.push(sleeper)
    return sleeper
  }

  drop(sleeper: Sleeper): void {
    const index = this.#sleepers.indexOf(sleeper)
    if (index >= 0) this.#sleepers.splice(index, 1)
  }

  async passUntil(endMs: number): Promise<void> {
    await this.#settle()
    for (;;) {
      let next: Sleeper | undefined
      for (const sleeper of this.#sleepers) if (next === undefined || sleeper.dueMs < next.dueMs) next = sleeper
      if (next === undefined || next.dueMs > endMs) break
      this.drop(next)
      this.monoMs = Math.max(this.monoMs, next.dueMs)
      next.wake()
      await this.#settle()
    }
    this.monoMs = Math.max(this.monoMs, endMs)
  }

  async #settle(): Promise<void> {
    let before: number
    do {
      before = this.#activity()
      for (let turn = 0; turn < SETTLING_TURNS; turn += 1) await setImmediate()
    } while (this.#activity() !== before)
  }
}

/** The clock as one process sees it. Nobody wakes in a process that has ended. */
export class ProcessClock implements Clock {
  readonly pace = 1
  readonly #time: VirtualTime
  readonly #isAlive: () => boolean

  constructor(time: VirtualTime, isAlive: () => boolean) {
    this.#time = time
    this.#isAlive = isAlive
  }

  now(): At {
    return { wallMs: this.#time.wallMs, bootId: 'boot', monoMs: this.#time.monoMs }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper = this.#time.at(this.#time.monoMs + ms, () => {
        signal?.removeEventListener('abort', end)
        if (this.#isAlive()) resolve()
      })
      const end = () => {
        this.#time.drop(sleeper)
        resolve()
      }
      signal?.addEventListener('abort', end, { once: true })
    })
  }
}
