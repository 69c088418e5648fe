import { renameSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Incoming } from '../../core/alerts/types.ts'
import type { AlertRows } from '../../ports/alert-store.ts'
import { failure } from '../failure.ts'
import { openOffline } from '../offline.ts'
import { atOf, openOrFail, putHost, removeDirectory, temporaryDirectory, told } from '../samples.ts'
import type { Store } from '../store.ts'
import { unavailableStore } from '../unavailable.ts'
import { alertsInMemory, alertUpdate, incident, note, within } from './samples.ts'

let directory: string
let store: Store
beforeEach(() => {
  directory = temporaryDirectory()
  store = openOrFail(directory)
})
afterEach(() => {
  store.close()
  removeDirectory(directory)
})

const inbox = () => within(store.alerts, (rows) => rows.inbox(10_000))
const reopen = () => {
  store.close()
  store = openOrFail(directory)
}

describe('what comes in', () => {
  test('is in the inbox as it was, in order, also after a restart', async () => {
    const full = alertUpdate('Full', {
      source: 'generic',
      status: 'resolved',
      labels: { alertname: 'Full', __proto__x: 'a', 'ünï 🦫': '"\\\u0000\n', '1': 'one' },
      annotations: { summary: '<b>&*_`' },
      endsMs: 2_000.5,
      link: 'https://prometheus.test/graph',
      extra: { generatorURL: 'x', nested: [{ deep: null }], __proto__: { a: 1 } },
    })
    const together: Incoming[] = [full, note]
    expect(await store.alerts.accept(together, 1_234.5)).toEqual({ ok: true })
    expect(await store.alerts.accept([alertUpdate()], 5)).toEqual({ ok: true })
    reopen()
    const rows = [
      { id: 1, receivedMs: 1_234.5, incoming: together },
      { id: 2, receivedMs: 5, incoming: [alertUpdate()] },
    ]
    expect(inbox()).toEqual(JSON.parse(JSON.stringify(rows)))
    expect(within(store.alerts, (all) => all.inbox(1))).toHaveLength(1)
    expect(store.alerts.inboxSize()).toBe(2)
    within(store.alerts, (all) => all.removeInbox([1, 99]))
    expect(inbox().map(({ id }) => id)).toEqual([2])
    within(store.alerts, (all) => all.removeInbox([2]))
    expect(store.alerts.inboxSize()).toBe(0)
    await store.alerts.accept([note], 6)
    expect(inbox().map(({ id }) => id)).toEqual([3])
  })

  test('nothing at all is accepted without a row', async () => {
    expect(await store.alerts.accept([], 1)).toEqual({ ok: true })
    expect(store.alerts.inboxSize()).toBe(0)
  })

  test.each<[string, unknown]>([
    ['no fingerprint', { ...alertUpdate(), fingerprint: undefined }],
    ['a label that is no text', { ...alertUpdate(), labels: { alertname: 'x', n: 5 } }],
    ['labels that are a list', { ...alertUpdate(), labels: ['x'] }],
    ['no such severity', { ...alertUpdate(), severity: 'loud' }],
    ['a time that JSON does not know', { ...alertUpdate(), startsMs: Number.NaN }],
    ['an end without end', { ...alertUpdate(), endsMs: Number.POSITIVE_INFINITY }],
    ['what no JSON holds', { ...alertUpdate(), extra: { big: 10n } }],
    ['nested without an end', { ...alertUpdate(), extra: nested(100_000) }],
    ['a kind of its own', { kind: 'greeting' }],
    ['nothing', null],
  ])('what could not be read back is refused, and its neighbours are not: %s', async (_, bad) => {
    const outcomes = Promise.all([
      store.alerts.accept([alertUpdate('before')], 1),
      store.alerts.accept([alertUpdate(), bad as Incoming], 1),
      store.alerts.accept([alertUpdate('after')], 1),
    ])
    const [before, refused, after] = await outcomes
    expect([before, after]).toEqual([{ ok: true }, { ok: true }])
    expect(refused).toMatchObject({ ok: false, code: 'invalid' })
    expect(refused).toHaveProperty('sentence', expect.stringContaining('has not its shape'))
    expect(inbox()).toHaveLength(2)
  })

  test('a time of receipt that is none is refused', async () => {
    expect(await store.alerts.accept([note], Number.NaN)).toMatchObject({ ok: false, code: 'invalid' })
  })
})

