import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

/** Time and randomness as a dependency, so that tests need not wait and known answers can be replayed. */
export type KasaRuntime = {
  /** Monotonic milliseconds. */
  monoMs(): number
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  randomBytes(size: number): Buffer
}

export const realRuntime: KasaRuntime = {
  monoMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => {}),
  randomBytes: (size) => randomBytes(size),
}
