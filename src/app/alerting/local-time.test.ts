import { describe, expect, it } from 'vitest'
import { minuteOfDay } from './local-time.ts'

describe('minuteOfDay', () => {
  it.each([
    ['2026-01-15T00:00:00Z', undefined, 0],
    ['2026-01-15T23:59:59Z', undefined, 23 * 60 + 59],
    ['2026-01-15T06:30:00Z', 'Europe/Berlin', 7 * 60 + 30],
    ['2026-07-15T06:30:00Z', 'Europe/Berlin', 8 * 60 + 30],
    ['2026-01-15T18:30:00Z', 'Asia/Kolkata', 0],
  ])('%s in %s', (time, zone, minutes) => {
    expect(minuteOfDay(Date.parse(time), zone)).toBe(minutes)
  })
})
