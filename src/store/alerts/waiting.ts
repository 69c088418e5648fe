import type { OldestWaiting } from '../../ports/alert-store.ts'
import { given } from './columns.ts'
import type { AlertSql } from './sql.ts'

/** Looking further would cost more than it could tell: by then the first of them is long overdue. */
const MOST_LOOKED_AT = 2_000

/** What has waited longest, in the inbox and among critical messages that no channel has taken yet. */
export function oldestWaiting(sql: AlertSql): OldestWaiting {
  const inboxMs = sql.number('select received_ms from inbox where id > 0 order by id limit 1')
  const queued = oldestCritical(sql, 'queued')
  const sending = oldestCritical(sql, 'sending')
  const criticalMs = queued === undefined || sending === undefined ? (queued ?? sending) : Math.min(queued, sending)
  return { ...given('criticalMs', criticalMs ?? null), ...given('inboxMs', inboxMs ?? null) }
}

function oldestCritical(sql: AlertSql, state: 'queued' | 'sending'): number | undefined {
  // What is being sent is never more than one a channel.
  const index = state === 'queued' ? 'delivery_critical' : 'delivery_by_state'
  return sql.number(
    `select created_ms from (
       select created_ms, notification from delivery indexed by ${index}
       where id > 0 and state = '${state}' and severity in ('critical', 'emergency') order by id limit ?
     ) as waits
     where not exists (
       select 1 from delivery as taken
       where taken.notification = waits.notification and taken.state in ('delivered', 'merged')
     ) limit 1`,
    MOST_LOOKED_AT,
  )
}
