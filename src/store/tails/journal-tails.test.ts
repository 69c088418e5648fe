import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { JournalTails, JudgedReboot, SeenNode } from '../../ports/journal-tails.ts'
import { openOrFail, putHost, removeDirectory, temporaryDirectory } from '../samples.ts'
import type { Store } from '../store.ts'
import { unavailableStore } from '../unavailable.ts'
import { newest } from './limits.ts'
import { MemoryTails } from './memory-tails.ts'

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

const PVE1 = { cluster: 'home', node: 'pve1' }
const PVE2 = { cluster: 'home', node: 'pve2' }
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `line ${from + index}`)
const seen = (more: Partial<SeenNode> = {}): SeenNode => ({ ...PVE1, bootedMs: 1, seenMs: 2, uptimeS: 3, ...more })
const reboot = (atMs: number, more: Partial<JudgedReboot> = {}): JudgedReboot => ({
  ...PVE1,
  atMs,
  verdict: { cause: 'panic', confidence: 'certain', sentence: `at ${atMs}`, lines: [], missing: [], couldBe: [] },
  ...more,
})
function reopen(): JournalTails {
  store.close()
  store = openOrFail(directory)
  return store.tails
}
function flushAll(tails: JournalTails): void {
  for (let outcome = tails.flush(); outcome.ok && outcome.more === true; outcome = tails.flush());
}

