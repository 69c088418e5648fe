import type { SQLInputValue } from 'node:sqlite'
import { ALERT_SEVERITIES, type Notification } from '../../core/alerts/types.ts'
import type { AlertRows, Fresh } from '../../ports/alert-store.ts'
import { flag, given, insertInto, orNull, page, type Row, update, wordOf } from './columns.ts'
import { eventOf } from './events.ts'
import type { AlertSql } from './sql.ts'

const COLUMNS = ['receiver', 'group_key', 'step', 'severity', 'digest', 'created_ms', 'next_step_ms', 'state']
const INSERT = insertInto('notification', COLUMNS)
const UPDATE = update('notification', COLUMNS)
const INSERT_EVENT = insertInto('notification_event', ['notification', 'receiver', 'incident', 'kind', 'at_ms', 'key'])

type NotificationRows = Pick<
  AlertRows,
  | 'insertNotification'
  | 'updateNotification'
  | 'notification'
  | 'notificationEvents'
  | 'dueNotifications'
  | 'openNotificationsOf'
>

export function notificationRows(sql: AlertSql): NotificationRows {
  return {
    insertNotification(notification, events) {
      const id = sql.insert(INSERT, ...valuesOf(notification))
      for (const { incident, kind, atMs, key } of events) {
        sql.run(INSERT_EVENT, id, notification.receiver, incident, kind, atMs, key)
      }
      return { ...notification, id }
    },
    updateNotification(notification) {
      sql.run(UPDATE, ...valuesOf(notification), notification.id)
    },
    notification(id) {
      const row = sql.row('select * from notification where id = ?', id)
      return row === undefined ? undefined : notificationOf(row)
    },
    notificationEvents: (id) =>
      sql.rows('select * from notification_event where notification = ? order by id', id).map(eventOf),
    dueNotifications: (nowMs, limit) =>
      sql
        .rows(
          `select * from notification where state = 'open' and next_step_ms <= ? order by next_step_ms, id limit ?`,
          nowMs,
          page(limit),
        )
        .map(notificationOf),
    openNotificationsOf: (incident) =>
      sql
        .rows(
          `select * from notification where state = 'open' and id in (select notification from notification_event where incident = ?) order by id`,
          incident,
        )
        .map(notificationOf),
  }
}

function valuesOf(notification: Fresh<Notification>): SQLInputValue[] {
  return [
    notification.receiver,
    notification.group,
    notification.step,
    notification.severity,
    flag(notification.digest),
    notification.createdMs,
    orNull(notification.nextStepMs),
    notification.state,
  ]
}

function notificationOf(row: Row): Notification {
  return {
    id: row.id as number,
    receiver: row.receiver as string,
    group: row.group_key as string,
    step: row.step as number,
    severity: wordOf(ALERT_SEVERITIES, row.severity, 'critical'),
    digest: row.digest === 1,
    createdMs: row.created_ms as number,
    ...given('nextStepMs', row.next_step_ms as number | null),
    state: wordOf(['open', 'confirmed', 'exhausted'], row.state, 'exhausted'),
  }
}
