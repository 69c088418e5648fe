import { readFileSync } from 'node:fs'
import type { At } from '../core/time.ts'
import type { Clock } from '../ports/clock.ts'

/** The kernel's name for this boot; a fixed word where there is none, which makes every restart look like the same boot. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return `process-${process.pid}-${Date.now()}`
  }
}

/** The machine's own clocks: CLOCK_MONOTONIC (the same for every process of a boot) and the wall clock. */
export class SystemClock implements Clock {
  readonly pace: number = 1
  readonly #bootId = bootId()

  now(): At {
    return { wallMs: Date.now(), bootId: this.#bootId, monoMs: Number(process.hrtime.bigint()) / 1e6 }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done, { once: true })
    })
  }
}

/** A clock that runs `pace` times as fast as the machine's: for a lab in which minutes pass in seconds. */
export class PacedClock implements Clock {
  readonly pace: number
  readonly #base: SystemClock
  readonly #origin: At

  constructor(pace: number, base = new SystemClock()) {
    this.pace = pace
    this.#base = base
    this.#origin = base.now()
  }

  now(): At {
    const real = this.#base.now()
    const passedMs = (real.monoMs - this.#origin.monoMs) * this.pace
    return {
      wallMs: this.#origin.wallMs + passedMs,
      bootId: real.bootId,
      // Counted from the machine's zero, so that a restarted lab goes on in the same time.
      monoMs: real.monoMs * this.pace,
    }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#base.sleep(ms / this.pace, signal)
  }
}
