import type { At } from '../core/time.ts'

/** How long the wall clock must have run evenly before anything is removed for its age. */
const CLOCK_SETTLED_MS = 600_000
/** NTP slews; anything above this is a jump. */
const CLOCK_TOLERANCE_MS = 60_000

/** Whether the wall clock can be trusted with ages: it has agreed with the monotonic one for ten minutes. */
export class EvenClock {
  #evenSince: At | undefined

  /** To be asked regularly: it knows only what it was told. */
  isEven(now: At): boolean {
    const since = this.#evenSince
    const jumped =
      since === undefined ||
      since.bootId !== now.bootId ||
      Math.abs(now.wallMs - since.wallMs - (now.monoMs - since.monoMs)) > CLOCK_TOLERANCE_MS
    if (jumped) this.#evenSince = now
    return !jumped && now.monoMs - since.monoMs >= CLOCK_SETTLED_MS
  }
}
