import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isQuiet, nextMinuteMs } from './quiet-hours.ts'

const night = { fromMinute: 22 * 60, toMinute: 7 * 60 }
const noon = { fromMinute: 12 * 60, toMinute: 13 * 60 }

describe('quiet hours', () => {
  test.each([
    [night, 21 * 60 + 59, false],
    [night, 22 * 60, true],
    [night, 23 * 60 + 59, true],
    [night, 0, true],
    [night, 6 * 60 + 59, true],
    [night, 7 * 60, false],
    [noon, 11 * 60 + 59, false],
    [noon, 12 * 60, true],
    [noon, 13 * 60, false],
    [{ fromMinute: 60, toMinute: 60 }, 60, false],
  ])('%j at minute %i: %s', (hours, minute, expected) => {
    expect(isQuiet(hours, 'warning', minute)).toBe(expected)
    expect(isQuiet(hours, 'info', minute)).toBe(expected)
  })

  test('are not for what is critical, nor where there are none', () => {
    expect(isQuiet(night, 'critical', 0)).toBe(false)
    expect(isQuiet(night, 'emergency', 0)).toBe(false)
    expect(isQuiet(undefined, 'info', 0)).toBe(false)
  })

  test('end at the next minute of that name: ahead, within a day, and at its begin', () => {
    const minute = fc.integer({ min: 0, max: 1_439 })
    fc.assert(
      fc.property(minute, minute, fc.integer({ min: 0, max: 59_999 }), (now, to, ms) => {
        const nowMs = now * 60_000 + ms
        const endMs = nextMinuteMs(to, now, nowMs)
        expect(endMs).toBeGreaterThan(nowMs)
        expect(endMs - nowMs).toBeLessThanOrEqual(86_400_000)
        expect((endMs / 60_000) % 1_440).toBe(to)
      }),
    )
  })
})
