import type { At } from '../core/time.ts'
import type { Clock } from '../ports/clock.ts'

/** The longest single wait of a Node timer; a longer sleep is taken in parts. */
const LONGEST_MS = 2_000_000_000

/** One sleep until a point in time; a new one replaces the old. */
export class WakeTimer {
  readonly #clock: Clock
  readonly #onWake: () => void
  #sleep: AbortController | undefined

  constructor(clock: Clock, onWake: () => void) {
    this.#clock = clock
    this.#onWake = onWake
  }

  set(at: At | undefined): void {
    if (at === undefined) return this.cancel()
    this.in(Math.max(0, at.monoMs - this.#clock.now().monoMs))
  }

  in(ms: number): void {
    this.cancel()
    const sleep = new AbortController()
    this.#sleep = sleep
    void this.#clock.sleep(Math.min(ms, LONGEST_MS), sleep.signal).then(() => {
      if (sleep.signal.aborted) return
      this.#sleep = undefined
      this.#onWake()
    })
  }

  cancel(): void {
    this.#sleep?.abort()
    this.#sleep = undefined
  }
}
