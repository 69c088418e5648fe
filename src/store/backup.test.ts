import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openOffline } from './offline.ts'
import { atOf, hostRecord, openOrFail, putHost, removeDirectory, temporaryDirectory, told } from './samples.ts'

let directory: string
let state: string
beforeEach(() => {
  directory = temporaryDirectory()
  state = join(directory, 'state')
})
afterEach(() => removeDirectory(directory))

const offline = () => openOffline(state)

describe('backup', () => {
  test('is one moment of a state that is being written, and opens as one', async () => {
    const store = openOrFail(state)
    store.commit(
      [],
      Array.from({ length: 20_000 }, (_, index) => told(`old ${index}`)),
    )
    const running = store.backup(join(directory, 'copy', '..', 'copy.sqlite'))
    let done = false
    void running.then(() => {
      done = true
    })
    let commits = 0
    while (!done) {
      commits += 1
      const outcome = store.commit(
        [putHost('pve1', commits % 32), putHost('pve2', commits % 32)],
        [told(`new ${commits}`)],
      )
      expect(outcome).toEqual({ ok: true })
      await turn()
    }
    expect(await running).toEqual({ ok: true, file: join(directory, 'copy.sqlite') })
    store.close()
    expect(commits).toBeGreaterThan(3)
    expect(readdirSync(directory).toSorted()).toEqual(['copy.sqlite', 'state'])
    expect(statSync(join(directory, 'copy.sqlite')).mode & 0o777).toBe(0o640)

    const copy = new DatabaseSync(join(directory, 'copy.sqlite'), { readOnly: true })
    const value = (key: string) => copy.prepare('select value from entity where key = ?').get(key)?.value
    const pve1 = JSON.parse(String(value('pve1') ?? 'null'))
    const pve2 = JSON.parse(String(value('pve2') ?? 'null'))
    expect(pve1?.cycleTimes).toEqual(pve2?.cycleTimes)
    const last = String(copy.prepare('select sentence from event order by id desc limit 1').get()?.sentence)
    const number = last.startsWith('new') ? Number(last.slice(4)) : 0
    expect(pve1?.cycleTimes.length ?? 0).toBe(number % 32)
    copy.close()
  })

  test('never overwrites, and leaves no half file where it cannot be written', async () => {
    const store = openOrFail(state)
    writeFileSync(join(directory, 'mine'), 'precious')
    expect(await store.backup(join(directory, 'mine'))).toMatchObject({ ok: false, code: 'exists' })
    expect(readFileSync(join(directory, 'mine'), 'utf8')).toBe('precious')
    expect(await store.backup(join(directory, 'no', 'such', 'folder'))).toMatchObject({ ok: false, code: 'missing' })
    expect(await store.backup(store.file)).toMatchObject({ ok: false, code: 'exists' })
    expect(readdirSync(directory).toSorted()).toEqual(['mine', 'state'])
    store.close()
  })

  test('a backup goes on to its end when the store is closed meanwhile', async () => {
    const store = openOrFail(state)
    store.commit(
      [],
      Array.from({ length: 20_000 }, (_, index) => told(`old ${index}`)),
    )
    const both = [store.backup(join(directory, 'a')), store.backup(join(directory, 'b'))]
    store.close()
    expect(store.commit([putHost('pve1')], [])).toMatchObject({ ok: false, code: 'closed' })
    expect((await Promise.all(both)).map(({ ok }) => ok)).toEqual([true, true])
    expect(readdirSync(state)).toEqual(['state.sqlite'])
    openOrFail(state).close()
  })

  test('put in the place of the state, it is the state', async () => {
    const store = openOrFail(state)
    store.commit([putHost('pve1', 2)], [told('x')])
    await store.backup(join(directory, 'state2.sqlite'))
    store.close()
    const restored = join(directory, 'restored')
    openOrFail(restored).close()
    writeFileSync(join(restored, 'state.sqlite'), readFileSync(join(directory, 'state2.sqlite')))
    const again = openOrFail(restored)
    expect(again.load().hosts).toEqual({ pve1: hostRecord('pve1', 2) })
    again.close()
  })
})

describe('a state that is not in use', () => {
  test('is read, exported and copied without a change to it', async () => {
    const store = openOrFail(state)
    store.commit([putHost('pve1', 2)], [told('x')])
    store.close()
    const before = readFileSync(join(state, 'state.sqlite'))
    const opening = offline()
    if (!opening.ok) throw new Error(opening.sentence)
    expect(opening.state.load()).toMatchObject({ ok: true, snapshot: { hosts: { pve1: hostRecord('pve1', 2) } } })
    expect(opening.state.events({ limit: 5 })).toMatchObject({ ok: true, events: [{ sentence: 'x' }] })
    expect(await opening.state.backup(join(directory, 'copy'))).toMatchObject({ ok: true })
    opening.state.close()
    expect(readFileSync(join(state, 'state.sqlite')).equals(before)).toBe(true)
    const again = openOrFail(state)
    expect(again.commit([putHost('pve3')], [])).toEqual({ ok: true })
    again.close()
  })

  test('is refused while a store has it, missing, damaged, newer or older', () => {
    expect(offline()).toMatchObject({ ok: false, code: 'missing' })
    const store = openOrFail(state)
    expect(offline()).toMatchObject({ ok: false, code: 'in-use', sentence: expect.stringContaining('Ask that one') })
    store.close()
    const database = new DatabaseSync(store.file)
    database.exec('pragma user_version = 9')
    expect(offline()).toMatchObject({ ok: false, code: 'newer-schema' })
    database.exec('pragma user_version = 0')
    expect(offline()).toMatchObject({ ok: false, code: 'older-schema' })
    database.close()
    writeFileSync(store.file, 'garbage'.repeat(1_000))
    expect(offline()).toMatchObject({ ok: false, code: 'corrupt' })
    writeFileSync(store.file, '')
    expect(offline()).toMatchObject({ ok: false, code: 'corrupt' })
    expect(readdirSync(state)).toContain('state.sqlite')
  })

  test('a file that may only be read stands for itself', () => {
    const store = openOrFail(state, { now: () => atOf(0) })
    store.commit([putHost('pve1')], [])
    store.close()
    chmodSync(store.file, 0o440)
    const opening = offline()
    expect(opening.ok).toBe(true)
    if (opening.ok) opening.state.close()
  })
})
