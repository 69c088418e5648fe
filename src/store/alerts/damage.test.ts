import type { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, test } from 'vitest'
import type { AlertRows } from '../../ports/alert-store.ts'
import {
  type AlertsInMemory,
  alertsInMemory,
  alertUpdate,
  delivery,
  eventOn,
  heldEvent,
  incident,
  note,
  notification,
  within,
} from './samples.ts'

let store: AlertsInMemory
let database: DatabaseSync
beforeEach(() => {
  store = alertsInMemory()
  database = store.database
})
const rows = <T>(work: (all: AlertRows) => T): T => within(store.alerts, work)
const set = (table: string, column: string, value: string, id = 1) =>
  database.exec(`update ${table} set ${column} = ${value} where id = ${id}`)
const quarantined = () =>
  database.prepare('select collection, key, value, reason, found_wall_ms from quarantine order by id').all()

const DAMAGE: [string, string][] = [
  ['cut off', `'[{"kind":"alert"'`],
  ['another shape', `'{"kind":"alert"}'`],
  ['a number', `'5'`],
  ['empty', `''`],
  ['broken text', `cast(x'5bff00fe' as text)`],
]

describe('a row of the inbox that cannot be read', () => {
  test.each(DAMAGE)('%s: set aside as it was found, told, and the others are dispatched', async (_, value) => {
    for (let index = 0; index < 4; index += 1) await store.alerts.accept([note], index)
    for (const id of [1, 2]) set('inbox', 'incoming', value, id)
    expect(rows((all) => all.inbox(2)).map(({ id }) => id)).toEqual([3, 4])
    expect(store.alerts.inboxSize()).toBe(2)
    expect(quarantined()).toMatchObject([
      { collection: 'inbox', key: '1', found_wall_ms: 77 },
      { collection: 'inbox', key: '2' },
    ])
    expect(JSON.parse(String(quarantined()[0]?.value))).toMatchObject({ id: 1, received_ms: 0 })
    expect(store.unreadable.map(({ table, id }) => `${table} ${id}`)).toEqual(['inbox 1', 'inbox 2'])
    expect(rows((all) => all.inbox(9))).toHaveLength(2)
    expect(store.unreadable).toHaveLength(2)
  })

  test('all of them: the inbox is empty then, not stuck', async () => {
    for (let index = 0; index < 5; index += 1) await store.alerts.accept([note], index)
    database.exec(`update inbox set incoming = 'x'`)
    expect(rows((all) => all.inbox(2))).toEqual([])
    expect(store.alerts.inboxSize()).toBe(0)
    expect(quarantined()).toHaveLength(5)
  })

  test('stays where it is when the transaction fails, and nobody is told', async () => {
    await store.alerts.accept([note], 1)
    set('inbox', 'incoming', `'x'`)
    expect(() =>
      store.alerts.transact((all) => {
        all.inbox(1)
        throw new Error('later')
      }),
    ).toThrow('later')
    expect(store.alerts.inboxSize()).toBe(1)
    expect([quarantined(), store.unreadable]).toEqual([[], []])
    rows((all) => all.inbox(1))
    expect(store.unreadable).toHaveLength(1)
  })
})

describe('an incident that cannot be read', () => {
  test.each(['labels', 'annotations', 'extra'])('%s: set aside, its alert can fire anew', (column) => {
    rows((all) => all.insertIncident(incident('f', { link: 'kept', extra: {} })))
    rows((all) => all.insertIncident(incident('g')))
    set('incident', column, `'{"a":'`)
    expect(store.alerts.listIncidents({ limit: 9 }).map(({ id }) => id)).toEqual([2])
    expect(quarantined()).toEqual([])
    expect(rows((all) => all.firingIncidents(0, 9)).map(({ id }) => id)).toEqual([2])
    expect(quarantined()).toMatchObject([{ collection: 'incident', key: '1', reason: column }])
    expect(JSON.parse(String(quarantined()[0]?.value))).toMatchObject({ fingerprint: 'f', link: 'kept' })
    expect(rows((all) => all.insertIncident(incident('f'))).id).toBe(3)
  })

  test.each([`'["x"]'`, `'{"a":5}'`, `'null'`])('labels of another shape: %s', (value) => {
    rows((all) => all.insertIncident(incident('f')))
    set('incident', 'labels', value)
    expect(rows((all) => all.firingIncident('f'))).toBeUndefined()
    expect(rows((all) => all.lastIncident('f'))).toBeUndefined()
    expect(store.unreadable).toEqual([{ table: 'incident', id: 1, reason: 'labels' }])
  })
})

test('a silence and a record that cannot be read are set aside', () => {
  const silence = { startsMs: 0, endsMs: 9, by: 'b', comment: '' }
  rows((all) => {
    for (let index = 0; index < 3; index += 1) all.insertSilence({ ...silence, matchers: ['a=b'] })
    all.keep('drill', 'a', 1)
    all.keep('drill', 'b', 2)
  })
  set('silence', 'matchers', `'[5]'`, 1)
  set('silence', 'matchers', `'['`, 3)
  set('kept', 'value', `'{'`)
  expect(rows((all) => all.silences(1)).map(({ id }) => id)).toEqual([2])
  expect(rows((all) => all.kept('drill'))).toEqual([['b', 2]])
  expect(quarantined()).toHaveLength(3)
})

test('a word that nobody knows: the louder reading counts, and what is to be told is told', () => {
  rows((all) => {
    all.insertIncident(incident('f'))
    all.hold(heldEvent('k', { severity: 'info' }))
    all.insertNotification(notification(), [eventOn(1)])
    all.insertDelivery(delivery(), [eventOn(1)])
    all.addTimeline([{ incident: 1, atMs: 1, kind: 'fired', sentence: 's' }])
  })
  set('incident', 'severity', `'crotical'`)
  set('incident', 'source', `'mars'`)
  set('held', 'kind', `'fired'`)
  set('held', 'urgency', '9')
  set('held', 'why', `'?'`)
  set('notification', 'severity', `''`)
  set('delivery', 'severity', `''`)
  set('delivery_event', 'kind', `''`)
  set('timeline', 'kind', `''`)
  expect(rows((all) => all.firingIncident('f'))).toMatchObject({ severity: 'critical', source: 'generic' })
  expect(rows((all) => all.dueHeld(2_000, 9))).toMatchObject([{ kind: 'firing', severity: 'critical', why: 'group' }])
  expect(rows((all) => all.notification(1))?.severity).toBe('critical')
  expect(rows((all) => all.nextDelivery('discord', 1_000))?.severity).toBe('critical')
  expect(rows((all) => all.deliveryEvents(1))).toMatchObject([{ kind: 'firing' }])
  expect(rows((all) => all.timeline(1, 1))).toMatchObject([{ kind: 'note' }])
  expect(store.unreadable).toEqual([])
})

test('what was accepted and what is quarantined is not the same: a sound row goes through', async () => {
  const update = alertUpdate('Sound', { extra: { a: 'x' } })
  await store.alerts.accept([update], 1)
  expect(rows((all) => all.inbox(1))[0]?.incoming).toEqual([update])
  expect(quarantined()).toEqual([])
})
