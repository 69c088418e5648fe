import { describe, expect, it } from 'vitest'
import { UTC } from './calendar.ts'
import { chartRows, columnsOf, niceTop } from './chart.ts'
import { type Asked, windowOf } from './window.ts'

/** Saturday. */
const NOON = Date.UTC(2025, 2, 1, 12)
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16)

function window(asked: Asked): string {
  const answer = windowOf(asked, NOON, UTC)
  if (!answer.ok) return answer.sentence
  const { fromMs, toMs, atMs } = answer.window
  return `${iso(fromMs)} ${iso(toMs)}${atMs === undefined ? '' : ` at ${iso(atMs)}`}`
}

describe('the span that is shown', () => {
  it.each([
    [{}, '2025-03-01T11:00 2025-03-01T12:00'],
    [{ at: '-20m' }, '2025-03-01T11:10 2025-03-01T12:00 at 2025-03-01T11:40'],
    [{ at: 'yesterday 15:00' }, '2025-02-28T14:30 2025-02-28T15:30 at 2025-02-28T15:00'],
    [{ at: 'monday 03:00' }, '2025-02-23T15:00 2025-02-24T15:00 at 2025-02-24T03:00'],
    [{ at: '2024-12-01 00:00' }, '2024-11-24T00:00 2024-12-08T00:00 at 2024-12-01T00:00'],
    [{ at: 'yesterday' }, '2025-02-28T00:00 2025-03-01T00:00'],
    [{ at: 'today' }, '2025-03-01T00:00 2025-03-01T12:00'],
    [{ from: 'yesterday' }, '2025-02-28T00:00 2025-03-01T12:00'],
    [{ from: '2025-02-01', to: '2025-02-02' }, '2025-02-01T00:00 2025-02-03T00:00'],
    [{ to: '11:30' }, '2025-03-01T10:30 2025-03-01T11:30'],
  ])('%j', (asked, expected) => {
    expect(window(asked)).toBe(expected)
  })

  it.each([
    [{ at: '15:00', to: 'now' }, /one or the other/],
    [{ at: 'today 15:00' }, /future/],
    [{ to: '2999-01-01' }, /future/],
    [{ from: 'whenever' }, /^--from whenever: a time such as/],
    [{ from: '11:00', to: '10:00' }, /before/],
  ])('%j is refused', (asked, sentence) => {
    expect(window(asked)).toMatch(sentence)
  })
})

describe('a chart', () => {
  it('gives a coarse sample all the columns of its time, and nothing where there was nothing', () => {
    const samples = [{ timeS: 0, value: 1 }, { timeS: 10 }, { timeS: 20, value: 3 }]
    const span = { fromS: 0, toS: 30, stepS: 10 }
    expect(columnsOf(samples, span, 6)).toEqual([1, 1, undefined, undefined, 3, 3])
    expect(columnsOf(samples, span, 3)).toEqual([1, undefined, 3])
    expect(columnsOf([...samples, { timeS: 25, value: 5 }], { ...span, stepS: 5 }, 3)).toEqual([1, undefined, 4])
  })

  it('leaves a trace of what is near nothing, and fills no more than there is', () => {
    expect(chartRows([0, undefined, 0.5, 1, 9], 1, 2, [' ', '.', '#'])).toEqual(['   ##', '. ###'])
  })

  it.each([
    [0.031, 'ratio', 0.05],
    [0.6, 'ratio', 1],
    [1.3, 'ratio', 2],
    [0, 'load', 1],
    [0.3, 'load', 0.5],
    [17, 'load', 20],
    [700, 'bytes-per-second', 1000],
    [3000, 'bytes-per-second', 5 * 1024],
    [0, 'bytes-per-second', 1],
  ] as const)('of at most %d %s ends at %d', (max, unit, top) => {
    expect(niceTop(max, unit)).toBeCloseTo(top, 9)
  })
})
