import type { At } from '../../core/time.ts'
import { EvenClock } from '../even-clock.ts'
import type { Writer, Written } from '../writer.ts'
import { idList } from './columns.ts'
import { KINDS, type Kind } from './retention-kinds.ts'
import { AlertSql } from './sql.ts'

export type AlertLimits = {
  /** What is over and older than this is removed. */
  readonly retentionMs: number
  /** Of incidents, notifications, deliveries and messages, of each: of more than this the oldest that are over go. */
  readonly maxAlerts: number
}

export const DEFAULT_MAX_ALERTS = 200_000

/** One transaction removes at most this many rows of a kind, with what hangs on them: a few milliseconds. */
const BATCH = 100
const MAX_BATCHES = 10

type Pruned = { readonly removed: number; readonly more: boolean }
/** The lowest ids that stay: whatever the age, and for those that are old. */
type KeepFrom = { readonly byCount: number; readonly byAge: number }

/**
 * Keeps the alerts within their limits, a few batches a call. Only what is over is ever removed. With the clocks the same
 * care is taken as with the event history (`Retention`): ages count once the clock has run evenly, and only among the
 * oldest rows, up to the first that was made within the limit.
 */
export class AlertRetention {
  readonly #writer: Writer
  readonly #sql: AlertSql
  readonly #limits: AlertLimits
  readonly #clock = new EvenClock()
  /** What was too old once stays so while the clock runs evenly: looking goes on from there. */
  readonly #firstYoung = new Map<string, number>()

  constructor(writer: Writer, limits: AlertLimits) {
    this.#writer = writer
    this.#sql = new AlertSql(writer.database, () => 0)
    this.#limits = limits
  }

  /** `more`: rows remain to be removed at the next call. Whole batches stay removed where a later one fails. */
  prune(now: At): Written<Pruned> {
    const even = this.#clock.isEven(now)
    const all = { removed: 0, more: false }
    const parts = [...KINDS.map((kind) => () => this.#pruneKind(kind, now, even)), () => this.#pruneSilences(now, even)]
    for (const part of parts) {
      const outcome = part()
      if (!outcome.ok) return outcome
      all.removed += outcome.value.removed
      all.more ||= outcome.value.more
    }
    return { ok: true, value: all }
  }

  #pruneKind(kind: Kind, now: At, even: boolean): Written<Pruned> {
    const { byCount, byAge } = this.#keepFrom(kind, now, even)
    let removed = 0
    let after = 0
    for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
      const written = this.#writer.write('Old alerts cannot be removed', () => {
        const ids = this.#old(kind, now, after, { byCount, byAge })
        this.#remove(kind, ids)
        return ids
      })
      if (!written.ok) return written
      removed += written.value.length
      after = written.value.at(-1) ?? after
      if (written.value.length < BATCH) return { ok: true, value: { removed, more: false } }
    }
    return { ok: true, value: { removed, more: true } }
  }

  #keepFrom({ table, madeMs }: Kind, now: At, even: boolean): KeepFrom {
    const last = this.#sql.number(`select max(id) from ${table}`) ?? 0
    const byCount = last - this.#limits.maxAlerts + 1
    if (!even) this.#firstYoung.clear()
    if (!even) return { byCount, byAge: 0 }
    const byAge = this.#sql.number(
      `select id from ${table} where id >= ? and ${madeMs} between ? and ? order by id limit 1`,
      this.#firstYoung.get(table) ?? 0,
      now.wallMs - this.#limits.retentionMs,
      now.wallMs,
    )
    if (byAge !== undefined) this.#firstYoung.set(table, byAge)
    return { byCount, byAge: byAge ?? 0 }
  }

  #old({ table, lastMs, over }: Kind, now: At, after: number, { byCount, byAge }: KeepFrom): readonly number[] {
    const rows = this.#sql.rows(
      `select id from ${table} where id > ? and id < ? and ${over}
       and (id < ? or (id < ? and ${lastMs} not between ? and ?)) order by id limit ?`,
      after,
      Math.max(byCount, byAge),
      byCount,
      byAge,
      now.wallMs - this.#limits.retentionMs,
      now.wallMs,
      BATCH,
    )
    return rows.map(({ id }) => id as number)
  }

  #remove({ table, along }: Kind, ids: readonly number[]): void {
    const list = idList(ids)
    const these = 'in (select value from json_each(?))'
    if (along !== undefined) this.#sql.run(`delete from ${along.table} where ${along.column} ${these}`, list)
    this.#sql.run(`delete from ${table} where id ${these}`, list)
  }

  /** Few, and over by themselves: one that was made while the clock stood wrong is no loss. */
  #pruneSilences(now: At, even: boolean): Written<Pruned> {
    if (!even) return { ok: true, value: { removed: 0, more: false } }
    const written = this.#writer.write('Old silences cannot be removed', () =>
      this.#sql.run(
        'delete from silence where id in (select id from silence where ends_ms < ? order by ends_ms limit ?)',
        now.wallMs - this.#limits.retentionMs,
        BATCH,
      ),
    )
    return written.ok ? { ok: true, value: { removed: written.value, more: written.value === BATCH } } : written
  }
}
