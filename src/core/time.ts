/**
 * A point in time as one process saw it. `monoMs` counts within one boot (`bootId`) and never jumps; `wallMs` is what a
 * person reads and what survives a reboot, and may jump.
 */
export type At = { readonly wallMs: number; readonly bootId: string; readonly monoMs: number }

/** Milliseconds from `from` to `to`: monotonic within a boot; across boots by the wall clock, and never negative. */
export function elapsedMs(from: At, to: At): number {
  if (from.bootId === to.bootId) return to.monoMs - from.monoMs
  return Math.max(0, to.wallMs - from.wallMs)
}

/** The point `ms` milliseconds after `at`, on both clocks. */
export function later(at: At, ms: number): At {
  return { wallMs: at.wallMs + ms, bootId: at.bootId, monoMs: at.monoMs + ms }
}

/** Whether `due` has been reached: monotonic within a boot; across boots by the wall clock. */
export function reached(due: At, now: At): boolean {
  return due.bootId === now.bootId ? now.monoMs >= due.monoMs : now.wallMs >= due.wallMs
}
