import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Delivery } from '../types.ts'
import { afterTry, type Tried } from './outcome.ts'
import { LONGEST_WAIT_MS, waitMs } from './retry.ts'

const NOW = 1_000_000
const delivery = (more: Partial<Delivery> = {}): Delivery => ({
  id: 1,
  notification: 1,
  channel: 'chat',
  receiver: 'ops',
  step: 0,
  severity: 'critical',
  priority: 10,
  state: 'sending',
  createdMs: 0,
  dueMs: 0,
  expiresMs: 9e9,
  attempts: 1,
  plain: false,
  digest: false,
  ...more,
})
const failed = (more: Partial<Extract<Tried, { ok: false }>> = {}): Tried => ({
  ok: false,
  code: 'server-error',
  sentence: 'it answered 500',
  advice: 'later',
  ...more,
})
const afterOne = (tried: Tried, of = delivery(), failures = 0) =>
  afterTry(of, tried, { nowMs: NOW, failures, random: 0.5, sent: 'as it was' })

describe('after a try', () => {
  test('that worked it is delivered, and the channel works', () => {
    expect(afterOne({ ok: true }, delivery(), 4)).toMatchObject({
      delivery: { state: 'delivered', deliveredMs: NOW },
      failures: 0,
      pauseMs: 0,
    })
  })

  test('that failed it waits as long as its channel', () => {
    const { delivery: next, failures, pauseMs, asked } = afterOne(failed())
    expect(next).toMatchObject({ state: 'queued', dueMs: NOW + 5_000 })
    expect(next.lastError).toEqual({ code: 'server-error', sentence: 'it answered 500' })
    expect({ failures, pauseMs, asked }).toEqual({ failures: 1, pauseMs: 5_000, asked: false })
    expect(afterOne(failed(), delivery(), 3)).toMatchObject({ failures: 4, pauseMs: 40_000 })
  })

  test('as long as the service asks for', () => {
    expect(afterOne(failed({ code: 'rate-limited', retryAfterMs: 1_500 }))).toMatchObject({
      pauseMs: 1_625,
      asked: true,
    })
  })

  test('every third time another message goes first: it may be this one', () => {
    expect(afterOne(failed(), delivery({ attempts: 3 })).delivery.dueMs).toBe(NOW + 20_000)
    expect(afterOne(failed(), delivery({ attempts: 4 })).delivery.dueMs).toBe(NOW + 5_000)
  })

  test('whose form was refused it goes as plain text at once, and then no more', () => {
    const once = afterOne(failed({ code: 'rejected', advice: 'plain' }))
    expect(once).toMatchObject({ delivery: { state: 'queued', plain: true, dueMs: NOW }, pauseMs: 0 })
    expect(afterOne(failed({ advice: 'plain' }), once.delivery).delivery.state).toBe('dead')
  })

  test('that will never pass it is dead', () => {
    expect(afterOne(failed({ code: 'not-found', advice: 'never' }))).toMatchObject({
      delivery: { state: 'dead', lastError: { code: 'not-found' } },
      pauseMs: 0,
    })
  })

  test('of an edit whose message is gone it goes anew at once, but not again and again', () => {
    const anew = failed({ advice: 'anew' })
    expect(afterOne(anew, delivery({ progress: '1', frozen: 'x' }))).toEqual({
      delivery: expect.not.objectContaining({ progress: '1' }),
      failures: 1,
      pauseMs: 0,
      asked: false,
    })
    expect(afterOne(anew, delivery(), 1).pauseMs).toBe(5_000 * 1)
  })

  test('that came half way it goes on with what it said then', () => {
    const half = afterOne(failed({ progress: '1' }), delivery(), 5)
    expect(half.delivery).toMatchObject({ progress: '1', frozen: 'as it was' })
    // Getting further is no failure of the channel.
    expect(half.failures).toBe(1)
    const more = afterTry(half.delivery, failed({ progress: '2' }), {
      nowMs: NOW,
      failures: 1,
      random: 0,
      sent: 'other',
    })
    expect(more.delivery).toMatchObject({ progress: '2', frozen: 'as it was' })
    const stuck = afterTry(more.delivery, failed({ progress: '2' }), { nowMs: NOW, failures: 1, random: 0, sent: '' })
    expect(stuck.failures).toBe(2)
  })

  test('it is never lost: delivered, queued for a time that comes, or dead with a reason', () => {
    const tried = fc.oneof(
      fc.constant<Tried>({ ok: true }),
      fc.record({
        ok: fc.constant(false as const),
        code: fc.string(),
        sentence: fc.string(),
        advice: fc.constantFrom('later', 'plain', 'anew', 'never'),
        retryAfterMs: fc.option(fc.double({ min: 0, max: 1e15, noNaN: true }), { nil: undefined }),
        progress: fc.option(fc.string(), { nil: undefined }),
      }),
    )
    fc.assert(
      fc.property(tried, fc.boolean(), fc.nat(50), fc.nat(50), (outcome, plain, attempts, failures) => {
        const { delivery: next, pauseMs } = afterOne(outcome as Tried, delivery({ plain, attempts }), failures)
        expect(['delivered', 'queued', 'dead']).toContain(next.state)
        if (next.state === 'dead') expect(next.lastError).toBeDefined()
        expect(pauseMs).toBeLessThanOrEqual(LONGEST_WAIT_MS)
        expect(next.dueMs).toBeLessThanOrEqual(NOW + LONGEST_WAIT_MS + 15_000)
      }),
    )
  })
})

describe('the wait after failures', () => {
  test('doubles from 5 s to 10 min', () => {
    expect([1, 2, 3, 7, 8, 50].map((failures) => waitMs(failures, 0.5))).toEqual([
      5_000, 10_000, 20_000, 320_000, 600_000, 600_000,
    ])
  })

  test('differs by a quarter, so that not all come at once', () => {
    expect(waitMs(1, 0)).toBe(3_750)
    expect(waitMs(1, 1)).toBe(6_250)
  })

  test('is what the service asks for, within reason', () => {
    expect(waitMs(1, 0, 30_000)).toBe(30_000)
    expect(waitMs(1, 0, 86_400_000)).toBe(3_600_000)
    // One that asks for nothing is asked less often all the same.
    expect([1, 2, 3, 4].map((failures) => waitMs(failures, 0, 0))).toEqual([250, 500, 1_000, 2_000])
    expect(waitMs(50, 0, 0)).toBe(600_000)
  })
})
