import { ALERT_EVENT_KINDS, type AlertEvent } from '../../core/alerts/types.ts'
import { type Row, wordOf } from './columns.ts'

/** An event of a row of `held`, `notification_event` or `delivery_event`. Damage must not keep it from being told. */
export function eventOf(row: Row): AlertEvent {
  return {
    incident: row.incident as number,
    kind: wordOf(ALERT_EVENT_KINDS, row.kind, 'firing'),
    atMs: row.at_ms as number,
    key: row.key as string,
  }
}