describe('group commit', () => {
  test('callers of one turn share a transaction, those of the next have their own', async () => {
    const { database, alerts } = alertsInMemory()
    let transactions = 0
    const exec = database.exec.bind(database)
    database.exec = (sql) => {
      if (sql === 'commit') transactions += 1
      exec(sql)
    }
    const some = Array.from({ length: 64 }, (_, index) => alerts.accept([alertUpdate(`${index}`)], index))
    expect(transactions).toBe(0)
    expect(await Promise.all(some)).toEqual(some.map(() => ({ ok: true })))
    expect(transactions).toBe(1)
    await alerts.accept([note], 1)
    expect(transactions).toBe(2)
    expect(within(alerts, (rows) => rows.inbox(100)).map(({ receivedMs }) => receivedMs)).toEqual([
      ...some.map((_, index) => index),
      1,
    ])
  })

  test('one that fails answers each of its callers, and nothing of it is written', async () => {
    const { database, alerts } = alertsInMemory()
    database.exec(`create trigger trouble before insert on inbox when new.received_ms = 5
      begin select raise(abort, 'the disk said no'); end`)
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, index) => alerts.accept([alertUpdate()], index)))
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ ok: false, sentence: expect.stringContaining('the disk said no') })
    }
    expect(alerts.inboxSize()).toBe(0)
    expect(await alerts.accept([alertUpdate()], 6)).toEqual({ ok: true })
    expect(alerts.inboxSize()).toBe(1)
  })

  test('too many that wait are refused at once, and the others are written', async () => {
    const { alerts } = alertsInMemory()
    const waiting = Array.from({ length: 10_000 }, () => alerts.accept([note], 1))
    expect(await alerts.accept([note], 1)).toMatchObject({ ok: false, code: 'busy' })
    expect(new Set((await Promise.all(waiting)).map(({ ok }) => ok))).toEqual(new Set([true]))
    expect(alerts.inboxSize()).toBe(10_000)
    expect(await alerts.accept([note], 1)).toEqual({ ok: true })
  })

  test('as are those whose content is too much to keep waiting', async () => {
    const { alerts } = alertsInMemory()
    const large = alertUpdate('Large', { annotations: { summary: 'x'.repeat(15_000_000) } })
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => alerts.accept([large], 1)))
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, true, false, false])
    expect(outcomes[5]).toMatchObject({ code: 'busy' })
    expect(alerts.inboxSize()).toBe(4)
  })

  test('a commit of the engine goes before those that wait', async () => {
    const waiting = Array.from({ length: 3 }, (_, index) => store.alerts.accept([alertUpdate()], 100 + index))
    expect(store.commit([], [], [note])).toEqual({ ok: true })
    await Promise.all(waiting)
    expect(inbox().map(({ incoming }) => incoming[0]?.kind)).toEqual(['note', 'alert', 'alert', 'alert'])
  })

  test('a large group is written in parts, between which the engine has its turn', async () => {
    const waiting = Array.from({ length: 2_500 }, () => store.alerts.accept([alertUpdate()], 1))
    await turn()
    const before = store.alerts.inboxSize()
    store.commit([], [], [note])
    await Promise.all(waiting)
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(2_500)
    expect(within(store.alerts, (rows) => rows.inbox(10_000))[before]?.incoming).toEqual([note])
    expect(store.alerts.inboxSize()).toBe(2_501)
  })

  test('what waits when the store is closed is written before', async () => {
    const waiting = store.alerts.accept([alertUpdate()], 1)
    reopen()
    expect(await waiting).toEqual({ ok: true })
    expect(store.alerts.inboxSize()).toBe(1)
  })
})

