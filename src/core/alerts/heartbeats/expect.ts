import { type At, elapsedMs } from '../../time.ts'
import type { AlertSeverity, AlertUpdate } from '../types.ts'
import { illAlert, missingAlert, resolvedAlert, sameReasons } from './alerts.ts'
import { afterSilence, BURST_MS, periodOf, withInterval } from './period.ts'

/** Somebody whose signs of life are expected. */
export type Expectation = {
  readonly name: string
  /** The time between two signs of life; learned where missing. */
  readonly everyMs?: number
  /** How much later than that one may come; twice the period and at least 90 s where missing. */
  readonly graceMs?: number
  /** An alert that matches all of these is a sign of life: Alertmanager's `Watchdog`. */
  readonly alertMatchers?: readonly string[]
  /** How loud it is told when the sender falls silent or ill; `critical` where missing. */
  readonly severity?: AlertSeverity
}

/** One sign of life, and what the sender says of itself. */
export type Beat = { readonly well: boolean; readonly reasons: readonly string[]; readonly sender?: string }

/** What is known of one sender: the durable row. */
export type Watched = {
  readonly name: string
  /** Since when it is expected. */
  readonly since: At
  readonly last?: At
  /** The first beat of the newest burst, from which the next interval is counted; missing when we stood still since. */
  readonly burst?: At
  readonly intervalsMs: readonly number[]
  /** Who it last said it is. */
  readonly sender?: string
  /** The alerts about it that fire, as they were told. */
  readonly missing?: AlertUpdate
  readonly ill?: AlertUpdate
  /** What is decided and not handed over yet, oldest first. */
  readonly owed: readonly AlertUpdate[]
}

/** Until a period is known. */
export const UNKNOWN_PERIOD_MS = 900_000
/** Who was never heard of in this time was forgotten to be configured. */
export const NEVER_SEEN_MS = 1_800_000
const LATE_PERIODS = 2
const LEAST_LATE_MS = 90_000
const LEAST_OWN_GRACE_MS = 120_000
const OWN_GRACE_MARGIN_MS = 30_000
const MOST_OWED = 32

export function expected(name: string, now: At): Watched {
  return { name, since: now, intervalsMs: [], owed: [] }
}

/** The configured or the learned period in milliseconds; undefined while it is learned. */
export function periodMs({ everyMs }: Expectation, { intervalsMs }: Watched): number | undefined {
  return everyMs ?? periodOf(intervalsMs)
}

/** How long after the last sign of life (or, where there was none, after it was first expected) it counts as missing. */
export function allowedMs(expectation: Expectation, watched: Watched): number {
  const period = periodMs(expectation, watched)
  const { graceMs } = expectation
  const allowed =
    period === undefined
      ? Math.max(UNKNOWN_PERIOD_MS, graceMs ?? 0)
      : period + (graceMs ?? Math.max(LATE_PERIODS * period, LEAST_LATE_MS))
  return watched.last === undefined ? Math.max(NEVER_SEEN_MS, allowed) : allowed
}

/**
 * How long until it counts as missing if nothing comes, in milliseconds; 0 or less: it does. `graceFrom`: when we began
 * to listen, or listened again after we had stood still: nobody is missing for what we could not hear, so that each has
 * one period, and at least two minutes, from then on.
 */
export function leftMs(expectation: Expectation, watched: Watched, graceFrom: At, now: At): number {
  const period = periodMs(expectation, watched)
  const grace = period === undefined ? UNKNOWN_PERIOD_MS : Math.max(LEAST_OWN_GRACE_MS, period + OWN_GRACE_MARGIN_MS)
  const quietMs = elapsedMs(watched.last ?? watched.since, now)
  return Math.max(allowedMs(expectation, watched) - quietMs, grace - elapsedMs(graceFrom, now))
}

/** The row after time went by. The same object where nothing comes of it. */
export function look(expectation: Expectation, watched: Watched, graceFrom: At, now: At): Watched {
  if (watched.missing !== undefined || leftMs(expectation, watched, graceFrom, now) > 0) return watched
  const quietMs = elapsedMs(watched.last ?? watched.since, now)
  const missing = missingAlert(expectation, watched, periodMs(expectation, watched), quietMs, now.wallMs)
  return owing({ ...watched, missing }, missing)
}

/** The row after a sign of life. One that was long on its way does not turn time back. */
export function takeBeat(expectation: Expectation, watched: Watched, beat: Beat, at: At): Watched {
  const last = watched.last !== undefined && elapsedMs(watched.last, at) < 0 ? watched.last : at
  const { sender = watched.sender } = beat
  let next: Watched = { ...watched, last, ...rhythm(watched, at), ...(sender === undefined ? {} : { sender }) }
  if (next.missing !== undefined) next = withoutAlert(next, 'missing', at.wallMs)
  if (beat.well) return next.ill === undefined ? next : withoutAlert(next, 'ill', at.wallMs)
  const ill = illAlert(expectation, next, beat.reasons, next.ill?.startsMs ?? at.wallMs)
  if (next.ill !== undefined && sameReasons(next.ill, ill)) return next
  return owing({ ...next, ill }, ill)
}

function rhythm(watched: Watched, at: At): Pick<Watched, 'burst' | 'intervalsMs'> {
  const { burst, intervalsMs, missing } = watched
  if (burst === undefined) return { burst: at, intervalsMs }
  const ms = elapsedMs(burst, at)
  if (ms < BURST_MS) return { burst, intervalsMs }
  return {
    burst: at,
    intervalsMs: missing === undefined ? withInterval(intervalsMs, ms) : afterSilence(intervalsMs, ms),
  }
}

/**
 * The row at a start, or after we stood still. Its times are counted on the clock of this boot from now on, since a wall
 * clock that was set meanwhile tells nothing; and the interval that holds our own absence is not the sender's.
 */
export function resumed(watched: Watched, now: At): Watched {
  const { burst: _, last, ...rest } = watched
  const here = (at: At): At => ({
    wallMs: at.wallMs,
    bootId: now.bootId,
    monoMs: now.monoMs - Math.max(0, elapsedMs(at, now)),
  })
  return { ...rest, since: here(watched.since), ...(last === undefined ? {} : { last: here(last) }) }
}

/** The row of a sender that is expected no more: what fires about it ends. */
export function expectedNoMore(watched: Watched, nowMs: number): Watched {
  let next = watched
  if (next.missing !== undefined) next = withoutAlert(next, 'missing', nowMs)
  if (next.ill !== undefined) next = withoutAlert(next, 'ill', nowMs)
  return next
}

/** The row after these were handed over. */
export function handedOver(watched: Watched, updates: ReadonlySet<AlertUpdate>): Watched {
  const owed = watched.owed.filter((update) => !updates.has(update))
  return owed.length === watched.owed.length ? watched : { ...watched, owed }
}

function withoutAlert(watched: Watched, which: 'missing' | 'ill', endsMs: number): Watched {
  const { [which]: alert, ...rest } = watched
  return alert === undefined ? watched : owing(rest, resolvedAlert(alert, endsMs))
}

function owing(watched: Watched, update: AlertUpdate): Watched {
  return { ...watched, owed: [...watched.owed, update].slice(-MOST_OWED) }
}
