import type { SQLInputValue, SQLOutputValue } from 'node:sqlite'
import { type AlertEvent, DELIVERY_STATES, type Delivery, type DeliveryState } from '../../core/alerts/types.ts'
import type { AlertRows, ChannelQueue, DeliveryQuery } from '../../ports/alert-store.ts'
import { given, idList, insertInto, page } from './columns.ts'
import { changedDelivery, deliveryOf, INSERT_DELIVERY, newDelivery, UPDATE_DELIVERY } from './delivery-row.ts'
import { eventOf } from './events.ts'
import type { AlertSql } from './sql.ts'

const INSERT_EVENT = insertInto('delivery_event', ['delivery', 'channel', 'incident', 'kind', 'at_ms', 'key'])

/** From one channel to the next: the deliveries of one are never counted to find another. */
const NEXT_CHANNEL = 'select min(channel) as channel from delivery where channel > ?'
const COUNT = 'select count(*) from delivery where channel = ? and state = ?'
const OLDEST = 'select created_ms from delivery where channel = ? and state = ? order by id limit 1'

type DeliveryRows = Pick<
  AlertRows,
  'insertDelivery' | 'updateDelivery' | 'deliveries' | 'deliveriesOf' | 'deliveryEvents'
>

export function deliveryRows(sql: AlertSql): DeliveryRows {
  return {
    insertDelivery(delivery, events) {
      const fresh = unknownTo(sql, delivery.channel, events)
      if (fresh.length === 0) return undefined
      const id = sql.insert(INSERT_DELIVERY, ...newDelivery(delivery))
      for (const { incident, kind, atMs, key } of fresh) {
        sql.run(INSERT_EVENT, id, delivery.channel, incident, kind, atMs, key)
      }
      return { ...delivery, id }
    },
    updateDelivery(delivery) {
      sql.run(UPDATE_DELIVERY, ...changedDelivery(delivery))
    },
    deliveries: (ids) =>
      sql
        .rows('select * from delivery where id in (select value from json_each(?)) order by id', idList(ids))
        .map(deliveryOf),
    deliveriesOf: (notification) =>
      sql.rows('select * from delivery where notification = ? order by id', notification).map(deliveryOf),
    deliveryEvents: (id) =>
      sql.rows('select * from delivery_event where delivery = ? and told_by is null order by id', id).map(eventOf),
  }
}

/** Those whose key the channel neither has nor had, each key once. */
function unknownTo(sql: AlertSql, channel: string, events: readonly AlertEvent[]): readonly AlertEvent[] {
  const byKey = new Map(events.toReversed().map((event) => [event.key, event]))
  const known = (key: string) => sql.row('select 1 from delivery_event where key = ? and channel = ?', key, channel)
  return events.filter((event) => byKey.get(event.key) === event && known(event.key) === undefined)
}

/** Newest first. Each state by itself is a walk along an index, and all of them together are sorted here. */
export function listDeliveries(sql: AlertSql, query: DeliveryQuery): readonly Delivery[] {
  const limit = page(query.limit)
  const before = query.beforeId ?? Number.MAX_SAFE_INTEGER
  const { states, channel, incident } = query
  if (incident !== undefined) return deliveriesAbout(sql, incident, query)
  if (states === undefined && channel === undefined) {
    return sql.rows('select * from delivery where id < ? order by id desc limit ?', before, limit).map(deliveryOf)
  }
  const ofChannel = channel === undefined ? '' : 'channel = ? and '
  const name: SQLInputValue[] = channel === undefined ? [] : [channel]
  return [...new Set(states ?? DELIVERY_STATES)]
    .flatMap((state) =>
      sql.rows(
        `select * from delivery where ${ofChannel}state = ? and id < ? order by id desc limit ?`,
        ...name,
        state,
        before,
        limit,
      ),
    )
    .map(deliveryOf)
    .sort((a, b) => b.id - a.id)
    .slice(0, limit)
}

/** Those of one incident are few; what else is asked of them is looked at one by one. */
function deliveriesAbout(sql: AlertSql, incident: number, query: DeliveryQuery): readonly Delivery[] {
  const { channel = null, states = DELIVERY_STATES, beforeId = Number.MAX_SAFE_INTEGER } = query
  return sql
    .rows(
      `select * from delivery where id in (select delivery from delivery_event where incident = ?) and id < ?
       and channel = coalesce(?, channel) and state in (select value from json_each(?)) order by id desc limit ?`,
      incident,
      beforeId,
      channel,
      JSON.stringify(states),
      page(query.limit),
    )
    .map(deliveryOf)
}

/** One row a channel that was ever given anything, by name. What is being sent has not left the queue yet. */
export function channelQueues(sql: AlertSql): readonly ChannelQueue[] {
  const channels: string[] = []
  for (let last = ''; ; ) {
    const next: SQLOutputValue | undefined = sql.row(NEXT_CHANNEL, last)?.channel
    if (typeof next !== 'string') return channels.map((channel) => queueOf(sql, channel))
    channels.push(next)
    last = next
  }
}

function queueOf(sql: AlertSql, channel: string): ChannelQueue {
  const count = (state: DeliveryState) => sql.number(COUNT, channel, state) ?? 0
  const oldest = (['queued', 'sending'] as const).flatMap((state) => sql.number(OLDEST, channel, state) ?? [])
  return {
    channel,
    queued: count('queued') + count('sending'),
    dead: count('dead'),
    ...given('oldestMs', oldest.length === 0 ? undefined : Math.min(...oldest)),
  }
}
