import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { AlertRows } from '../../ports/alert-store.ts'
import { migrate, shippedMigrations } from '../migrate.ts'
import { Writer } from '../writer.ts'
import { SqliteAlertStore } from './alert-store.ts'
import { AlertRetention } from './retention.ts'
import { alertUpdate, delivery, eventOn, heldEvent, incident, notification } from './samples.ts'

/** Every row after a jump of the clock, and the ids of the inbox when they are counted. */
const MAY_SCAN = /^update \w+ (?:indexed by \w+ )?set \w+_ms = |^select count\(\*\) from inbox /
/** Virtual, or as long as what was asked for. */
const NO_TABLE = /^SCAN (?:json_each|pragma_table_info|CONSTANT ROW|waits)/

/** Every call of the port, so that every statement is prepared. */
const CALLS: Record<keyof AlertRows, (rows: AlertRows) => unknown> = {
  inbox: (rows) => rows.inbox(10),
  removeInbox: (rows) => rows.removeInbox([1]),
  firingIncident: (rows) => rows.firingIncident('f'),
  lastIncident: (rows) => rows.lastIncident('f'),
  incidents: (rows) => rows.incidents([1]),
  firingIncidents: (rows) => rows.firingIncidents(0, 10),
  ownIncidentsAbout: (rows) => rows.ownIncidentsAbout({ host: 'a', device: 'b' }),
  mutedIncidents: (rows) => rows.mutedIncidents(0, 10),
  remindersDue: (rows) => rows.remindersDue(1, 10),
  insertIncident: (rows) => rows.insertIncident(incident('f')),
  updateIncident: (rows) => rows.updateIncident({ ...incident('f'), id: 1 }),
  addTimeline: (rows) => rows.addTimeline([{ incident: 1, atMs: 1, kind: 'fired', sentence: 's' }]),
  timeline: (rows) => rows.timeline(1, 10),
  foldedInto: (rows) => rows.foldedInto(1),
  silences: (rows) => rows.silences(1),
  insertSilence: (rows) => rows.insertSilence({ matchers: [], startsMs: 1, endsMs: 2, by: 'b', comment: 'c' }),
  updateSilence: (rows) => rows.updateSilence({ id: 1, matchers: [], startsMs: 1, endsMs: 2, by: 'b', comment: 'c' }),
  hold: (rows) => rows.hold(heldEvent('k')),
  dueHeld: (rows) => rows.dueHeld(9_000, 10),
  removeHeld: (rows) => rows.removeHeld([1]),
  knowsEvent: (rows) => rows.knowsEvent('r', 'k'),
  insertNotification: (rows) => rows.insertNotification(notification(), [eventOn(1)]),
  updateNotification: (rows) => rows.updateNotification({ ...notification(), id: 1 }),
  notification: (rows) => rows.notification(1),
  notificationEvents: (rows) => rows.notificationEvents(1),
  dueNotifications: (rows) => rows.dueNotifications(1, 10),
  openNotificationsOf: (rows) => rows.openNotificationsOf(1),
  insertDelivery: (rows) => rows.insertDelivery(delivery(), [eventOn(1)]),
  updateDelivery: (rows) => rows.updateDelivery({ ...delivery(), id: 1 }),
  deliveries: (rows) => rows.deliveries([1]),
  deliveriesOf: (rows) => rows.deliveriesOf(1),
  deliveryEvents: (rows) => rows.deliveryEvents(1),
  nextDelivery: (rows) => rows.nextDelivery('discord', 1),
  nextDeliveryMs: (rows) => rows.nextDeliveryMs('discord'),
  requeueSending: (rows) => rows.requeueSending(1),
  queuedAbout: (rows) => rows.queuedAbout('discord', [1], 2, 10),
  removeDeliveryEvents: (rows) => rows.removeDeliveryEvents(1, [1], 2),
  expiredDeliveries: (rows) => rows.expiredDeliveries(1, 10),
  keyOn: (rows) => rows.keyOn('discord', 'k'),
  keyState: (rows) => rows.keyState('k'),
  messageOf: (rows) => rows.messageOf('discord', 1),
  putMessage: (rows) => rows.putMessage('discord', 'r', [1], 1),
  forgetMessage: (rows) => rows.forgetMessage('discord', 'r'),
  keep: (rows) => rows.keep('drill', 'k', 1),
  kept: (rows) => rows.kept('drill'),
  forget: (rows) => rows.forget('drill', 'k'),
  nextDueMs: (rows) => rows.nextDueMs(1),
  shiftTimes: (rows) => rows.shiftTimes(1, -1),
  clampDue: (rows) => rows.clampDue(1, { deliveryMs: 1, heldMs: 1, quietMs: 1, stepMs: 1, reminderMs: 1 }),
}

test('no statement walks through a whole table, and every index of theirs is of use', async () => {
  const database = new DatabaseSync(':memory:')
  expect(migrate(database, shippedMigrations())).toEqual({ ok: true })
  const statements = new Set<string>()
  const prepare = database.prepare.bind(database)
  database.prepare = (sql) => {
    statements.add(sql)
    return prepare(sql)
  }
  const writer = new Writer(database, 'in memory')
  const store = new SqliteAlertStore(writer, { wallMs: () => 1, onUnreadable: () => undefined })
  for (const call of Object.values(CALLS)) store.transact((rows) => void call(rows))
  store.transact((rows) => rows.hold(heldEvent('k2')))
  await store.accept([alertUpdate()], 1)
  for (const status of [undefined, 'firing'] as const) store.listIncidents({ status, limit: 10 })
  for (const more of [{}, { channel: 'discord' }, { states: ['dead'] as const }, { incident: 1 }]) {
    store.listDeliveries({ ...more, limit: 10 })
  }
  store.queues()
  store.inboxSize()
  store.oldestWaiting()
  const retention = new AlertRetention(writer, { retentionMs: 1, maxAlerts: 0 })
  const later = { wallMs: 2_000_000, bootId: 'b', monoMs: 2_000_000 }
  retention.prune({ ...later, wallMs: 0, monoMs: 0 })
  expect(retention.prune(later)).toMatchObject({ ok: true })

  const plans = [...statements].map((sql) => ({
    sql: sql.replace(/\s+/g, ' '),
    details: prepare(`explain query plan ${sql}`)
      .all()
      .map(({ detail }) => String(detail)),
  }))
  const scans = plans.flatMap(({ sql, details }) =>
    details
      .filter((detail) => /^SCAN|TEMP B-TREE/.test(detail) && !NO_TABLE.test(detail) && !MAY_SCAN.test(sql))
      .map((detail) => `${detail}: ${sql}`),
  )
  expect(plans.length).toBeGreaterThan(80)
  expect(scans).toEqual([])
  const used = new Set(plans.flatMap(({ details }) => details.map((detail) => / INDEX (\w+)/.exec(detail)?.[1])))
  const indexes = prepare(
    `select name from sqlite_schema where type = 'index' and sql is not null and tbl_name not in ('event', 'journal_piece', 'kernel_line', 'judged_reboot')`,
  )
    .all()
    .map(({ name }) => name)
  expect(indexes.filter((name) => !used.has(String(name)))).toEqual([])
  database.close()
})
