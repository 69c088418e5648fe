import { beforeEach, expect, test } from 'vitest'
import type { AlertRows } from '../../ports/alert-store.ts'
import type { SqliteAlertStore } from './alert-store.ts'
import { alertsInMemory, eventOn, notification, within } from './samples.ts'

let alerts: SqliteAlertStore
beforeEach(() => {
  alerts = alertsInMemory().alerts
})
const rows = <T>(work: (all: AlertRows) => T): T => within(alerts, work)

test('is read back as it was, with its events in their order', () => {
  const events = [eventOn(2), eventOn(1, { kind: 'resolved', atMs: 5.5 }), eventOn(3, { kind: 'update' })]
  const full = notification({ digest: true, nextStepMs: 7.5, step: 3, severity: 'info', group: '' })
  const made = rows((all) => [all.insertNotification(full, events), all.insertNotification(notification(), [])])
  expect(made).toEqual([
    { ...full, id: 1 },
    { ...notification(), id: 2 },
  ])
  expect(rows((all) => [all.notification(1), all.notification(2), all.notification(3)])).toEqual([...made, undefined])
  expect(rows((all) => all.notificationEvents(1))).toEqual(events)
  expect(rows((all) => all.notificationEvents(2))).toEqual([])
})

test('the next step is due while it is open, the one that waited longest first', () => {
  rows((all) => {
    for (const nextStepMs of [300, 100, 200, undefined]) all.insertNotification(notification({ nextStepMs }), [])
    all.insertNotification(notification({ nextStepMs: 50, state: 'confirmed' }), [])
  })
  const due = (nowMs: number, limit = 10) => rows((all) => all.dueNotifications(nowMs, limit)).map(({ id }) => id)
  expect(due(99)).toEqual([])
  expect(due(300)).toEqual([2, 3, 1])
  expect(due(300, 1)).toEqual([2])
  expect(rows((all) => all.nextDueMs(0))).toBe(100)
  rows((all) => all.updateNotification({ ...notification({ state: 'exhausted', nextStepMs: 100 }), id: 2 }))
  rows((all) => all.updateNotification({ ...notification({ step: 1 }), id: 3 }))
  expect(due(300)).toEqual([1])
  expect(rows((all) => all.notification(3))).toEqual({ ...notification({ step: 1 }), id: 3 })
})

test('those that are open and about an incident', () => {
  rows((all) => {
    all.insertNotification(notification(), [eventOn(1), eventOn(2)])
    all.insertNotification(notification({ state: 'confirmed' }), [eventOn(1)])
    all.insertNotification(notification(), [eventOn(2)])
    all.insertNotification(notification(), [eventOn(1), eventOn(1, { kind: 'reminder', key: 'r' })])
  })
  const about = (incident: number) => rows((all) => all.openNotificationsOf(incident)).map(({ id }) => id)
  expect([about(1), about(2), about(3)]).toEqual([[1, 4], [1, 3], []])
})
