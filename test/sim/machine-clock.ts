import type { At } from '../../src/core/time.ts'

/** The clocks of the machine that the watchdog runs on, over the world's true time. */
export class MachineClock {
  #boot = 1
  #bootedAtMs = 0
  #suspendedMs = 0
  /** What the wall clock shows beyond true time. */
  wallOffsetMs: number

  constructor(wallStartMs: number) {
    this.wallOffsetMs = wallStartMs
  }

  at(trueMs: number): At {
    return {
      wallMs: this.wallOffsetMs + trueMs,
      bootId: `boot-${this.#boot}`,
      monoMs: trueMs - this.#bootedAtMs - this.#suspendedMs,
    }
  }

  /** True time of a moment of this boot's monotonic clock. */
  trueMs(at: At): number {
    return at.monoMs + this.#bootedAtMs + this.#suspendedMs
  }

  reboot(trueMs: number): void {
    this.#boot += 1
    // A machine takes a while from its reset to the first process.
    this.#bootedAtMs = trueMs - 5_000
    this.#suspendedMs = 0
  }

  /** A suspend that the monotonic clock does not count. */
  slept(ms: number): void {
    this.#suspendedMs += ms
  }
}