describe('the commit of a decision', () => {
  test('takes alerts along in its transaction, all in one row', () => {
    const together = [alertUpdate('HostDown', { source: 'own' }), note]
    expect(store.commit([putHost('pve1')], [told('down')], together)).toEqual({ ok: true })
    expect(store.commit([], [], [note])).toEqual({ ok: true })
    reopen()
    expect(inbox()).toEqual([
      { id: 1, receivedMs: atOf(0).wallMs, incoming: together },
      { id: 2, receivedMs: atOf(0).wallMs, incoming: [note] },
    ])
  })

  test('is refused whole where one of them is not its shape, or a row is not', () => {
    const bad = alertUpdate('x', { startsMs: Number.NaN })
    expect(store.commit([putHost('pve1')], [told('x')], [bad])).toMatchObject({ ok: false, code: 'invalid' })
    const event = told('x', { at: { ...atOf(0), wallMs: Number.NaN } })
    expect(store.commit([putHost('pve1')], [event], [note])).toMatchObject({ ok: false, code: 'invalid' })
    expect(store.load().hosts).toEqual({})
    expect(store.alerts.inboxSize()).toBe(0)
  })
})

describe('a transaction', () => {
  test('is all or nothing: what the work throws is thrown on', () => {
    expect(() =>
      store.alerts.transact((rows) => {
        rows.insertIncident(incident('f1'))
        throw new RangeError('a mistake of ours')
      }),
    ).toThrow(RangeError)
    expect(store.alerts.listIncidents({ limit: 10 })).toEqual([])
    expect(within(store.alerts, (rows) => rows.insertIncident(incident('f1')).id)).toBe(1)
  })

  test('what SQLite refuses is answered, and nothing of it is written', () => {
    const outcome = store.alerts.transact((rows) => {
      rows.insertIncident(incident('f1'))
      rows.insertIncident(incident('f1'))
    })
    expect(outcome).toMatchObject({ ok: false, code: 'invalid', sentence: expect.stringContaining('alerts cannot') })
    expect(store.alerts.listIncidents({ limit: 10 })).toEqual([])
  })

  test('rows are of no use outside of it', () => {
    let escaped: AlertRows | undefined
    within(store.alerts, (rows) => {
      escaped = rows
    })
    expect(() => escaped?.insertIncident(incident('f1'))).toThrow('within a transaction only')
    expect(store.alerts.listIncidents({ limit: 10 })).toEqual([])
  })

  test('none begins within another, and neither harms the other', () => {
    expect(() =>
      store.alerts.transact((rows) => {
        rows.insertIncident(incident('f1'))
        store.alerts.transact(() => undefined)
      }),
    ).toThrow('within another')
    expect(store.alerts.listIncidents({ limit: 10 })).toEqual([])
    within(store.alerts, (rows) => {
      rows.insertIncident(incident('f2'))
      expect(store.commit([putHost('pve1')], [])).toMatchObject({ ok: false, code: 'invalid' })
    })
    expect(store.alerts.listIncidents({ limit: 10 })).toHaveLength(1)
    expect(store.load().hosts).toEqual({})
  })

  test('none waits for anything', () => {
    const work = async (rows: AlertRows) => void rows.insertIncident(incident('f1'))
    expect(() => store.alerts.transact(work)).toThrow('cannot wait')
    expect(store.alerts.listIncidents({ limit: 10 })).toEqual([])
  })
})

