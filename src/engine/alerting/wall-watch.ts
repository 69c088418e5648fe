import type { At } from '../../core/time.ts'

/** More than a clock that is merely disciplined, less than what would hold an alert back. */
const JUMP_MS = 60_000

/** Notices against the monotonic clock that somebody set the wall clock. */
export class WallWatch {
  #offsetMs: number
  /** When this process began, by the wall clock as it is now. */
  #startMs: number

  constructor(now: At) {
    this.#offsetMs = now.wallMs - now.monoMs
    this.#startMs = now.wallMs
  }

  /** By how much it jumped, and since when its old time was written down; undefined where it did not. */
  jump(now: At): { readonly sinceMs: number; readonly byMs: number } | undefined {
    const byMs = now.wallMs - now.monoMs - this.#offsetMs
    return Math.abs(byMs) > JUMP_MS ? { sinceMs: this.#startMs, byMs: Math.round(byMs) } : undefined
  }

  /** What was written by the old time has been moved. */
  settle({ byMs }: { readonly byMs: number }): void {
    this.#offsetMs += byMs
    this.#startMs += byMs
  }
}
