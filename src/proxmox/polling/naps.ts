import type { Clock } from '../../ports/clock.ts'

/** Sleeps that can be ended all at once. */
export class Naps {
  readonly #clock: Clock
  readonly #open = new Set<AbortController>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async nap(ms: number): Promise<void> {
    const woken = new AbortController()
    this.#open.add(woken)
    await this.#clock.sleep(ms, woken.signal)
    this.#open.delete(woken)
  }

  wakeAll(): void {
    for (const each of this.#open) each.abort()
  }
}
