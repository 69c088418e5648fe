import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Told } from '../core/state/types.ts'
import type { At } from '../core/time.ts'
import type { EventQuery } from './event-history.ts'
import { atOf, openOrFail, removeDirectory, temporaryDirectory, told } from './samples.ts'
import type { Store } from './store.ts'

const DAY = 86_400_000
let directory: string
let store: Store
let now: At
beforeEach(() => {
  directory = temporaryDirectory()
  now = atOf(0)
  store = openOrFail(directory, { now: () => now, retentionMs: 90 * DAY, maxEvents: 2_000 })
})
afterEach(() => {
  store.close()
  removeDirectory(directory)
})

function sentences(query: Partial<EventQuery> = {}): string[] {
  const answer = store.events({ limit: 10_000, ...query })
  if (!answer.ok) throw new Error(answer.sentence)
  return answer.events.map((event) => event.sentence)
}

describe('what is told is found again', () => {
  test('with every field, newest first', () => {
    const full: Told = {
      code: 'refused',
      severity: 'debug',
      at: { wallMs: 12.5, bootId: 'b', monoMs: 0.125 },
      host: 'pve1',
      device: 'strip',
      outlet: '0',
      intent: 'i1',
      guards: ['storm', 'host-alive'],
      sentence: 'Held: “storm” — ünïcode 🦫 \u0000 \n and "quotes".',
    }
    const bare: Told = { code: 'host-up', severity: 'info', at: atOf(1), sentence: 'up' }
    store.commit([], [full, bare])
    expect(store.events({ limit: 10 })).toEqual({
      ok: true,
      events: [
        { id: 2, ...bare },
        { id: 1, ...full },
      ],
    })
  })

  test('narrowed by each field and by all of them', () => {
    store.commit(
      [],
      [
        told('a', { host: 'pve1', at: atOf(10), intent: 'i1' }),
        told('b', { host: 'pve2', at: atOf(20), severity: 'info', code: 'host-up' }),
        told('c', { host: 'pve1', at: atOf(30), severity: 'info', code: 'host-up' }),
        told('d', { host: undefined, at: atOf(40), code: 'storm' }),
      ],
    )
    expect(sentences()).toEqual(['d', 'c', 'b', 'a'])
    expect(sentences({ host: 'pve1' })).toEqual(['c', 'a'])
    expect(sentences({ code: 'host-up' })).toEqual(['c', 'b'])
    expect(sentences({ severity: 'critical' })).toEqual(['d', 'a'])
    expect(sentences({ sinceWallMs: atOf(20).wallMs })).toEqual(['d', 'c', 'b'])
    expect(sentences({ untilWallMs: atOf(20).wallMs })).toEqual(['a'])
    expect(sentences({ beforeId: 3 })).toEqual(['b', 'a'])
    expect(sentences({ afterId: 1 })).toEqual(['d', 'c', 'b'])
    expect(sentences({ afterId: 1, limit: 2 })).toEqual(['c', 'b'])
    expect(sentences({ afterId: 1, beforeId: 4, host: 'pve1' })).toEqual(['c'])
    expect(sentences({ intent: 'i1' })).toEqual(['a'])
    expect(sentences({ code: 'no-such-code' })).toEqual([])
    expect(sentences({ limit: 1 })).toEqual(['d'])
    expect(sentences({ limit: 0 })).toEqual([])
    expect(sentences({ limit: -5 })).toEqual([])
    expect(sentences({ host: 'pve1', code: 'host-up', sinceWallMs: atOf(30).wallMs, beforeId: 4 })).toEqual(['c'])
    expect(sentences({ host: "'; drop table event; --" })).toEqual([])
  })
})

describe('retention', () => {
  const many = (count: number, at: At) =>
    store.commit(
      [],
      Array.from({ length: count }, (_, index) => told(`${index}`, { at })),
    )
  const prune = () => {
    const answer = store.prune()
    if (!answer.ok) throw new Error(answer.sentence)
    return answer
  }
  /** Both clocks go on by `ms`. */
  const pass = (ms: number) => {
    now = { wallMs: now.wallMs + ms, bootId: now.bootId, monoMs: now.monoMs + ms }
  }
  const settle = () => {
    prune()
    pass(11 * 60_000)
  }

  test('removes what is too old, a bounded number a call, and keeps the rest', () => {
    many(1_900, atOf(-91 * DAY))
    many(50, atOf(-89 * DAY))
    settle()
    expect(prune()).toEqual({ ok: true, removed: 1_900, more: false })
    expect(sentences()).toHaveLength(50)
    expect(prune()).toEqual({ ok: true, removed: 0, more: false })
  })

  test('removes the oldest beyond the number, whatever the clocks say', () => {
    many(9_000, atOf(0))
    expect(prune()).toEqual({ ok: true, removed: 5_000, more: true })
    expect(prune()).toEqual({ ok: true, removed: 2_000, more: false })
    expect(sentences()).toHaveLength(2_000)
    expect(sentences({ limit: 1 })).toEqual(['8999'])
  })

  test('a wall clock that has just jumped ahead removes nothing', () => {
    many(10, atOf(0))
    settle()
    now = { ...now, wallMs: now.wallMs + 20 * 365 * DAY }
    expect(prune()).toMatchObject({ removed: 0 })
    many(1, now)
    expect(prune()).toMatchObject({ removed: 0 })
    now = { ...now, wallMs: now.wallMs - 20 * 365 * DAY }
    expect(prune()).toMatchObject({ removed: 0 })
    pass(60 * 60_000)
    expect(prune()).toMatchObject({ removed: 0 })
    expect(sentences()).toHaveLength(11)
  })

  test('what was told while the clock stood in 1970 goes with its neighbours', () => {
    many(3, atOf(-100 * DAY))
    many(2, atOf(-1 * DAY))
    many(4, { wallMs: 5_000, bootId: 'b', monoMs: 5 })
    many(1, atOf(0))
    settle()
    expect(prune()).toMatchObject({ removed: 3 })
    expect(sentences()).toHaveLength(7)
  })

  test('ids go on after everything was removed', () => {
    many(3, atOf(-200 * DAY))
    store.close()
    store = openOrFail(directory, { now: () => now, maxEvents: 1 })
    prune()
    many(1, atOf(0))
    expect(store.events({ limit: 1 })).toMatchObject({ events: [{ id: 4 }] })
  })
})
