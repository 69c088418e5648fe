import type { Clock } from '../../ports/clock.ts'

/** A socket does not run faster with a lab's clock: a call always has a real second. */
const REAL_MS = 1_000

/** Aborts when its time is over, or when one of `others` does. */
export class Deadline {
  readonly ms: number
  readonly #over = new AbortController()
  readonly #clock = new AbortController()
  readonly #others: readonly AbortSignal[]
  readonly #abort = () => this.#over.abort()
  #passed = false
  #ended = false

  constructor(clock: Clock, ms: number, others: readonly (AbortSignal | undefined)[]) {
    this.ms = ms
    this.#others = others.filter((each) => each !== undefined)
    for (const other of this.#others) {
      if (other.aborted) this.#over.abort()
      other.addEventListener('abort', this.#abort, { once: true })
    }
    const limitMs = Math.max(ms, Math.min(ms, REAL_MS) * clock.pace)
    void clock.sleep(limitMs, this.#clock.signal).then(() => {
      if (this.#ended || this.#over.signal.aborted) return
      this.#passed = true
      this.#over.abort()
    })
  }

  get signal(): AbortSignal {
    return this.#over.signal
  }

  /** It ended because its time was over. */
  get passed(): boolean {
    return this.#passed
  }

  end(): void {
    this.#ended = true
    for (const other of this.#others) other.removeEventListener('abort', this.#abort)
    this.#clock.abort()
  }
}
