import type { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Delivery, Incident } from '../../core/alerts/types.ts'
import type { At } from '../../core/time.ts'
import type { AlertRows } from '../../ports/alert-store.ts'
import { atOf } from '../samples.ts'
import type { SqliteAlertStore } from './alert-store.ts'
import { AlertRetention } from './retention.ts'
import { alertsInMemory, delivery, eventOn, heldEvent, incident, note, notification, within } from './samples.ts'

const DAY = 86_400_000
const OLD = atOf(-91 * DAY).wallMs
const YOUNG = atOf(-89 * DAY).wallMs
let alerts: SqliteAlertStore
let database: DatabaseSync
let retention: AlertRetention
let now: At
beforeEach(() => {
  const memory = alertsInMemory()
  ;({ alerts, database } = memory)
  retention = new AlertRetention(memory.writer, { retentionMs: 90 * DAY, maxAlerts: 1_000 })
  now = atOf(0)
})
const rows = <T>(work: (all: AlertRows) => T): T => within(alerts, work)
const prune = () => {
  const outcome = retention.prune(now)
  if (!outcome.ok) throw new Error(outcome.sentence)
  return outcome.value
}
/** Both clocks go on by `ms`. */
const pass = (ms: number) => {
  now = { wallMs: now.wallMs + ms, bootId: now.bootId, monoMs: now.monoMs + ms }
}
const settle = () => {
  prune()
  pass(11 * 60_000)
}
const ids = (table: string) =>
  database
    .prepare(`select id from ${table} order by id`)
    .all()
    .map(({ id }) => id)
const count = (table: string) => Number(database.prepare(`select count(*) as count from ${table}`).get()?.count)

let names = 0
/** An alert that came, was told and ended, and everything that is left of it. */
function over(atMs: number, more: Partial<Incident> = {}, how: Partial<Delivery> = {}): number {
  names += 1
  const name = `f${names}`
  return rows((all) => {
    const { id } = all.insertIncident(incident(name, { status: 'resolved', updatedMs: atMs, ...more }))
    all.addTimeline([
      { incident: id, atMs, kind: 'fired', sentence: 's' },
      { incident: id, atMs, kind: 'resolved', sentence: 's' },
    ])
    const events = [eventOn(id, { key: `${name}:firing` }), eventOn(id, { kind: 'resolved', key: `${name}:resolved` })]
    const made = all.insertNotification(notification({ state: 'confirmed', createdMs: atMs }), events)
    const times = { createdMs: atMs, dueMs: atMs }
    all.insertDelivery(delivery({ notification: made.id, state: 'delivered', ...times, ...how }), events)
    all.putMessage('discord', name, [id], atMs)
    return id
  })
}

/** Something young behind what is old: only then can old things be told from a clock that stands wrong. */
const another = () => over(YOUNG)

