import type { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, test } from 'vitest'
import type { AlertRows } from '../../ports/alert-store.ts'
import type { SqliteAlertStore } from './alert-store.ts'
import {
  alertsInMemory,
  alertsOn,
  delivery,
  eventOn,
  heldEvent,
  incident,
  note,
  notification,
  within,
} from './samples.ts'

const DAY = 86_400_000
let alerts: SqliteAlertStore
let database: DatabaseSync
beforeEach(() => {
  ;({ alerts, database } = alertsInMemory())
})
const rows = <T>(work: (all: AlertRows) => T): T => within(alerts, work)
const restart = () => {
  ;({ alerts } = alertsOn(database))
}

describe('when there is something to do', () => {
  const at = (nowMs = 0) => rows((all) => all.nextDueMs(nowMs))
  const silence = (startsMs: number, endsMs: number) => ({ matchers: [], startsMs, endsMs, by: 'b', comment: '' })

  test('never, where there is nothing', () => {
    expect(at()).toBeUndefined()
  })

  test.each<[string, (all: AlertRows) => unknown]>([
    ['held', (all) => all.hold(heldEvent('k', { dueMs: 50 }))],
    ['a next step', (all) => all.insertNotification(notification({ nextStepMs: 50 }), [])],
    ['a reminder', (all) => all.insertIncident(incident('f', { told: true, remindAtMs: 50 }))],
    ['a silence that ends', (all) => all.insertSilence(silence(0, 50))],
    ['a silence that begins', (all) => all.insertSilence(silence(50, 99))],
    ['an expiry', (all) => all.insertDelivery(delivery({ expiresMs: 50 }), [eventOn(1)])],
  ])('%s', (_, make) => {
    rows(make)
    expect(at()).toBe(50)
    rows((all) => all.hold(heldEvent('later', { group: 'h', dueMs: 60 })))
    expect(at()).toBe(50)
    rows((all) => all.hold(heldEvent('earlier', { group: 'i', dueMs: 40 })))
    expect(at()).toBe(40)
  })

  test.each<[string, (all: AlertRows) => unknown]>([
    [
      'a chain that has ended',
      (all) => all.insertNotification(notification({ nextStepMs: 5, state: 'confirmed' }), []),
    ],
    [
      'what was acknowledged',
      (all) =>
        all.insertIncident(
          incident('f', { told: true, remindAtMs: 5, acknowledged: { by: 'a', atMs: 1, comment: '' } }),
        ),
    ],
    ['what was never told', (all) => all.insertIncident(incident('f', { remindAtMs: 5 }))],
    ['a silence that has ended', (all) => all.insertSilence(silence(0, 10))],
    ['what was delivered', (all) => all.insertDelivery(delivery({ state: 'delivered', expiresMs: 5 }), [eventOn(1)])],
  ])('not for %s', (_, make) => {
    rows(make)
    expect(at(10)).toBeUndefined()
  })

  test('what is overdue is still to be done', () => {
    rows((all) => all.hold(heldEvent('k', { dueMs: 50 })))
    expect(at(1_000)).toBe(50)
  })
})

/** Every time that there is, by table and column. */
function times(): Record<string, unknown> {
  const tables = database
    .prepare(`select name from sqlite_schema where type = 'table' and name not in ('entity', 'event', 'quarantine')`)
    .all()
    .map(({ name }) => String(name))
  const found = tables.flatMap((table) => {
    const columns = database.prepare('select name from pragma_table_info(?)').all(table)
    const ms = columns.map(({ name }) => String(name)).filter((name) => name.endsWith('_ms'))
    return ms.flatMap((column) => {
      const values = database.prepare(`select ${column} as ms from ${table} where ${column} is not null`).all()
      return values.map(({ ms }) => [`${table}.${column}`, ms] as const)
    })
  })
  return Object.fromEntries(found)
}

