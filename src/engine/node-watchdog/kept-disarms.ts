import { isDisarmRow } from '../../core/node-watchdog/restart.ts'
import { type DisarmRow, keyOf } from '../../core/node-watchdog/types.ts'
import type { AlertStore } from '../../ports/alert-store.ts'
import type { DisarmStore } from '../../ports/node-watchdog.ts'

/** The rows among the small durable records, which share the file and the one writer of the state. */
export function keptDisarms(store: Pick<AlertStore, 'transact'>): DisarmStore {
  return {
    load() {
      const read = store.transact((rows) => rows.kept('node-watchdog'))
      if (!read.ok) return []
      return read.value.flatMap(([key, value]) => (isDisarmRow(value) && keyOf(value) === key ? [value] : []))
    },
    put: (row: DisarmRow) => store.transact((rows) => rows.keep('node-watchdog', keyOf(row), row)).ok,
    remove: (row: DisarmRow) => store.transact((rows) => rows.forget('node-watchdog', keyOf(row))).ok,
  }
}