describe('by age', () => {
  test('what is over goes with all that hangs on it, and what is young stays', () => {
    const [first, second] = [over(OLD), over(OLD)]
    const third = another()
    settle()
    expect(prune()).toEqual({ removed: 8, more: false })
    expect(ids('incident')).toEqual([third])
    const tables = ['delivery', 'notification', 'message', 'message_incident']
    expect(tables.map(count)).toEqual([1, 1, 1, 1])
    expect(['timeline', 'delivery_event', 'notification_event'].map(count)).toEqual([2, 2, 2])
    expect(rows((all) => [first, second].flatMap((id) => all.timeline(id, 9)))).toEqual([])
    expect(prune()).toEqual({ removed: 0, more: false })
  })

  test.each<[string, Partial<Incident>, Partial<Delivery>, string[]]>([
    ['it fires', { status: 'firing' }, {}, ['incident', 'delivery', 'notification', 'message']],
    ['its delivery is queued', {}, { state: 'queued' }, ['incident', 'delivery', 'notification']],
    ['its delivery is being sent', {}, { state: 'sending' }, ['incident', 'delivery', 'notification']],
    ['it was delivered late', {}, { deliveredMs: YOUNG }, ['delivery', 'notification']],
    ['it ended late', { updatedMs: YOUNG }, {}, ['incident']],
  ])('stays, though old: %s', (_, more, how, stays) => {
    const id = over(OLD, { ...more, updatedMs: OLD }, how)
    if (more.updatedMs !== undefined) {
      rows((all) => all.updateIncident({ ...(all.incidents([id])[0] as Incident), updatedMs: YOUNG }))
    }
    another()
    settle()
    prune()
    const left = ['incident', 'delivery', 'notification', 'message'].filter((table) => ids(table)[0] === 1)
    expect(left).toEqual(stays)
  })

  test.each<[string, (all: AlertRows, id: number) => unknown]>([
    ['an event of it is held', (all, id) => all.hold(heldEvent('k', { incident: id }))],
    [
      'a chain about it is open',
      (all, id) => all.insertNotification(notification({ createdMs: OLD }), [eventOn(id, { key: 'k' })]),
    ],
    [
      'a dead letter about it can be replayed',
      (all, id) =>
        all.insertDelivery(delivery({ state: 'dead', createdMs: OLD, dueMs: OLD, deliveredMs: YOUNG }), [
          eventOn(id, { key: 'k' }),
        ]),
    ],
  ])('an incident stays, though old and over: %s', (_, make) => {
    const id = over(OLD)
    rows((all) => make(all, id))
    another()
    settle()
    prune()
    expect(ids('incident')[0]).toBe(id)
  })

  test('of what fires still, reminders and edits go, and what says that it is known stays', () => {
    rows((all) => {
      const { id } = all.insertIncident(incident('f', { updatedMs: OLD }))
      const sent = { state: 'delivered', createdMs: OLD, dueMs: OLD } as const
      for (const kind of ['firing', 'reminder', 'update', 'escalated'] as const) {
        all.insertDelivery(delivery(sent), [eventOn(id, { kind })])
      }
    })
    another()
    settle()
    prune()
    expect(ids('delivery')).toEqual([1, 4, 5])
    expect(rows((all) => all.insertDelivery(delivery(), [eventOn(1)]))).toBeUndefined()
  })

  test('the inbox and what is held are never touched', async () => {
    await alerts.accept([note], OLD)
    rows((all) => all.hold(heldEvent('k', { heldAtMs: OLD, dueMs: OLD })))
    another()
    settle()
    prune()
    expect([alerts.inboxSize(), count('held')]).toEqual([1, 1])
  })

  test('silences that ended long ago go', () => {
    const silence = { matchers: [], startsMs: OLD - DAY, by: 'b', comment: '' }
    rows((all) => {
      for (const endsMs of [OLD, YOUNG, now.wallMs + DAY]) all.insertSilence({ ...silence, endsMs })
    })
    expect(prune()).toMatchObject({ removed: 0 })
    settle()
    expect(prune()).toMatchObject({ removed: 1 })
    expect(ids('silence')).toEqual([2, 3])
  })
})

describe('by number', () => {
  test('the oldest that are over go, whatever the clocks say, a bounded number a call', () => {
    rows((all) => {
      for (let index = 0; index < 3_000; index += 1) {
        all.insertIncident(incident(`n${index}`, { status: index === 7 ? 'firing' : 'resolved', updatedMs: 5 }))
      }
    })
    expect(prune()).toEqual({ removed: 1_000, more: true })
    expect(prune()).toEqual({ removed: 999, more: false })
    expect(prune()).toEqual({ removed: 0, more: false })
    expect(ids('incident').slice(0, 2)).toEqual([8, 2_001])
    expect(count('incident')).toBe(1_001)
  })

  test('what is queued stays, however many there are', () => {
    rows((all) => {
      for (let index = 0; index < 1_100; index += 1) all.insertDelivery(delivery(), [eventOn(1, { key: `${index}` })])
    })
    expect(prune()).toEqual({ removed: 0, more: false })
  })
})

describe('a clock that jumps', () => {
  test('ahead removes nothing', () => {
    for (let index = 0; index < 3; index += 1) another()
    settle()
    now = { ...now, wallMs: now.wallMs + 20 * 365 * DAY }
    over(now.wallMs)
    expect(prune()).toMatchObject({ removed: 0 })
    now = { ...now, wallMs: now.wallMs - 20 * 365 * DAY }
    expect(prune()).toMatchObject({ removed: 0 })
    pass(60 * 60_000)
    expect(prune()).toMatchObject({ removed: 0 })
    expect(count('incident')).toBe(4)
  })

  test('and what came while it stood in 1970 goes with its neighbours', () => {
    over(OLD)
    another()
    for (let index = 0; index < 2; index += 1) over(5_000)
    another()
    settle()
    prune()
    expect(ids('incident')).toEqual([2, 3, 4, 5])
    pass(2 * DAY)
    settle()
    prune()
    expect(ids('incident')).toEqual([2, 3, 4, 5])
    over(now.wallMs)
    settle()
    prune()
    expect(ids('incident')).toEqual([6])
  })
})

test('a disk that fails is answered', () => {
  over(OLD)
  another()
  settle()
  database.exec(`create trigger trouble before delete on incident begin select raise(abort, 'no'); end`)
  expect(retention.prune(now)).toMatchObject({ ok: false, sentence: expect.stringContaining('Old alerts cannot') })
  expect(ids('incident')).toEqual([1, 2])
})
