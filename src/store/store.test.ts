import { existsSync, readdirSync, renameSync, rmSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Change, Snapshot } from '../core/state/types.ts'
import { shippedMigrations } from './migrate.ts'
import { openStore } from './open.ts'
import { openDatabase } from './open-database.ts'
import {
  atOf,
  claim,
  hostRecord,
  intent,
  openOrFail,
  putHost,
  removeDirectory,
  temporaryDirectory,
  told,
} from './samples.ts'
import { SqliteStore, StateUnreadable } from './store.ts'

let directory: string
beforeEach(() => {
  directory = temporaryDirectory()
})
afterEach(() => removeDirectory(directory))

const EMPTY: Snapshot = {
  hosts: {},
  claims: {},
  intents: {},
  commands: {},
  pins: {},
  outlets: {},
  alerts: {},
  upsUnits: {},
  powerOutages: {},
  learnedTimes: {},
  meta: {},
}
const file = () => join(directory, 'state.sqlite')

/** Changes the file as damage or another program would, while no store has it. */
function edit(sql: string): void {
  const database = new DatabaseSync(file())
  database.exec(sql)
  database.close()
}

function eventsOf(store: ReturnType<typeof openOrFail>): string[] {
  const answer = store.events({ limit: 100 })
  return answer.ok ? answer.events.map((event) => event.sentence) : [answer.code]
}

describe('commit and load', () => {
  test('a new state is empty, private, and says that it was created', () => {
    const opening = openStore({ directory: join(directory, 'a', 'b'), now: () => atOf(0) })
    if (!opening.ok) throw new Error(opening.sentence)
    expect(opening.found).toEqual({ created: true, unreadable: [] })
    expect(opening.store.load()).toEqual(EMPTY)
    opening.store.close()
    expect(statSync(join(directory, 'a', 'b')).mode & 0o777).toBe(0o750)
    expect(statSync(join(directory, 'a', 'b', 'state.sqlite')).mode & 0o777).toBe(0o640)
    expect(readdirSync(join(directory, 'a', 'b'))).toEqual(['state.sqlite'])
  })

  test('what was committed is there after a restart', () => {
    const store = openOrFail(directory)
    const changes: Change[] = [
      putHost('pve1', 2),
      putHost('pve2'),
      { collection: 'claims', key: 'c1', value: claim },
      { collection: 'intents', key: 'i1', value: intent },
      { collection: 'meta', key: 'meta', value: { key: 'meta', epoch: 3, nextId: 17 } },
    ]
    expect(store.commit(changes, [told('planned')])).toEqual({ ok: true })
    expect(store.commit([{ collection: 'hosts', key: 'pve2', value: undefined }], [])).toEqual({ ok: true })
    store.close()
    const again = openOrFail(directory)
    expect(again.load()).toEqual({
      ...EMPTY,
      hosts: { pve1: hostRecord('pve1', 2) },
      claims: { c1: claim },
      intents: { i1: intent },
      meta: { meta: { key: 'meta', epoch: 3, nextId: 17 } },
    })
    expect(eventsOf(again)).toEqual(['planned'])
    again.close()
  })

  test('of changes to one key in one commit the last counts', () => {
    const store = openOrFail(directory)
    store.commit([putHost('pve1', 1), { collection: 'hosts', key: 'pve1', value: undefined }, putHost('pve1', 5)], [])
    expect(store.load().hosts.pve1).toEqual(hostRecord('pve1', 5))
    store.close()
  })

  test('odd names are names like any other', () => {
    const store = openOrFail(directory)
    const names = ['__proto__', 'constructor', '', 'ünïcode 🦫', "a'b;--", 'x/y']
    store.commit(
      names.map((name) => putHost(name)),
      [],
    )
    store.close()
    const again = openOrFail(directory)
    expect(Object.keys(again.load().hosts).toSorted()).toEqual(names.toSorted())
    again.close()
  })

  test('volatile changes and empty commits write nothing', () => {
    const store = openOrFail(directory)
    store.commit([putHost('pve1')], [])
    const before = statSync(`${file()}-wal`)
    const volatile: Change = { collection: 'devicesNow', key: 'strip', value: undefined }
    expect(store.commit([], [])).toEqual({ ok: true })
    expect(store.commit([volatile], [])).toEqual({ ok: true })
    const after = statSync(`${file()}-wal`)
    expect([after.size, after.mtimeMs]).toEqual([before.size, before.mtimeMs])
    store.close()
  })
})