/** One row of each kind, each of its times `ms`. */
async function makeAll(ms: number, source: 'own' | 'alertmanager'): Promise<void> {
  rows((all) => {
    const acknowledged = { by: 'a', atMs: ms, comment: '' }
    const muted = { by: 'silence', id: 1, sinceMs: ms } as const
    const all4 = { startsMs: ms, endsMs: ms, updatedMs: ms, remindAtMs: ms }
    all.insertIncident(incident(`f${ms}`, { ...all4, source, acknowledged, muted }))
    all.addTimeline([{ incident: 1, atMs: ms, kind: 'fired', sentence: 's' }])
    all.insertSilence({ matchers: [], startsMs: ms, endsMs: ms, by: 'b', comment: '' })
    all.hold(heldEvent(`k${ms}`, { atMs: ms, heldAtMs: ms, dueMs: ms }))
    const events = [eventOn(1, { atMs: ms, key: `e${ms}` })]
    all.insertNotification(notification({ createdMs: ms, nextStepMs: ms }), events)
    all.insertDelivery(delivery({ createdMs: ms, dueMs: ms, expiresMs: ms, deliveredMs: ms }), events)
    all.putMessage('discord', `r${ms}`, [1], ms)
  })
  await alerts.accept([note], ms)
}

describe('after a jump of the clock', () => {
  test('every time that was written by the old clock moves with it', async () => {
    await makeAll(1_000, 'own')
    const before = times()
    expect(new Set(Object.values(before))).toEqual(new Set([1_000]))
    expect(Object.keys(before).length).toBeGreaterThan(20)
    rows((all) => all.shiftTimes(1_000, 50 * 365 * DAY))
    expect(new Set(Object.values(times()))).toEqual(new Set([1_000 + 50 * 365 * DAY]))
    expect(Object.keys(times())).toEqual(Object.keys(before))
    rows((all) => all.shiftTimes(1_000, -50 * 365 * DAY))
    expect(times()).toEqual(before)
  })

  test('what is older stays', async () => {
    await makeAll(999, 'own')
    rows((all) => all.shiftTimes(1_000, 500))
    expect(new Set(Object.values(times()))).toEqual(new Set([999]))
  })

  test('what a hook said of its own clock stays', async () => {
    await makeAll(1_000, 'alertmanager')
    rows((all) => all.shiftTimes(1_000, 500))
    const moved = times()
    expect([moved['incident.starts_ms'], moved['incident.ends_ms']]).toEqual([1_000, 1_000])
    expect(moved['incident.updated_ms']).toBe(1_500)
  })

  test('a machine that booted in 1970 leaves alone what it found from before', async () => {
    const before = Date.UTC(2026, 0, 1)
    await makeAll(before, 'own')
    restart()
    await makeAll(10_000, 'own')
    rows((all) => all.shiftTimes(5_000, before))
    const found = database.prepare('select updated_ms, starts_ms from incident order by id').all()
    expect(found).toEqual([
      { updated_ms: before, starts_ms: before },
      { updated_ms: before + 10_000, starts_ms: before + 10_000 },
    ])
    const held = rows((all) => all.dueHeld(Number.MAX_SAFE_INTEGER, 10)).map(({ dueMs }) => dueMs)
    expect(held).toEqual([before, before + 10_000])
  })

  test('a clock that is set back does not hold up what was there before and was put off since', async () => {
    rows((all) => all.insertDelivery(delivery({ createdMs: 0, dueMs: 0 }), [eventOn(1)]))
    rows((all) => all.insertSilence({ matchers: [], startsMs: 0, endsMs: 5_000, by: 'b', comment: '' }))
    rows((all) => all.insertNotification(notification({ nextStepMs: 5_000 }), []))
    rows((all) => all.insertIncident(incident('f', { told: true, remindAtMs: 5_000 })))
    restart()
    rows((all) => {
      const found = all.nextDelivery('discord', 0)
      if (found !== undefined) all.updateDelivery({ ...found, dueMs: 5_000 })
      all.shiftTimes(4_000, -3_000)
    })
    expect(rows((all) => all.nextDeliveryMs('discord'))).toBe(2_000)
    expect(rows((all) => all.silences(0)).map(({ endsMs }) => endsMs)).toEqual([2_000])
    expect(rows((all) => all.dueNotifications(2_000, 9))).toHaveLength(1)
    expect(rows((all) => all.remindersDue(2_000, 9))).toHaveLength(1)
    expect(rows((all) => all.nextDelivery('discord', 2_000))?.id).toBe(1)
  })

  test('groups are due as their events are', () => {
    rows((all) => {
      all.hold(heldEvent('a', { group: 'a', dueMs: 10_000 }))
      all.hold(heldEvent('b', { group: 'b', dueMs: 500 }))
      all.shiftTimes(1_000, -9_000)
    })
    expect(rows((all) => all.nextDueMs(0))).toBe(500)
    expect(rows((all) => all.dueHeld(1_000, 10)).map(({ key }) => key)).toEqual(['b', 'a'])
  })
})

