import type { At } from '../core/time.ts'

/** Time as a dependency: the one place where it comes from. */
export interface Clock {
  now(): At
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
