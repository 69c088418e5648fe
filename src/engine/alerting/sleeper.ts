import type { Clock } from '../../ports/clock.ts'

/** The longest single wait of a Node timer. */
const LONGEST_MS = 2_000_000_000
/** Given as a reason, since one that Node makes costs more than all the rest. */
const AWAKE = 'awake'

/** One sleep that can be cut short. A wake that comes between `arm` and `sleep` is not lost. */
export class Sleeper {
  readonly #clock: Clock
  #awake = new AbortController()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Before looking what there is to do: what comes from now on ends the next sleep. */
  arm(): void {
    if (this.#awake.signal.aborted) this.#awake = new AbortController()
  }

  wake(): void {
    if (!this.#awake.signal.aborted) this.#awake.abort(AWAKE)
  }

  sleep(ms: number): Promise<void> {
    return this.#clock.sleep(Math.min(LONGEST_MS, Math.max(0, ms)), this.#awake.signal)
  }
}
