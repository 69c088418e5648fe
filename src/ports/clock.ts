import type { At } from '../core/time.ts'

/** Time as a dependency: the one place where it comes from. */
export interface Clock {
  now(): At
  /** How many of this clock's milliseconds pass in a real one: 1, but for a lab whose time is scaled. */
  readonly pace: number
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