describe('what is due further ahead than it can be', () => {
  test('is due now; what may rightly be far away stays', () => {
    const far = 1_000 + 30 * DAY
    rows((all) => {
      all.hold(heldEvent('far', { group: 'far', dueMs: far }))
      all.hold(heldEvent('near', { group: 'near', dueMs: 1_000 + DAY }))
      all.insertNotification(notification({ nextStepMs: far }), [])
      all.insertIncident(incident('f', { told: true, remindAtMs: far }))
      all.insertDelivery(delivery({ dueMs: far, createdMs: far, expiresMs: far + DAY }), [eventOn(1)])
      all.insertDelivery(delivery({ dueMs: far, createdMs: 0, expiresMs: far + DAY }), [eventOn(2)])
      all.insertDelivery(delivery({ dueMs: far, state: 'dead' }), [eventOn(3)])
      all.insertSilence({ matchers: [], startsMs: 0, endsMs: far, by: 'b', comment: '' })
      all.clampDue(1_000, { deliveryMs: DAY, heldMs: DAY, quietMs: DAY, stepMs: DAY, reminderMs: DAY })
    })
    expect(rows((all) => all.dueHeld(1_000, 10)).map(({ key }) => key)).toEqual(['far'])
    expect(rows((all) => all.dueNotifications(1_000, 10))).toHaveLength(1)
    expect(rows((all) => all.remindersDue(1_000, 10))).toHaveLength(1)
    expect(rows((all) => all.deliveries([1, 2, 3])).map(({ dueMs, expiresMs }) => [dueMs, expiresMs > far])).toEqual([
      [1_000, true],
      [1_000, true],
      [far, false],
    ])
    expect(rows((all) => all.nextDelivery('discord', 1_000))?.id).toBe(1)
    expect(rows((all) => all.silences(far - 1))).toHaveLength(1)
  })

  test('is judged by what it waits for', () => {
    rows((all) => {
      all.hold(heldEvent('group', { group: 'a', dueMs: 5_000 }))
      all.hold(heldEvent('morning', { group: 'b', why: 'quiet-hours', dueMs: 5_000 }))
      all.insertNotification(notification({ nextStepMs: 5_000 }), [])
      all.insertDelivery(delivery({ dueMs: 5_000, createdMs: 0 }), [eventOn(1)])
      all.clampDue(1_000, { deliveryMs: 0, heldMs: 3_000, quietMs: DAY, stepMs: 4_000, reminderMs: DAY })
    })
    expect(rows((all) => all.dueHeld(1_000, 10)).map(({ key }) => key)).toEqual(['group'])
    expect(rows((all) => all.dueNotifications(1_000, 10))).toEqual([])
    expect(rows((all) => all.nextDelivery('discord', 1_000))?.id).toBe(1)
  })
})
