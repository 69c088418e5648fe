import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { At } from '../core/time.ts'
import { EvenClock } from './even-clock.ts'

export type RetentionLimits = {
  /** Events older than this are removed. */
  readonly retentionMs: number
  /** Of more events than this the oldest are removed, whatever their age. */
  readonly maxEvents: number
}

export const DEFAULT_RETENTION: RetentionLimits = { retentionMs: 90 * 86_400_000, maxEvents: 200_000 }

/** One transaction removes at most this many rows: about a millisecond. */
const BATCH = 500
const MAX_BATCHES = 10

/**
 * Keeps the event history within its limits, a few batches a call.
 *
 * A clock that jumps must not empty the history: ages count only after the wall clock has agreed with the monotonic one
 * for ten minutes, and only the oldest rows by id are removed, up to the first whose age is within the limit, so that
 * what was written while the clock stood in 1970 is kept with its neighbours.
 */
export class Retention {
  readonly #limits: RetentionLimits
  readonly #firstToKeep: StatementSync
  readonly #bounds: StatementSync
  readonly #remove: StatementSync
  readonly #clock = new EvenClock()

  constructor(database: DatabaseSync, limits: RetentionLimits) {
    this.#limits = limits
    this.#firstToKeep = database.prepare('select id from event where wall_ms between ? and ? order by id limit 1')
    this.#bounds = database.prepare('select min(id) as first, max(id) as last from event')
    this.#remove = database.prepare(
      'delete from event where id in (select id from event where id < ? order by id limit ?)',
    )
  }

  /** `more`: rows remain to be removed at the next call. Throws SQLite's error; whole batches stay removed. */
  prune(now: At): { readonly removed: number; readonly more: boolean } {
    const keepFrom = this.#keepFrom(now)
    let removed = 0
    for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
      const { first } = this.#bounds.get() as { first: number | null }
      if (first === null || first >= keepFrom) return { removed, more: false }
      removed += Number(this.#remove.run(keepFrom, BATCH).changes)
    }
    const { first } = this.#bounds.get() as { first: number | null }
    return { removed, more: first !== null && first < keepFrom }
  }

  /** The lowest id that stays. */
  #keepFrom(now: At): number {
    const { last } = this.#bounds.get() as { last: number | null }
    if (last === null) return 0
    const byCount = last - this.#limits.maxEvents + 1
    if (!this.#clock.isEven(now)) return byCount
    const young = this.#firstToKeep.get(now.wallMs - this.#limits.retentionMs, now.wallMs) as { id: number } | undefined
    return Math.max(byCount, young?.id ?? byCount)
  }
}
