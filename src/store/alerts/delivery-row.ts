import type { SQLInputValue } from 'node:sqlite'
import { ALERT_SEVERITIES, DELIVERY_STATES, type Delivery } from '../../core/alerts/types.ts'
import type { Fresh } from '../../ports/alert-store.ts'
import { flag, given, insertInto, orNull, type Row, update, wordOf } from './columns.ts'

/** What a delivery is for never changes. */
const FIXED = ['notification', 'channel', 'receiver', 'created_ms']
const CHANGING = [
  'step',
  'severity',
  'priority',
  'state',
  'due_ms',
  'waiting',
  'expires_ms',
  'attempts',
  'plain',
  'digest',
  'progress',
  'frozen',
  'error_code',
  'error_sentence',
  'delivered_ms',
]
export const INSERT_DELIVERY = insertInto('delivery', [...FIXED, ...CHANGING])
export const UPDATE_DELIVERY = update('delivery', CHANGING)

/** For `INSERT_DELIVERY`. One that is due when it is made does not wait. */
export function newDelivery(delivery: Fresh<Delivery>): SQLInputValue[] {
  const { notification, channel, receiver, createdMs, dueMs } = delivery
  return [notification, channel, receiver, createdMs, ...changing(delivery, dueMs > createdMs)]
}

/** For `UPDATE_DELIVERY`, with the id. Looking for what is due finds out whether it waits. */
export function changedDelivery(delivery: Delivery): SQLInputValue[] {
  return [...changing(delivery, true), delivery.id]
}

function changing(delivery: Fresh<Delivery>, waiting: boolean): SQLInputValue[] {
  return [
    delivery.step,
    delivery.severity,
    delivery.priority,
    delivery.state,
    delivery.dueMs,
    flag(waiting),
    delivery.expiresMs,
    delivery.attempts,
    flag(delivery.plain),
    flag(delivery.digest),
    orNull(delivery.progress),
    orNull(delivery.frozen),
    orNull(delivery.lastError?.code),
    orNull(delivery.lastError?.sentence),
    orNull(delivery.deliveredMs),
  ]
}

export function deliveryOf(row: Row): Delivery {
  return {
    id: row.id as number,
    notification: row.notification as number,
    channel: row.channel as string,
    receiver: row.receiver as string,
    step: row.step as number,
    severity: wordOf(ALERT_SEVERITIES, row.severity, 'critical'),
    priority: row.priority as number,
    state: wordOf(DELIVERY_STATES, row.state, 'dead'),
    createdMs: row.created_ms as number,
    dueMs: row.due_ms as number,
    expiresMs: row.expires_ms as number,
    attempts: row.attempts as number,
    plain: row.plain === 1,
    digest: row.digest === 1,
    ...given('progress', row.progress as string | null),
    ...given('frozen', row.frozen as string | null),
    ...given('lastError', errorOf(row)),
    ...given('deliveredMs', row.delivered_ms as number | null),
  }
}

function errorOf(row: Row): Delivery['lastError'] {
  if (row.error_code === null) return undefined
  return { code: row.error_code as string, sentence: (row.error_sentence ?? '') as string }
}
