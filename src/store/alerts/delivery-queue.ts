import { DELIVERY_STATES, type Delivery } from '../../core/alerts/types.ts'
import type { AlertRows } from '../../ports/alert-store.ts'
import { idList, page } from './columns.ts'
import { deliveryOf } from './delivery-row.ts'
import type { AlertSql } from './sql.ts'

type QueueRows = Pick<
  AlertRows,
  | 'nextDelivery'
  | 'nextDeliveryMs'
  | 'requeueSending'
  | 'queuedAbout'
  | 'removeDeliveryEvents'
  | 'expiredDeliveries'
  | 'keyOn'
  | 'keyState'
>

export function queueRows(sql: AlertSql): QueueRows {
  return {
    nextDelivery(channel, nowMs) {
      sql.run(
        `update delivery set waiting = 0 where channel = ? and state = 'queued' and waiting = 1 and due_ms <= ?`,
        channel,
        nowMs,
      )
      const row = sql.row(
        `select * from delivery indexed by delivery_order
         where channel = ? and state = 'queued' and waiting = 0 and due_ms <= ? order by priority, id limit 1`,
        channel,
        nowMs,
      )
      return row === undefined ? undefined : deliveryOf(row)
    },
    nextDeliveryMs: (channel) => nextDeliveryMs(sql, channel),
    requeueSending: (nowMs) =>
      sql.run(`update delivery set state = 'queued', due_ms = ?, waiting = 0 where state = 'sending'`, nowMs),
    queuedAbout: (channel, incidents, except, limit) =>
      sql
        .rows(
          `select * from delivery where state = 'queued' and id <> ? and id in (
             select delivery from delivery_event
             where incident in (select value from json_each(?)) and channel = ? and told_by is null
           ) order by id limit ?`,
          except,
          idList(incidents),
          channel,
          page(limit),
        )
        .map(deliveryOf),
    removeDeliveryEvents: (delivery, incidents, into) => removeDeliveryEvents(sql, delivery, incidents, into),
    expiredDeliveries: (nowMs, limit) =>
      sql
        .rows(
          `select * from delivery indexed by delivery_expiry where state = 'queued' and expires_ms <= ? order by expires_ms, id limit ?`,
          nowMs,
          page(limit),
        )
        .map(deliveryOf),
    keyOn: (channel, key) => keyOn(sql, channel, key),
    keyState: (key) => keyState(sql, key),
  }
}

function nextDeliveryMs(sql: AlertSql, channel: string): number | undefined {
  const earliest = [0, 1].map((waiting) =>
    sql.number(
      `select min(due_ms) from delivery where channel = ? and state = 'queued' and waiting = ?`,
      channel,
      waiting,
    ),
  )
  return earliest.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a))
}

/** The rows stay: the channel must not be given their keys again, and where a key stands depends on who tells it. */
function removeDeliveryEvents(sql: AlertSql, delivery: number, incidents: readonly number[], into = 0): number {
  const about = idList(incidents)
  sql.run(
    'update delivery_event set told_by = ? where delivery = ? and told_by is null and incident in (select value from json_each(?))',
    into,
    delivery,
    about,
  )
  sql.run(
    'update delivery_event set told_by = ? where told_by = ? and incident in (select value from json_each(?))',
    into,
    delivery,
    about,
  )
  return sql.number('select count(*) from delivery_event where delivery = ? and told_by is null', delivery) ?? 0
}

function keyOn(sql: AlertSql, channel: string, key: string): Delivery['state'] | undefined {
  const row = sql.row(
    `select told_by, (select state from delivery where id = coalesce(told_by, delivery_event.delivery)) as state
     from delivery_event where key = ? and channel = ?`,
    key,
    channel,
  )
  if (row === undefined) return undefined
  return row.told_by === 0 ? 'dropped' : DELIVERY_STATES.find((state) => state === row.state)
}

/**
 * What the other relay is told, so in doubt `unknown`: it then delivers, too. A dead letter is not on its way, and one
 * that was dropped was left to somebody else.
 */
function keyState(sql: AlertSql, key: string): 'delivered' | 'held' | 'unknown' {
  const states = sql
    .rows(
      'select delivery.state from delivery_event join delivery on delivery.id = coalesce(told_by, delivery) where key = ?',
      key,
    )
    .map((row) => row.state)
  if (states.includes('delivered')) return 'delivered'
  if (states.includes('queued') || states.includes('sending')) return 'held'
  const waits =
    sql.row('select 1 from held where key = ? limit 1', key) ??
    sql.row(
      `select 1 from notification_event join notification on notification.id = notification
       where key = ? and notification.state = 'open' limit 1`,
      key,
    )
  return waits === undefined ? 'unknown' : 'held'
}
