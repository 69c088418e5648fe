/** Services drop more than five a minute. */
export const MOST_A_MINUTE = 5
const MINUTE_MS = 60_000
/** Nobody outside may silence us for longer than this. */
const LONGEST_HOLD_MS = 300_000

/** When one sender may send again. Times are of the monotonic clock, in milliseconds. */
export class Pace {
  #sentMs: readonly number[] = []
  #heldUntilMs = 0

  sent(atMs: number): void {
    this.#sentMs = [...this.#sentMs, atMs].slice(-MOST_A_MINUTE)
  }

  /** The service said when it wants to hear of us again. */
  holdUntil(atMs: number, nowMs: number): void {
    this.#heldUntilMs = Math.min(atMs, nowMs + LONGEST_HOLD_MS)
  }

  freeAtMs(nowMs: number): number {
    const [oldest] = this.#sentMs
    const full = this.#sentMs.length === MOST_A_MINUTE && oldest !== undefined
    return Math.max(nowMs, this.#heldUntilMs, full ? oldest + MINUTE_MS : 0)
  }
}
