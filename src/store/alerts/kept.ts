import type { AlertRows } from '../../ports/alert-store.ts'
import { parsed } from './columns.ts'
import type { AlertSql } from './sql.ts'

export function keptRows(sql: AlertSql): Pick<AlertRows, 'keep' | 'kept' | 'forget'> {
  return {
    keep(kind, key, value) {
      sql.run(
        'insert into kept (kind, key, value) values (?, ?, ?) on conflict (kind, key) do update set value = excluded.value',
        kind,
        key,
        JSON.stringify(value) ?? 'null',
      )
    },
    kept(kind) {
      const read = (row: { readonly key?: unknown; readonly value?: unknown }) => {
        const json = parsed(row.value as string)
        return 'unreadable' in json ? json : { pair: [row.key as string, json.value] as const }
      }
      return sql.readable('kept', read, 'select * from kept where kind = ? order by key', kind).map(({ pair }) => pair)
    },
    forget(kind, key) {
      sql.run('delete from kept where kind = ? and key = ?', kind, key)
    },
  }
}
