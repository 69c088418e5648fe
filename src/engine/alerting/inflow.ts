/** A window, and so many payloads in it: more than anybody sends but in a storm. */
const WINDOW_MS = 100
const STORM = 20

/**
 * Whether alerts come in so fast just now that taking them in goes before looking at them: what is acknowledged is safe,
 * and whoever sends must not wait for what is done with it.
 */
export class Inflow {
  #windowMs = Number.NEGATIVE_INFINITY
  #now = 0
  #before = 0

  /** A payload came in, at a time of the monotonic clock. */
  note(monoMs: number): void {
    this.#turn(monoMs)
    this.#now += 1
  }

  isStorm(monoMs: number): boolean {
    this.#turn(monoMs)
    return Math.max(this.#now, this.#before) >= STORM
  }

  #turn(monoMs: number): void {
    const ageMs = monoMs - this.#windowMs
    if (ageMs < WINDOW_MS) return
    this.#before = ageMs < 2 * WINDOW_MS ? this.#now : 0
    this.#now = 0
    this.#windowMs = monoMs
  }
}
