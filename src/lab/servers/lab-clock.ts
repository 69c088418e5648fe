/** The lab's time: real time, `scale` times as fast. `realMs` is a monotonic clock in milliseconds. */
export class LabClock {
  readonly scale: number
  readonly #realMs: () => number
  readonly #startMs: number
  readonly #realStartMs: number

  constructor(scale: number, startMs: number, realMs: () => number) {
    this.scale = scale
    this.#realMs = realMs
    this.#startMs = startMs
    this.#realStartMs = realMs()
  }

  /** Whole milliseconds. */
  nowMs(): number {
    return this.#startMs + Math.floor((this.#realMs() - this.#realStartMs) * this.scale)
  }

  /** How long to wait, in real milliseconds, until it is `atMs` in the lab. Never negative. */
  realUntilMs(atMs: number): number {
    return Math.max(0, (atMs - this.nowMs()) / this.scale)
  }
}
