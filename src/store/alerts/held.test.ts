import { beforeEach, describe, expect, test } from 'vitest'
import type { AlertRows } from '../../ports/alert-store.ts'
import type { SqliteAlertStore } from './alert-store.ts'
import { alertsInMemory, eventOn, heldEvent, notification, within } from './samples.ts'

let alerts: SqliteAlertStore
let database: ReturnType<typeof alertsInMemory>['database']
beforeEach(() => {
  ;({ alerts, database } = alertsInMemory())
})
const rows = <T>(work: (all: AlertRows) => T): T => within(alerts, work)
const due = (nowMs: number, limit = 100) => rows((all) => all.dueHeld(nowMs, limit)).map(({ key }) => key)
const hold = (...some: Parameters<typeof heldEvent>[]) =>
  rows((all) => {
    for (const one of some) all.hold(heldEvent(...one))
  })

describe('what is held', () => {
  test('is read back as it was', () => {
    const event = heldEvent('k', {
      severity: 'emergency',
      why: 'relay',
      kind: 'escalated',
      atMs: 1.5,
      group: 'a\u0000"',
    })
    rows((all) => all.hold(event))
    expect(rows((all) => all.dueHeld(2_000, 10))).toEqual([{ ...event, id: 1 }])
  })

  test('comes by whole groups, once one of the group is due', () => {
    hold(
      ['a', { dueMs: 200 }],
      ['b', { dueMs: 900 }],
      ['c', { group: 'other', dueMs: 300 }],
      ['d', { receiver: 'boss', dueMs: 901 }],
    )
    expect(due(199)).toEqual([])
    expect(due(200)).toEqual(['a', 'b'])
    expect(due(300)).toEqual(['a', 'b', 'c'])
    expect(due(901)).toEqual(['a', 'b', 'c', 'd'])
  })

  test('the most urgent group first, and of equals the one that is due the longest', () => {
    hold(
      ['late', { group: 'late', dueMs: 120 }],
      ['early', { group: 'early', dueMs: 110 }],
      ['quiet', { group: 'mixed', severity: 'info', dueMs: 130 }],
      ['loud', { group: 'mixed', severity: 'critical', dueMs: 500 }],
      ['info', { group: 'info', severity: 'info', dueMs: 1 }],
      ['all', { group: 'all', severity: 'emergency', dueMs: 140 }],
    )
    expect(due(200)).toEqual(['all', 'quiet', 'loud', 'early', 'late', 'info'])
  })

  test('a group that does not fit waits for the next call, and one that never fits comes in parts', () => {
    hold(['a1', { group: 'a', dueMs: 1 }], ['b1', { group: 'b', dueMs: 2 }], ['b2', { group: 'b', dueMs: 2 }])
    hold(['c1', { group: 'c', dueMs: 3 }])
    expect(due(10, 2)).toEqual(['a1'])
    expect(due(10, 3)).toEqual(['a1', 'b1', 'b2'])
    expect(due(10, 1)).toEqual(['a1'])
    rows((all) => all.removeHeld([1]))
    expect(due(10, 1)).toEqual(['b1'])
    rows((all) => all.removeHeld([2]))
    expect(due(10, 2)).toEqual(['b2', 'c1'])
    expect(due(10, 0)).toEqual([])
  })

  test('what is taken out leaves the rest of its group with its own urgency and time', () => {
    hold(['a', { severity: 'critical', dueMs: 10 }], ['b', { severity: 'info', dueMs: 50 }])
    hold(['c', { group: 'other', dueMs: 20 }])
    rows((all) => all.removeHeld([1, 77]))
    expect(due(20)).toEqual(['c'])
    expect(due(50)).toEqual(['c', 'b'])
    expect(rows((all) => all.nextDueMs(0))).toBe(20)
    rows((all) => all.removeHeld([2, 3]))
    expect(rows((all) => all.nextDueMs(0))).toBeUndefined()
    expect(database.prepare('select count(*) as count from held_group').get()).toEqual({ count: 0 })
  })

  test('a group without events, which cannot be, does not keep the loop awake', () => {
    database.exec(`insert into held_group values ('ops', 'ghost', 0, 1, 1)`)
    hold(['a', { dueMs: 5 }])
    expect(due(10)).toEqual(['a'])
    rows((all) => all.removeHeld([1]))
    expect(rows((all) => all.nextDueMs(0))).toBeUndefined()
  })
})

describe('the same event', () => {
  test('is held once a receiver', () => {
    hold(['k'], ['k', { group: 'elsewhere', dueMs: 1 }], ['k', { receiver: 'boss' }])
    expect(rows((all) => all.dueHeld(9_999, 10)).map(({ id, receiver }) => [id, receiver])).toEqual([
      [1, 'ops'],
      [2, 'boss'],
    ])
    expect(rows((all) => all.nextDueMs(0))).toBe(2_000)
  })

  test('is not held for a receiver that has it on its way already', () => {
    rows((all) => all.insertNotification(notification(), [eventOn(1, { key: 'k' })]))
    expect(
      rows((all) => [all.knowsEvent('ops', 'k'), all.knowsEvent('boss', 'k'), all.knowsEvent('ops', 'l')]),
    ).toEqual([true, false, false])
    hold(['k'], ['k', { receiver: 'boss' }])
    expect(rows((all) => all.dueHeld(9_999, 10)).map(({ receiver }) => receiver)).toEqual(['boss'])
    expect(rows((all) => all.knowsEvent('boss', 'k'))).toBe(true)
    rows((all) => all.removeHeld([1]))
    expect(rows((all) => all.knowsEvent('boss', 'k'))).toBe(false)
  })
})