describe('the ends of journals', () => {
  test('are known at once, and after a restart', () => {
    const { tails } = store
    tails.add(PVE1, 'a', lines(0, 3))
    expect(tails.tail(PVE1, 'a')).toEqual(lines(0, 3))
    expect(tails.flush()).toEqual({ ok: true, more: false })
    tails.add(PVE1, 'a', lines(3, 5))
    tails.add(PVE2, 'a', ['another'])
    expect(tails.tail(PVE1, 'a')).toEqual(lines(0, 5))
    tails.see(seen({ cursor: 's=1' }))
    tails.judge(reboot(5, { bootId: 'b' }))
    tails.addKernelLine('pve1', { atMs: 7, text: 'last\nwords' })
    const again = reopen()
    expect(again.tail(PVE1, 'a')).toEqual(lines(0, 5))
    expect(again.tail(PVE2, 'a')).toEqual(['another'])
    expect(again.tail(PVE2, 'b')).toEqual([])
    expect(again.seen(PVE1)).toEqual(seen({ cursor: 's=1' }))
    expect(again.seen(PVE2)).toBeUndefined()
    expect(again.judged(PVE1, 9)).toEqual([{ ...reboot(5, { bootId: 'b' }), id: 1 }])
    expect(again.kernelLines('pve1', 0)).toEqual([{ atMs: 7, text: 'last words' }])
    expect(again.kernelLines('pve1', 8)).toEqual([])
    expect(again.kernelLines('pve2', 0)).toBeUndefined()
  })

  test('are bounded: lines and characters of a boot, boots of a node, lines of a kernel, reboots', () => {
    const { tails } = store
    for (let from = 0; from < 6_000; from += 50) {
      tails.add(PVE1, 'long', lines(from, from + 50))
      if (from % 500 === 0) flushAll(tails)
    }
    flushAll(tails)
    const kept = tails.tail(PVE1, 'long')
    expect(kept.at(-1)).toBe('line 5999')
    expect(kept.length).toBeGreaterThan(1_400)
    expect(kept.length).toBeLessThanOrEqual(2_000)
    for (let each = 0; each < 40; each += 1) {
      tails.add(PVE2, 'wide', ['x'.repeat(32 * 1024)])
      flushAll(tails)
    }
    expect(tails.tail(PVE2, 'wide').join('').length).toBeLessThanOrEqual(512 * 1024)
    for (const boot of ['a', 'b', 'c', 'd']) {
      tails.add(PVE2, boot, [boot])
      flushAll(tails)
    }
    expect(['wide', 'a', 'b', 'c', 'd'].map((boot) => tails.tail(PVE2, boot))).toEqual([[], [], ['b'], ['c'], ['d']])
    for (let atMs = 0; atMs < 2_500; atMs += 1) tails.addKernelLine('pve1', { atMs, text: `k ${atMs}` })
    flushAll(tails)
    tails.addKernelLine('pve1', { atMs: 2_500, text: 'k 2500' })
    flushAll(tails)
    expect(tails.kernelLines('pve1', 0)?.map(({ atMs }) => atMs)).toEqual(
      Array.from({ length: 1_000 }, (_, i) => 1_501 + i),
    )
    for (let atMs = 0; atMs < 70; atMs += 1) tails.judge(reboot(atMs))
    flushAll(tails)
    tails.judge(reboot(70))
    flushAll(tails)
    expect(tails.judged(PVE1, 99).map(({ atMs }) => atMs)).toEqual(Array.from({ length: 50 }, (_, i) => 70 - i))
    store.close()
    const database = new DatabaseSync(store.file, { readOnly: true })
    const size = database.prepare('select sum(characters) as size from journal_piece').get()?.size as number
    database.close()
    expect(size).toBeLessThan(3 * 512 * 1024)
  })

  test('leave the disk to names in use, however many there were', () => {
    const { tails } = store
    for (let each = 0; each < 300; each += 1) {
      const node = { cluster: 'home', node: `n${each}` }
      tails.add(node, 'a', ['x'])
      tails.see(seen({ ...node, seenMs: each }))
      tails.addKernelLine(`h${each}`, { atMs: 1, text: 'x' })
      flushAll(tails)
    }
    expect(tails.seen({ cluster: 'home', node: 'n299' })).toBeDefined()
    expect(tails.seen({ cluster: 'home', node: 'n0' })).toBeUndefined()
    store.close()
    const database = new DatabaseSync(store.file, { readOnly: true })
    const count = (table: string) => database.prepare(`select count(*) as n from ${table}`).get()?.n
    expect(['journal_piece', 'seen_node', 'kernel_line'].map(count)).toEqual([128, 128, 256])
    database.close()
  })

  test('are written in parts, so that nobody waits behind them', () => {
    const { tails } = store
    for (let each = 0; each < 10; each += 1)
      tails.add({ cluster: 'home', node: `n${each}` }, 'a', ['x'.repeat(100_000)])
    const outcomes: unknown[] = []
    for (let each = 0; each < 5; each += 1) outcomes.push(tails.flush())
    expect(outcomes).toEqual([
      { ok: true, more: true },
      { ok: true, more: true },
      { ok: true, more: true },
      { ok: true, more: false },
      { ok: true, more: false },
    ])
    expect(store.commit([putHost('pve1')], [])).toEqual({ ok: true })
  })

  test('wait in memory while the disk cannot be written, with what comes meanwhile after them', () => {
    const { tails } = store
    tails.add(PVE1, 'a', lines(0, 2))
    tails.see(seen({ seenMs: 1 }))
    tails.judge(reboot(1))
    tails.addKernelLine('pve1', { atMs: 1, text: 'one' })
    const elsewhere = join(directory, 'elsewhere')
    renameSync(store.file, elsewhere)
    expect(tails.flush()).toMatchObject({ ok: false, code: 'io' })
    tails.add(PVE1, 'a', lines(2, 4))
    tails.see(seen({ seenMs: 2 }))
    tails.judge(reboot(2))
    tails.addKernelLine('pve1', { atMs: 2, text: 'two' })
    expect(tails.flush()).toMatchObject({ ok: false, code: 'io' })
    renameSync(elsewhere, store.file)
    expect(tails.flush()).toMatchObject({ ok: true })
    const again = reopen()
    expect(again.tail(PVE1, 'a')).toEqual(lines(0, 4))
    expect(again.seen(PVE1)?.seenMs).toBe(2)
    expect(again.judged(PVE1, 9).map(({ atMs }) => atMs)).toEqual([2, 1])
    expect(again.kernelLines('pve1', 0)?.map(({ text }) => text)).toEqual(['one', 'two'])
  })

  test('go on where a row is damaged, and after the store is closed', () => {
    const { tails } = store
    tails.judge(reboot(1))
    tails.judge(reboot(2))
    tails.see(seen())
    flushAll(tails)
    store.close()
    const database = new DatabaseSync(store.file)
    database.exec(`update judged_reboot set value = '{"atMs":1,"verdict":{"cause":"toString"}}' where id = 1`)
    database.exec(`update seen_node set value = 'x'`)
    database.close()
    expect(tails.judged(PVE1, 9)).toEqual([])
    expect(tails.flush()).toEqual({ ok: true, more: false })
    tails.see(seen())
    expect(tails.flush()).toMatchObject({ ok: false, code: 'closed' })
    store = openOrFail(directory)
    expect(store.tails.judged(PVE1, 9).map(({ atMs }) => atMs)).toEqual([2])
    expect(store.tails.seen(PVE1)).toBeUndefined()
  })

  test('are in memory where there is no store', () => {
    const { tails } = unavailableStore('x', { ok: false, code: 'full', sentence: 'The disk is full.' })
    tails.add(PVE1, 'a', ['x'])
    expect(tails.tail(PVE1, 'a')).toEqual(['x'])
    expect(tails.flush()).toMatchObject({ ok: false, code: 'full' })
    tails.judge(reboot(1))
    expect(tails.judged(PVE1, 1)).toHaveLength(1)
    expect(tails.judged(PVE1, 0)).toEqual([])
  })
})