describe('a state that cannot be written', () => {
  test('after close everything answers, and nothing is written', async () => {
    await store.alerts.accept([note], 1)
    store.close()
    let ran = false
    const outcome = store.alerts.transact(() => {
      ran = true
    })
    expect(outcome).toMatchObject({ ok: false, code: 'closed' })
    expect(ran).toBe(false)
    expect(await store.alerts.accept([note], 1)).toMatchObject({ ok: false, code: 'closed' })
    expect(store.alerts.listIncidents({ limit: 1 })).toEqual([])
    expect(store.alerts.listDeliveries({ limit: 1 })).toEqual([])
    expect(store.alerts.queues()).toEqual([])
    expect(store.alerts.inboxSize()).toBe(0)
  })

  test('a file that was removed while in use takes nothing that is called written', async () => {
    within(store.alerts, (rows) => rows.insertIncident(incident('f1')))
    unlinkSync(join(directory, 'state.sqlite'))
    const removed = { ok: false, code: 'io', sentence: expect.stringContaining('was removed or replaced') }
    expect(await store.alerts.accept([note], 1)).toMatchObject(removed)
    expect(store.alerts.transact(() => undefined)).toMatchObject(removed)
    expect(store.commit([], [], [note])).toMatchObject(removed)
    expect(store.alerts.listIncidents({ limit: 5 })).toHaveLength(1)
  })

  test('the stand-in for a state that cannot be opened says why', async () => {
    const why = failure('full', 'The disk is full.')
    const { alerts, commit } = unavailableStore('nowhere', why)
    expect(await alerts.accept([note], 1)).toBe(why)
    expect(alerts.transact(() => expect.unreachable())).toBe(why)
    expect(commit([], [], [note])).toBe(why)
    expect([alerts.listIncidents({ limit: 1 }), alerts.listDeliveries({ limit: 1 }), alerts.queues()]).toEqual([
      [],
      [],
      [],
    ])
    expect(alerts.inboxSize()).toBe(0)
  })
})

describe('beside the state', () => {
  test('a backup holds the alerts', async () => {
    await store.alerts.accept([alertUpdate()], 1)
    within(store.alerts, (rows) => rows.insertIncident(incident('f1')))
    expect(await store.backup(join(directory, 'copy'))).toMatchObject({ ok: true })
    const copy = new DatabaseSync(join(directory, 'copy'), { readOnly: true })
    expect(copy.prepare('select fingerprint from incident').all()).toEqual([{ fingerprint: 'f1' }])
    expect(copy.prepare('select count(*) as count from inbox').get()).toEqual({ count: 1 })
    copy.close()
  })

  test('a state that is not in use is looked at and copied with its alerts', async () => {
    store.commit([putHost('pve1')], [told('x')], [note])
    within(store.alerts, (rows) => rows.insertIncident(incident('f1')))
    store.close()
    const opening = openOffline(directory)
    if (!opening.ok) throw new Error(opening.sentence)
    expect(opening.state.load()).toMatchObject({ ok: true, snapshot: { hosts: { pve1: {} } } })
    expect(await opening.state.backup(join(directory, 'copy'))).toMatchObject({ ok: true })
    opening.state.close()
    renameSync(join(directory, 'copy'), join(directory, 'state.sqlite'))
    store = openOrFail(directory)
    expect(inbox()).toMatchObject([{ incoming: [note] }])
    expect(store.alerts.listIncidents({ limit: 9 })).toHaveLength(1)
  })

  test('pruning the state prunes the alerts, and both are counted', () => {
    store.close()
    store = openOrFail(directory, { maxAlerts: 2, maxEvents: 3 })
    store.commit(
      [],
      Array.from({ length: 5 }, () => told('x')),
    )
    within(store.alerts, (rows) => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) rows.insertIncident(incident(name, { status: 'resolved' }))
    })
    expect(store.prune()).toEqual({ ok: true, removed: 2 + 3, more: false })
    expect(store.alerts.listIncidents({ limit: 9 }).map(({ fingerprint }) => fingerprint)).toEqual(['e', 'd'])
  })

  test('a damaged row does not hold up the start, and is told once it is met', async () => {
    await store.alerts.accept([note], 1)
    await store.alerts.accept([note], 2)
    store.close()
    const database = new DatabaseSync(join(directory, 'state.sqlite'))
    database.exec(`update inbox set incoming = '{' where id = 1`)
    database.close()
    const met: unknown[] = []
    store = openOrFail(directory, { onUnreadableAlert: (row) => met.push(row) })
    expect(inbox().map(({ id }) => id)).toEqual([2])
    expect(met).toEqual([{ table: 'inbox', id: 1, reason: 'it is not JSON' }])
  })
})

function nested(depth: number): Record<string, unknown> {
  let value: Record<string, unknown> = {}
  for (let level = 0; level < depth; level += 1) value = { value }
  return value
}
