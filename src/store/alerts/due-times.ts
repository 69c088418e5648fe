import type { AlertRows, MostAhead } from '../../ports/alert-store.ts'
import type { AlertSql } from './sql.ts'

/** Each walks to the end of an index. */
const NEXT = [
  'select min(due_ms) from held_group',
  `select min(next_step_ms) from notification indexed by notification_due where state = 'open' and next_step_ms is not null`,
  `select min(remind_at_ms) from incident indexed by incident_reminder where status = 'firing' and told = 1 and acknowledged_by is null and muted_by is null and remind_at_ms is not null`,
  `select min(expires_ms) from delivery indexed by delivery_expiry where state = 'queued'`,
]
const NEXT_AFTER = [
  'select min(ends_ms) from silence where ends_ms > ?',
  'select min(starts_ms) from silence where starts_ms > ?',
]

type Clamp = readonly [what: keyof MostAhead, statement: string]
/** What can be due too far ahead. The end of a silence can rightly be any time away, and an expiry does no harm there. */
const CLAMPED: readonly Clamp[] = [
  ['stepMs', `update notification set next_step_ms = ? where state = 'open' and next_step_ms > ?`],
  ['reminderMs', `update incident set remind_at_ms = ? where status = 'firing' and remind_at_ms > ?`],
  ['deliveryMs', `update delivery indexed by delivery_due set due_ms = ? where state = 'queued' and due_ms > ?`],
]
const CLAMPED_HELD: readonly Clamp[] = [
  ['heldMs', `update held set due_ms = ? where due_ms > ? and why <> 'quiet-hours'`],
  ['quietMs', `update held set due_ms = ? where due_ms > ? and why = 'quiet-hours'`],
]

/** Times by the clock of this machine. */
const OURS = {
  inbox: ['received_ms'],
  incident: ['updated_ms', 'made_ms', 'acknowledged_ms', 'muted_since_ms', 'remind_at_ms'],
  timeline: ['at_ms'],
  silence: ['starts_ms', 'ends_ms'],
  held: ['at_ms', 'held_at_ms', 'due_ms'],
  notification: ['created_ms', 'next_step_ms'],
  notification_event: ['at_ms'],
  delivery: ['created_ms', 'due_ms', 'expires_ms', 'delivered_ms'],
  delivery_event: ['at_ms'],
  message: ['at_ms'],
} as const
/** What was decided here says by this machine's clock when it began; a hook brings its sender's times. */
const DECIDED_HERE = `source in ('own', 'deadman', 'drill', 'test')`

/** Of rows that were there before: what waits for a time that may have been set by the clock that stood ahead. */
const WAITED_FOR = {
  notification: `update notification set next_step_ms = next_step_ms + ? where state = 'open' and next_step_ms >= ? and id <= ?`,
  incident: `update incident set remind_at_ms = remind_at_ms + ? where status = 'firing' and remind_at_ms >= ? and id <= ?`,
  delivery: `update delivery set due_ms = due_ms + ? where state = 'queued' and due_ms >= ? and id <= ?`,
  silence: 'update silence set ends_ms = ends_ms + ? where ends_ms >= ? and id <= ?',
} as const

export function dueTimeRows(sql: AlertSql): Pick<AlertRows, 'nextDueMs' | 'shiftTimes' | 'clampDue'> {
  const before = lastIds(sql)
  return {
    nextDueMs(nowMs) {
      const times = [...NEXT.map((query) => sql.number(query)), ...NEXT_AFTER.map((query) => sql.number(query, nowMs))]
      const known = times.filter((time) => time !== undefined)
      return known.length === 0 ? undefined : Math.min(...known)
    },
    shiftTimes: (sinceMs, byMs) => shiftTimes(sql, before, sinceMs, byMs),
    clampDue(nowMs, most) {
      const clamp = ([what, statement]: Clamp) => sql.run(statement, nowMs, nowMs + most[what])
      CLAMPED.forEach(clamp)
      if (CLAMPED_HELD.map(clamp).some((changed) => changed > 0)) sumUpGroups(sql)
    },
  }
}

type Table = keyof typeof OURS

/**
 * The last row of each table when the state was opened. A clock is seen to jump only while we run, so what came later was
 * written by it, whatever years the two clocks stand apart, and what was there before was not.
 */
function lastIds(sql: AlertSql): Readonly<Record<Table, number>> {
  const last = Object.keys(OURS).map((table) => [table, sql.number(`select max(id) from ${table}`) ?? 0])
  return Object.fromEntries(last) as Record<Table, number>
}

function shiftTimes(sql: AlertSql, before: Readonly<Record<Table, number>>, sinceMs: number, byMs: number): void {
  for (const [table, columns] of Object.entries(OURS) as [Table, readonly string[]][]) {
    for (const column of columns) {
      const shift = `update ${table} set ${column} = ${column} + ? where id > ? and ${column} >= ?`
      sql.run(shift, byMs, before[table], sinceMs)
    }
  }
  for (const column of ['starts_ms', 'ends_ms']) {
    const shift = `update incident set ${column} = ${column} + ? where id > ? and ${column} >= ? and ${DECIDED_HERE}`
    sql.run(shift, byMs, before.incident, sinceMs)
  }
  if (byMs < 0) {
    for (const [table, shift] of Object.entries(WAITED_FOR)) sql.run(shift, byMs, sinceMs, before[table as Table])
  }
  sumUpGroups(sql)
}

function sumUpGroups(sql: AlertSql): void {
  sql.run(
    `update held_group set due_ms = coalesce(
       (select min(due_ms) from held where held.receiver = held_group.receiver and held.group_key = held_group.group_key),
       due_ms
     )`,
  )
}