test('on disk and in memory are the same, whenever what is written', () => {
  const node = fc.constantFrom(PVE1, PVE2)
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), node, boot: fc.constantFrom('a', 'b'), n: fc.nat(3) }),
    fc.record({ do: fc.constant('kernel' as const), node, n: fc.nat(9) }),
    fc.record({ do: fc.constant('judge' as const), node, n: fc.nat(9) }),
    fc.record({ do: fc.constant('see' as const), node, n: fc.nat(9) }),
    fc.record({ do: fc.constant('flush' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const own = temporaryDirectory()
      const opened = openOrFail(own)
      const memory = new MemoryTails()
      for (const each of steps) {
        for (const tails of [opened.tails, memory]) {
          if (each.do === 'add') tails.add(each.node, each.boot, lines(0, each.n))
          else if (each.do === 'kernel') tails.addKernelLine(each.node.node, { atMs: each.n, text: `${each.n}` })
          else if (each.do === 'judge') tails.judge(reboot(each.n, each.node))
          else if (each.do === 'see') tails.see(seen({ ...each.node, seenMs: each.n }))
          else tails.flush()
        }
      }
      const shown = (tails: JournalTails) =>
        [PVE1, PVE2].map((one) => ({
          tails: ['a', 'b'].map((boot) => tails.tail(one, boot)),
          kernel: tails.kernelLines(one.node, 3),
          judged: tails.judged(one, 5).map(({ atMs }) => atMs),
          seen: tails.seen(one),
        }))
      expect(shown(opened.tails)).toEqual(shown(memory))
      opened.close()
      removeDirectory(own)
    }),
    { numRuns: 40 },
  )
})

test('the newest lines are those that fit', () => {
  expect(newest(['a', 'bb', 'ccc'], { lines: 9, characters: 5 })).toEqual(['bb', 'ccc'])
  expect(newest(['a', 'bb', 'ccc'], { lines: 1, characters: 5 })).toEqual(['ccc'])
  expect(newest(['aaaa'], { lines: 1, characters: 3 })).toEqual([])
  expect(newest([], { lines: 1, characters: 3 })).toEqual([])
})
