import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { afterSilence, KEPT_INTERVALS, periodOf, withInterval } from './period.ts'

const times = <T>(count: number, of: T): T[] => Array.from({ length: count }, () => of)

describe('the period', () => {
  test.each<[string, number[], number | undefined]>([
    ['nothing seen', [], undefined],
    ['two beats', [60_000], undefined],
    ['three beats', [60_000, 60_000], 60_000],
    ['somebody tries the address by hand', [8_000, 8_000, 9_000], undefined],
    ['and then configures it', [8_000, 8_000, 284_000, 300_000], 300_000],
    ['two intervals that disagree', [60_000, 600_000], undefined],
    ['a lost beat', [60_000, 120_000, 60_000, 60_000], 60_000],
    ['an outage', [60_000, 60_000, 7_200_000, 60_000], 60_000],
    ['a quick sender', times(12, 10_000), 10_000],
    ['two replicas', [15_000, 285_000, 15_000, 285_000], 300_000],
    ['three replicas', [15_000, 15_000, 270_000, 15_000, 15_000, 270_000], 300_000],
    ['two replicas of a quick sender', [15_000, 45_000, 15_000, 45_000], 60_000],
    ['an alert that is repeated every second group interval', times(4, 600_000), 600_000],
  ])('%s', (_, intervals, period) => {
    expect(periodOf(intervals)).toBe(period)
  })

  test('is learned anew after a change to a longer one, and found again after an outage', () => {
    const usual = times(KEPT_INTERVALS, 60_000)
    const longer = afterSilence(usual, 300_000)
    expect(periodOf(longer)).toBeUndefined()
    expect(periodOf(withInterval(longer, 300_000))).toBe(300_000)
    let outage = afterSilence(usual, 7_200_000)
    expect(periodOf(outage)).toBeUndefined()
    for (let beat = 0; beat < 2; beat += 1) outage = withInterval(outage, 60_000)
    expect(periodOf(outage)).toBe(60_000)
  })

  test('remembers so many intervals and no more', () => {
    expect(withInterval(times(KEPT_INTERVALS, 1), 2)).toEqual([...times(KEPT_INTERVALS - 1, 1), 2])
  })

  test('is found through jitter and lost beats, whatever their order', () => {
    const period = fc.integer({ min: 60_000, max: 3_600_000 })
    // Of each interval: how much it is off, in percent, and whether the beat in its middle was lost.
    const course = fc.array(fc.record({ off: fc.integer({ min: -10, max: 10 }), lost: fc.boolean() }), {
      minLength: 7,
      maxLength: KEPT_INTERVALS,
    })
    fc.assert(
      fc.property(period, course, (ms, steps) => {
        const mostLost = Math.floor(steps.length / 3)
        let lost = 0
        const intervals = steps.map((step) => {
          const double = step.lost && lost < mostLost
          if (double) lost += 1
          return ms * (double ? 2 : 1) * (1 + step.off / 100)
        })
        const found = periodOf(intervals) ?? 0
        expect(Math.abs(found - ms) / ms).toBeLessThanOrEqual(0.1001)
      }),
    )
  })

  test('never is longer than the longest interval that can be one, nor anything but a number of them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 86_400_000 }), { maxLength: KEPT_INTERVALS }), (intervals) => {
        const found = periodOf(intervals)
        const sum = intervals.reduce((total, ms) => total + ms, 0)
        if (found !== undefined) {
          expect(found).toBeGreaterThan(0)
          expect(found).toBeLessThanOrEqual(sum)
        }
      }),
    )
  })
})
