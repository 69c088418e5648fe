import type { SQLInputValue } from 'node:sqlite'
import type { Silence } from '../../core/alerts/types.ts'
import type { AlertRows, Fresh } from '../../ports/alert-store.ts'
import { insertInto, parsed, type Row, type Unreadable, update } from './columns.ts'
import type { AlertSql } from './sql.ts'

const COLUMNS = ['matchers', 'starts_ms', 'ends_ms', 'made_by', 'comment']
const INSERT = insertInto('silence', COLUMNS)
const UPDATE = update('silence', COLUMNS)

/** A silence has ended at its end: it is not one of those any more. */
export function silenceRows(sql: AlertSql): Pick<AlertRows, 'silences' | 'insertSilence' | 'updateSilence'> {
  return {
    silences: (nowMs) =>
      sql.readable('silence', silenceOf, 'select * from silence where ends_ms > ?', nowMs).sort((a, b) => a.id - b.id),
    insertSilence: (silence) => ({ ...silence, id: sql.insert(INSERT, ...valuesOf(silence)) }),
    updateSilence(silence) {
      sql.run(UPDATE, ...valuesOf(silence), silence.id)
    },
  }
}

function valuesOf(silence: Fresh<Silence>): SQLInputValue[] {
  return [JSON.stringify(silence.matchers), silence.startsMs, silence.endsMs, silence.by, silence.comment]
}

function silenceOf(row: Row): Silence | Unreadable {
  const matchers = parsed(row.matchers)
  if ('unreadable' in matchers) return matchers
  if (!isTextList(matchers.value)) return { unreadable: 'matchers' }
  return {
    id: row.id as number,
    matchers: matchers.value,
    startsMs: row.starts_ms as number,
    endsMs: row.ends_ms as number,
    by: row.made_by as string,
    comment: row.comment as string,
  }
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
