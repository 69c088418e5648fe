import { type At, elapsedMs } from '../time.ts'
import { roundOf } from './initial.ts'
import type { State } from './types.ts'

/**
 * Milliseconds since `at`, as far as they can be trusted: monotonic within a boot; across boots by the wall clock, but
 * never less than this process has run, so that a clock that was set back makes nothing last for ever.
 */
export function sinceMs(state: State, at: At, now: At): number {
  if (at.bootId === now.bootId) return elapsedMs(at, now)
  return Math.max(elapsedMs(at, now), sinceStartMs(state, now))
}

export function sinceStartMs(state: State, now: At): number {
  return elapsedMs(roundOf(state).startedAt, now)
}
