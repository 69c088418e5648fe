import { ALERT_SEVERITIES, type AlertSeverity, type HeldEvent } from '../../core/alerts/types.ts'
import type { AlertRows } from '../../ports/alert-store.ts'
import { idList, insertInto, page, type Row, wordOf } from './columns.ts'
import { eventOf } from './events.ts'
import type { AlertSql } from './sql.ts'

const INSERT = insertInto('held', [
  'receiver',
  'group_key',
  'key',
  'incident',
  'kind',
  'at_ms',
  'urgency',
  'why',
  'held_at_ms',
  'due_ms',
])
const URGENCIES: readonly AlertSeverity[] = ALERT_SEVERITIES.toReversed()

type Group = { readonly receiver: string; readonly group: string }

export function heldRows(sql: AlertSql): Pick<AlertRows, 'hold' | 'dueHeld' | 'removeHeld' | 'knowsEvent'> {
  return {
    hold(event) {
      const { receiver, group, key } = event
      if (knowsEvent(sql, receiver, key)) return
      const urgency = URGENCIES.indexOf(event.severity)
      const { incident, kind, atMs, why, heldAtMs, dueMs } = event
      const id = sql.insert(INSERT, receiver, group, key, incident, kind, atMs, urgency, why, heldAtMs, dueMs)
      sql.run(
        `insert into held_group (receiver, group_key, urgency, due_ms, first_id) values (?, ?, ?, ?, ?)
         on conflict do update set urgency = min(urgency, excluded.urgency), due_ms = min(due_ms, excluded.due_ms)`,
        receiver,
        group,
        urgency,
        dueMs,
        id,
      )
    },
    dueHeld: (nowMs, limit) => dueHeld(sql, nowMs, page(limit)),
    removeHeld(ids) {
      const list = idList(ids)
      const rows = sql.rows('select receiver, group_key from held where id in (select value from json_each(?))', list)
      const groups = new Map(rows.map((row) => [JSON.stringify([row.receiver, row.group_key]), groupOf(row)]))
      sql.run('delete from held where id in (select value from json_each(?))', list)
      for (const group of groups.values()) sumUp(sql, group)
    },
    knowsEvent: (receiver, key) => knowsEvent(sql, receiver, key),
  }
}

function knowsEvent(sql: AlertSql, receiver: string, key: string): boolean {
  const found =
    sql.row('select 1 from held where key = ? and receiver = ?', key, receiver) ??
    sql.row('select 1 from notification_event where key = ? and receiver = ? limit 1', key, receiver)
  return found !== undefined
}

/**
 * Whole groups, as many as fit into `limit`; only one that is larger than that by itself comes in parts. Of groups that
 * are equally loud the one goes first that has been due the longest.
 */
function dueHeld(sql: AlertSql, nowMs: number, limit: number): readonly HeldEvent[] {
  const events: HeldEvent[] = []
  for (const group of dueGroups(sql, nowMs, limit)) {
    const room = limit - events.length
    const rows = eventsOf(sql, group, room + 1)
    if (rows.length > room && events.length > 0) break
    if (rows.length === 0) sumUp(sql, group)
    events.push(...rows.slice(0, room))
    if (events.length === limit) break
  }
  return events
}

/** Read before any of them is touched. Each has an event, so that more than `limit` are never needed. */
function dueGroups(sql: AlertSql, nowMs: number, limit: number): readonly Group[] {
  return URGENCIES.flatMap((_, urgency) =>
    sql.rows(
      'select receiver, group_key from held_group where urgency = ? and due_ms <= ? order by due_ms, first_id limit ?',
      urgency,
      nowMs,
      limit,
    ),
  ).map(groupOf)
}

function eventsOf(sql: AlertSql, { receiver, group }: Group, limit: number): HeldEvent[] {
  return sql
    .rows('select * from held where receiver = ? and group_key = ? order by id limit ?', receiver, group, limit)
    .map(heldEventOf)
}

/** The row of a group, anew from what it holds. */
function sumUp(sql: AlertSql, { receiver, group }: Group): void {
  sql.run('delete from held_group where receiver = ? and group_key = ?', receiver, group)
  sql.run(
    `insert into held_group (receiver, group_key, urgency, due_ms, first_id)
     select receiver, group_key, min(urgency), min(due_ms), min(id) from held
     where receiver = ? and group_key = ? group by receiver, group_key`,
    receiver,
    group,
  )
}

function groupOf(row: Row): Group {
  return { receiver: row.receiver as string, group: row.group_key as string }
}

function heldEventOf(row: Row): HeldEvent {
  return {
    ...eventOf(row),
    id: row.id as number,
    receiver: row.receiver as string,
    group: row.group_key as string,
    severity: URGENCIES[row.urgency as number] ?? 'critical',
    why: wordOf(['group', 'quiet-hours', 'relay'], row.why, 'group'),
    heldAtMs: row.held_at_ms as number,
    dueMs: row.due_ms as number,
  }
}
