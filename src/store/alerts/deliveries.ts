import type { SQLInputValue } from 'node:sqlite'
import { DELIVERY_STATES, type Delivery } from '../../core/alerts/types.ts'
import type { AlertRows, ChannelQueue, DeliveryQuery } from '../../ports/alert-store.ts'
import { given, idList, insertInto, page, type Row } from './columns.ts'
import { changedDelivery, deliveryOf, INSERT_DELIVERY, newDelivery, UPDATE_DELIVERY } from './delivery-row.ts'
import { eventOf } from './events.ts'
import type { AlertSql } from './sql.ts'

/** The key that a channel has or had is left out by the index over both. */
const INSERT_EVENT = `${insertInto('delivery_event', ['delivery', 'channel', 'incident', 'kind', 'at_ms', 'key'])} on conflict (key, channel) do nothing`

type DeliveryRows = Pick<
  AlertRows,
  'insertDelivery' | 'updateDelivery' | 'deliveries' | 'deliveriesOf' | 'deliveryEvents'
>

export function deliveryRows(sql: AlertSql): DeliveryRows {
  return {
    insertDelivery(delivery, events) {
      const id = sql.insert(INSERT_DELIVERY, ...newDelivery(delivery))
      let left = 0
      for (const { incident, kind, atMs, key } of events) {
        left += sql.run(INSERT_EVENT, id, delivery.channel, incident, kind, atMs, key)
      }
      if (left > 0) return { ...delivery, id }
      sql.run('delete from delivery where id = ?', id)
      return undefined
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

/** One row a channel that was ever given anything, by name. */
export function channelQueues(sql: AlertSql): readonly ChannelQueue[] {
  return sql
    .rows(
      `with recursive channel (name) as (
         select min(channel) from delivery
         union all
         select (select min(channel) from delivery where channel > channel_before.name)
         from channel as channel_before where name is not null
       )
       select name,
         (select count(*) from delivery where channel = name and state = 'queued') as queued,
         (select count(*) from delivery where channel = name and state = 'dead') as dead,
         (select created_ms from delivery where channel = name and state = 'queued' order by id limit 1) as oldest_ms
       from channel where name is not null`,
    )
    .map(queueOf)
}

function queueOf(row: Row): ChannelQueue {
  return {
    channel: row.name as string,
    queued: row.queued as number,
    dead: row.dead as number,
    ...given('oldestMs', row.oldest_ms as number | null),
  }
}
