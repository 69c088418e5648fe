import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AlertEvent, AlertEventKind, Incident } from '../types.ts'
import { chunksOf } from './chunks.ts'
import { editOf, mayEdit, onlyUpdates } from './edit.ts'
import { lateSentence } from './late.ts'
import { priorityOf } from './priority.ts'
import { fullBucket, takeOne, untilFreeMs } from './rate.ts'
import { incidentsOf, isWorthTelling, weightiest } from './worth-telling.ts'

const event = (incident: number, kind: AlertEventKind): AlertEvent => ({
  incident,
  kind,
  atMs: 0,
  key: `${incident}:${kind}`,
})

test('what fires goes before what is over, the loudest first, then digests, then mere changes', () => {
  const of = (kind: AlertEventKind, severity: 'info' | 'warning' | 'critical' | 'emergency', digest = false) =>
    priorityOf([{ kind, severity }], digest)
  const order = [
    of('firing', 'emergency'),
    of('escalated', 'critical'),
    of('reminder', 'critical'),
    of('notice', 'warning'),
    of('firing', 'info'),
    of('resolved', 'emergency'),
    of('firing', 'critical', true),
    of('update', 'emergency'),
  ]
  expect(order).toEqual([...order].sort((a, b) => a - b))
  expect(new Set(order).size).toBe(order.length)
  expect(
    priorityOf(
      [
        { kind: 'resolved', severity: 'critical' },
        { kind: 'firing', severity: 'warning' },
      ],
      false,
    ),
  ).toBe(of('firing', 'warning'))
})

describe('chunks', () => {
  test('hold at most so many incidents, lose no event and part none from its incident', () => {
    const events = fc.array(fc.tuple(fc.nat(30), fc.constantFrom<AlertEventKind>('firing', 'resolved', 'escalated')), {
      maxLength: 120,
    })
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 10 }), (pairs, most) => {
        const given = pairs.map(([incident, kind]) => event(incident, kind))
        const chunks = chunksOf(given, most)
        expect(chunks.flat().sort(byKey)).toEqual([...given].sort(byKey))
        const incidents = chunks.map((chunk) => incidentsOf(chunk))
        for (const ids of incidents) expect(ids.length).toBeLessThanOrEqual(most)
        expect(new Set(incidents.flat()).size).toBe(incidents.flat().length)
      }),
    )
  })
})

const byKey = (a: AlertEvent, b: AlertEvent) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

describe('what is told of an incident', () => {
  test('is the event that says the most', () => {
    const events = [event(1, 'firing'), event(2, 'update'), event(1, 'resolved'), event(2, 'reminder')]
    expect(weightiest(events)).toEqual([event(1, 'resolved'), event(2, 'reminder')])
    expect(weightiest([event(1, 'escalated'), event(1, 'firing')])).toEqual([event(1, 'escalated')])
  })

  test.each<[AlertEventKind, Incident['status'], boolean, boolean]>([
    ['firing', 'firing', false, true],
    ['firing', 'resolved', false, true],
    ['firing', 'resolved', true, false],
    ['escalated', 'resolved', true, false],
    ['resolved', 'resolved', true, true],
    ['reminder', 'firing', false, true],
    ['reminder', 'resolved', false, false],
    ['update', 'resolved', true, true],
    ['notice', 'notice', false, true],
  ])('%s of one that is %s, its end told: %s -> %s', (kind, status, endIsTold, expected) => {
    expect(isWorthTelling(event(1, kind), { status } as Incident, endIsTold)).toBe(expected)
  })
})

describe('an edit', () => {
  const shown = (...incidents: number[]) => ({ ref: 'm1', incidents })

  test('is for an end or a change, and never for what fires or gets louder', () => {
    expect(mayEdit([event(1, 'resolved'), event(2, 'update')])).toBe(true)
    for (const kind of ['firing', 'escalated', 'reminder', 'notice'] as const) {
      expect(mayEdit([event(1, 'resolved'), event(1, kind)])).toBe(false)
    }
    expect(onlyUpdates([event(1, 'update')])).toBe(true)
    expect(onlyUpdates([event(1, 'update'), event(1, 'resolved')])).toBe(false)
  })

  test('is of a message that shows just these incidents', () => {
    const ends = [event(1, 'resolved'), event(2, 'resolved')]
    expect(editOf(ends, () => shown(2, 1))).toBe('m1')
    expect(editOf(ends, () => shown(1, 2, 3))).toBeUndefined()
    expect(editOf(ends, () => shown(1))).toBeUndefined()
    expect(editOf(ends, () => shown(1, 3))).toBeUndefined()
    expect(editOf(ends, () => undefined)).toBeUndefined()
    expect(editOf([], () => shown())).toBeUndefined()
  })
})

describe('a message that comes late', () => {
  const lastError = { code: 'unreachable', sentence: 'the connection failed' }

  test('says so, and why', () => {
    expect(lateSentence({ createdMs: 0, lastError }, 299_999)).toBeUndefined()
    expect(lateSentence({ createdMs: 0, lastError }, 10_800_000)).toBe('Delivered 3 h late: the connection failed.')
    expect(lateSentence({ createdMs: 0, lastError: { code: 'x', sentence: 'It is full.' } }, 360_000)).toBe(
      'Delivered 6 min late: It is full.',
    )
    expect(lateSentence({ createdMs: 0 }, 360_000)).toBe('Delivered 6 min late: it waited for its turn.')
  })
})

describe('the rate of a channel', () => {
  const rate = { burst: 3, refillMs: 1_000 }

  test('lets a burst through and then one at a time', () => {
    let bucket = fullBucket(rate, 0)
    for (let count = 0; count < 3; count += 1) {
      expect(untilFreeMs(bucket, rate, 0)).toBe(0)
      bucket = takeOne(bucket, rate, 0)
    }
    expect(untilFreeMs(bucket, rate, 0)).toBe(1_000)
    expect(untilFreeMs(bucket, rate, 400)).toBe(600)
    expect(untilFreeMs(bucket, rate, 1_000)).toBe(0)
    expect(untilFreeMs(bucket, rate, 60_000)).toBe(0)
  })

  test('never lets more through than it may, however it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3_000), { maxLength: 100 }), (steps) => {
        let bucket = fullBucket(rate, 0)
        let nowMs = 0
        let sent = 0
        for (const step of steps) {
          nowMs += step
          if (untilFreeMs(bucket, rate, nowMs) > 0) continue
          bucket = takeOne(bucket, rate, nowMs)
          sent += 1
        }
        expect(sent).toBeLessThanOrEqual(rate.burst + Math.floor(nowMs / rate.refillMs) + 1)
      }),
    )
  })

  test('of nonsense is one at a time', () => {
    expect(untilFreeMs(fullBucket({ burst: 0, refillMs: 0 }, 0), { burst: 0, refillMs: 0 }, 0)).toBe(0)
  })
})