describe('a commit that cannot be', () => {
  test('a record that could not be read back is refused before it is written', () => {
    const store = openOrFail(directory)
    const broken = { ...intent, holdMs: Number.NaN }
    const outcome = store.commit([putHost('pve1'), { collection: 'intents', key: 'i1', value: broken }], [told('x')])
    expect(outcome).toMatchObject({ ok: false, code: 'invalid' })
    expect(outcome).toHaveProperty('sentence', expect.stringContaining('intents i1: holdMs'))
    expect(store.load()).toEqual(EMPTY)
    store.close()
  })

  test('one bad event takes the whole commit with it', () => {
    const store = openOrFail(directory)
    const bad = told('bad', { at: { ...atOf(0), wallMs: Number.NaN } })
    expect(store.commit([putHost('pve1')], [told('good'), bad])).toMatchObject({ ok: false, code: 'invalid' })
    expect(store.load()).toEqual(EMPTY)
    expect(eventsOf(store)).toEqual([])
    expect(store.commit([putHost('pve1')], [])).toEqual({ ok: true })
    store.close()
  })

  test('after close everything answers, and nothing is written', async () => {
    const store = openOrFail(directory)
    store.close()
    store.close()
    expect(store.commit([putHost('pve1')], [])).toMatchObject({ ok: false, code: 'closed' })
    expect(store.prune()).toMatchObject({ ok: false, code: 'closed' })
    expect(store.events({ limit: 1 })).toMatchObject({ ok: false, code: 'closed' })
    expect(await store.backup(join(directory, 'b'))).toMatchObject({ ok: false, code: 'closed' })
    expect(() => store.load()).toThrow(StateUnreadable)
  })

  test.each(['state.sqlite', 'state.sqlite-wal'])('%s removed while in use is noticed', (name) => {
    const store = openOrFail(directory)
    expect(store.commit([putHost('pve1')], [])).toEqual({ ok: true })
    unlinkSync(join(directory, name))
    const outcome = store.commit([putHost('pve2')], [])
    expect(outcome).toMatchObject({ ok: false, code: 'io' })
    expect(outcome).toHaveProperty('sentence', expect.stringContaining('was removed or replaced'))
    store.close()
  })

  test('a state replaced while in use is noticed, and works again when put back', () => {
    const store = openOrFail(directory)
    renameSync(file(), join(directory, 'elsewhere'))
    expect(store.commit([putHost('pve1')], [])).toMatchObject({ ok: false, code: 'io' })
    renameSync(join(directory, 'elsewhere'), file())
    expect(store.commit([putHost('pve1')], [])).toEqual({ ok: true })
    store.close()
  })
})

test('without room a commit fails whole, and the next one with room succeeds', () => {
  openOrFail(directory).close()
  const opening = openDatabase(file(), shippedMigrations())
  if (!opening.ok) throw new Error(opening.sentence)
  const { database } = opening
  const settings = { file: file(), retentionMs: 1, maxEvents: 10, now: () => atOf(0), unreadable: [] }
  const store = new SqliteStore(database, settings)
  store.commit([putHost('pve1', 1)], [told('before')])
  const { page_count: pages } = database.prepare('pragma page_count').get() as { page_count: number }
  database.exec(`pragma max_page_count = ${pages}`)
  const large = Array.from({ length: 100 }, () => told('x'.repeat(1_000)))
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect(store.commit([putHost('pve1', 9), putHost('pve2')], large)).toMatchObject({ ok: false, code: 'full' })
    expect(store.load().hosts).toEqual({ pve1: hostRecord('pve1', 1) })
    expect(eventsOf(store)).toEqual(['before'])
  }
  database.exec(`pragma max_page_count = ${pages + 1_000}`)
  expect(store.commit([putHost('pve1', 2)], large)).toEqual({ ok: true })
  expect(eventsOf(store)).toHaveLength(100)
  store.close()
  const again = openOrFail(directory)
  expect(again.load().hosts).toEqual({ pve1: hostRecord('pve1', 2) })
  again.close()
})

describe('unreadable rows', () => {
  const damage = (sql: string) => {
    const store = openOrFail(directory)
    store.commit([putHost('pve1'), putHost('pve2'), { collection: 'intents', key: 'i1', value: intent }], [])
    store.close()
    edit(sql)
  }

  test.each([
    ['not JSON', `update entity set value = '{"host":' where key = 'pve1'`, 'it is not JSON'],
    ['not the shape', `update entity set value = '{"host":"pve1"}' where key = 'pve1'`, 'cycleTimes'],
    ['null', `update entity set value = 'null' where key = 'pve1'`, 'expected object'],
    ['broken text', `update entity set value = cast(x'7bff00fe' as text) where key = 'pve1'`, 'it is not JSON'],
  ])('%s: reported, kept aside, and the rest is used', (_, sql, reason) => {
    damage(sql)
    const opening = openStore({ directory, now: () => atOf(7) })
    if (!opening.ok) throw new Error(opening.sentence)
    expect(opening.found.unreadable).toMatchObject([{ collection: 'hosts', key: 'pve1' }])
    expect(opening.found.unreadable[0]?.reason).toContain(reason)
    expect(opening.found.recovered).toBeUndefined()
    expect(opening.store.load()).toEqual({ ...EMPTY, hosts: { pve2: hostRecord('pve2') }, intents: { i1: intent } })
    expect(opening.store.commit([putHost('pve1', 1)], [])).toEqual({ ok: true })
    opening.store.close()
    const database = new DatabaseSync(file())
    expect(database.prepare('select collection, key, found_wall_ms from quarantine').all()).toMatchObject([
      { collection: 'hosts', key: 'pve1', found_wall_ms: atOf(7).wallMs },
    ])
    database.close()
    const again = openStore({ directory, now: () => atOf(8) })
    expect(again.ok && again.found.unreadable).toEqual([])
    if (again.ok) again.store.close()
  })

  test('rows of a collection that this version does not know stay where they are', () => {
    damage(`insert into entity values ('drills', 'd1', 'anything')`)
    const store = openOrFail(directory)
    store.commit([putHost('pve3')], [])
    store.close()
    const database = new DatabaseSync(file())
    expect(database.prepare(`select value from entity where collection = 'drills'`).get()).toEqual({
      value: 'anything',
    })
    database.close()
  })
})

test('nothing but the state is left behind after a clean close', () => {
  const store = openOrFail(directory)
  store.commit([putHost('pve1')], [told('x')])
  store.close()
  expect(readdirSync(directory)).toEqual(['state.sqlite'])
  rmSync(file())
  expect(existsSync(file())).toBe(false)
})
