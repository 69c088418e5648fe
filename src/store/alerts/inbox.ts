import type { AlertRows, InboxRow } from '../../ports/alert-store.ts'
import { idList, page, type Row, type Unreadable } from './columns.ts'
import { decodeIncoming } from './incoming.ts'
import type { AlertSql } from './sql.ts'

/** Adds one row to the inbox, inside the caller's transaction. `json` is that of `encodeIncoming`. */
export function putIntoInbox(sql: AlertSql, json: string, receivedMs: number): void {
  sql.run('insert into inbox (received_ms, incoming) values (?, ?)', receivedMs, json)
}

export function inboxSize(sql: AlertSql): number {
  return sql.number('select count(*) from inbox indexed by inbox_ids') ?? 0
}

export function inboxRows(sql: AlertSql): Pick<AlertRows, 'inbox' | 'removeInbox'> {
  return {
    inbox: (limit) =>
      sql.readable('inbox', inboxRow, 'select * from inbox where id > 0 order by id limit ?', page(limit)),
    removeInbox(ids) {
      sql.run('delete from inbox where id in (select value from json_each(?))', idList(ids))
    },
  }
}

function inboxRow(row: Row): InboxRow | Unreadable {
  const decoded = decodeIncoming(row.incoming)
  if ('unreadable' in decoded) return decoded
  return { id: row.id as number, receivedMs: row.received_ms as number, incoming: decoded.incoming }
}
