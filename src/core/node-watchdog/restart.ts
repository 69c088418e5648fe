import type { At } from '../time.ts'
import { later } from '../time.ts'
import type { DisarmRow } from './types.ts'

/**
 * A row that another boot left. Its deadline is what the wall clock says of it, and never further ahead than it was when
 * it was set: a clock that stands wrong must not leave HA disarmed for years.
 */
export function adopted(row: DisarmRow, now: At): DisarmRow {
  const { rearmAt, forMs = 0 } = row
  const moved = { ...row, since: row.since.bootId === now.bootId ? row.since : now }
  if (rearmAt === undefined || rearmAt.bootId === now.bootId) return moved
  const leftMs = Math.min(forMs, Math.max(0, rearmAt.wallMs - now.wallMs))
  return { ...moved, rearmAt: later(now, leftMs) }
}

/** From disk: another version may have left another form, or somebody else something else. */
export function isDisarmRow(value: unknown): value is DisarmRow {
  if (typeof value !== 'object' || value === null) return false
  const row = value as Partial<Record<keyof DisarmRow, unknown>>
  const timed = isAt(row.rearmAt) && typeof row.forMs === 'number'
  return (
    typeof row.cluster === 'string' &&
    typeof row.node === 'string' &&
    (row.goal === 'disarmed' || row.goal === 'armed') &&
    typeof row.forGood === 'boolean' &&
    (row.mode === 'freeze' || row.mode === 'ignore') &&
    (row.forGood || row.goal === 'armed' || timed) &&
    typeof row.haAsked === 'boolean' &&
    typeof row.muxTouched === 'boolean' &&
    isAt(row.madeAt) &&
    isAt(row.since) &&
    typeof row.note === 'string'
  )
}

function isAt(value: unknown): value is At {
  if (typeof value !== 'object' || value === null) return false
  const { wallMs, bootId, monoMs } = value as Partial<Record<keyof At, unknown>>
  return typeof wallMs === 'number' && typeof bootId === 'string' && typeof monoMs === 'number'
}
