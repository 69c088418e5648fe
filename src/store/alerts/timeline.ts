import type { TimelineEntry, TimelineKind } from '../../core/alerts/types.ts'
import type { AlertRows } from '../../ports/alert-store.ts'
import { page, type Row, wordOf } from './columns.ts'
import type { AlertSql } from './sql.ts'

/** An incident that goes on for years tells its newest story. */
const MAX_LINES = 1_000
const KINDS: readonly TimelineKind[] = [
  'fired',
  'changed',
  'escalated',
  'note',
  'muted',
  'unmuted',
  'acknowledged',
  'sent',
  'failed',
  'resolved',
]

export function timelineRows(sql: AlertSql): Pick<AlertRows, 'addTimeline' | 'timeline'> {
  return {
    addTimeline(entries) {
      for (const { incident, atMs, kind, sentence } of entries) {
        sql.run(
          'insert into timeline (incident, at_ms, kind, sentence) values (?, ?, ?, ?)',
          incident,
          atMs,
          kind,
          sentence,
        )
      }
      for (const incident of new Set(entries.map((entry) => entry.incident))) forgetOldest(sql, incident)
    },
    timeline: (incident, limit) =>
      sql
        .rows('select * from timeline where incident = ? order by id desc limit ?', incident, page(limit))
        .map(entryOf)
        .reverse(),
  }
}

function forgetOldest(sql: AlertSql, incident: number): void {
  sql.run(
    'delete from timeline where incident = ? and id <= (select id from timeline where incident = ? order by id desc limit 1 offset ?)',
    incident,
    incident,
    MAX_LINES,
  )
}

function entryOf(row: Row): TimelineEntry {
  return {
    incident: row.incident as number,
    atMs: row.at_ms as number,
    kind: wordOf(KINDS, row.kind, 'note'),
    sentence: row.sentence as string,
  }
}
