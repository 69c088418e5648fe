import type { Future, Past } from '../../api/moments.ts'
import { type At, elapsedMs } from '../../core/time.ts'

/** The largest time that a Date can hold; a clock that says more is broken, and must not break an answer. */
const MAX_WALL_MS = 8.64e15

export function isoOf(wallMs: number): string {
  const known = Number.isFinite(wallMs) ? Math.min(Math.max(wallMs, -MAX_WALL_MS), MAX_WALL_MS) : 0
  // Years outside 0-9999 print with a sign, which no schema of ours takes.
  const text = new Date(known).toISOString()
  return /^\d{4}-/.test(text) ? text : '1970-01-01T00:00:00.000Z'
}

export function pastOf(at: At, now: At): Past {
  return { at: isoOf(at.wallMs), agoMs: Math.max(0, elapsedMs(at, now)) }
}

/** How far away `due` is, by the monotonic clock within a boot, else by the wall clock; negative where it is overdue. */
export function leftMs(due: At, now: At): number {
  return due.bootId === now.bootId ? due.monoMs - now.monoMs : due.wallMs - now.wallMs
}

export function futureOf(due: At, now: At): Future {
  return { at: isoOf(due.wallMs), inMs: leftMs(due, now) }
}

/** Of what is known by the wall clock alone, since it came from or goes to other machines. */
export function wallPast(wallMs: number, now: At): Past {
  return { at: isoOf(wallMs), agoMs: Math.max(0, now.wallMs - wallMs) }
}

export function wallFuture(wallMs: number, now: At): Future {
  return { at: isoOf(wallMs), inMs: wallMs - now.wallMs }
}

/** For optional fields: nothing stays nothing. */
export function maybe<From, To>(value: From | undefined, make: (value: From) => To): To | undefined {
  return value === undefined ? undefined : make(value)
}
