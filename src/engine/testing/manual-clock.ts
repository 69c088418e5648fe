import { setImmediate } from 'node:timers/promises'
import type { At } from '../../core/time.ts'
import type { Clock } from '../../ports/clock.ts'

type Sleeper = { readonly dueMs: number; readonly wake: () => void }

/** Virtual time for tests: it stands still until it is told to pass. */
export class ManualClock implements Clock {
  readonly pace = 1
  #monoMs = 1_000_000
  #sleepers: Sleeper[] = []

  now(): At {
    return { wallMs: 1.7e12 + this.#monoMs, bootId: 'boot', monoMs: this.#monoMs }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper = { dueMs: this.#monoMs + ms, wake: resolve }
      this.#sleepers.push(sleeper)
      const end = () => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper)
        resolve()
      }
      signal?.addEventListener('abort', end, { once: true })
    })
  }

  /** Lets `ms` pass, waking each sleeper at its time. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#monoMs + ms
    await this.settle()
    for (;;) {
      const next = this.#sleepers.reduce<Sleeper | undefined>(
        (soonest, each) => (soonest === undefined || each.dueMs < soonest.dueMs ? each : soonest),
        undefined,
      )
      if (next === undefined || next.dueMs > endMs) break
      this.#sleepers = this.#sleepers.filter((each) => each !== next)
      this.#monoMs = Math.max(this.#monoMs, next.dueMs)
      next.wake()
      await this.settle()
    }
    this.#monoMs = endMs
    await this.settle()
  }

  /** The machine stands still for `ms`: time passes, and nobody is woken before its end. */
  async standStill(ms: number): Promise<void> {
    this.#monoMs += ms
    await this.pass(0)
  }

  /** Lets everything run that waits for no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await setImmediate()
  }
}
