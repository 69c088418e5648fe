import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Calendar, UTC } from './calendar.ts'
import { parseMoment } from './moment.ts'

/** Saturday. */
const NOON = Date.UTC(2025, 2, 1, 12)
const at = (text: string, nowMs = NOON, calendar: Calendar = UTC) => {
  const moment = parseMoment(text, nowMs, calendar)
  return moment === undefined ? undefined : `${new Date(moment.wallMs).toISOString()} ${moment.length}`
}

describe('a point in time as people name it', () => {
  it.each([
    ['now', '2025-03-01T12:00:00.000Z moment'],
    ['2025-02-28', '2025-02-28T00:00:00.000Z day'],
    ['2025-02-28 15:00', '2025-02-28T15:00:00.000Z moment'],
    ['2025-02-28T15:00:30', '2025-02-28T15:00:30.000Z moment'],
    ['2025-02-28T15:00Z', '2025-02-28T15:00:00.000Z moment'],
    ['2025-02-28T15:00:00.250+01:00', '2025-02-28T14:00:00.000Z moment'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z day'],
    ['11:30', '2025-03-01T11:30:00.000Z moment'],
    ['15:00', '2025-02-28T15:00:00.000Z moment'],
    ['3pm', '2025-02-28T15:00:00.000Z moment'],
    ['12am', '2025-03-01T00:00:00.000Z moment'],
    ['noon', '2025-03-01T12:00:00.000Z moment'],
    ['today', '2025-03-01T00:00:00.000Z day'],
    ['today 15:00', '2025-03-01T15:00:00.000Z moment'],
    ['yesterday', '2025-02-28T00:00:00.000Z day'],
    ['Yesterday  15:00', '2025-02-28T15:00:00.000Z moment'],
    ['yesterday at 3:05pm', '2025-02-28T15:05:00.000Z moment'],
    ['15:00 yesterday', '2025-02-28T15:00:00.000Z moment'],
    ['monday 03:00', '2025-02-24T03:00:00.000Z moment'],
    ['last mon', '2025-02-24T00:00:00.000Z day'],
    ['saturday 11:00', '2025-03-01T11:00:00.000Z moment'],
    ['saturday 13:00', '2025-02-22T13:00:00.000Z moment'],
    ['2 days ago', '2025-02-27T12:00:00.000Z moment'],
    ['an hour ago', '2025-03-01T11:00:00.000Z moment'],
    ['1h30m ago', '2025-03-01T10:30:00.000Z moment'],
    ['-2h', '2025-03-01T10:00:00.000Z moment'],
    ['-1d12h', '2025-02-28T00:00:00.000Z moment'],
    ['2 weeks ago', '2025-02-15T12:00:00.000Z moment'],
  ])('%s', (text, expected) => {
    expect(at(text)).toBe(expected)
  })

  it.each([
    ...['', ' ', 'tomorrow', '25:00', '12:60', '13pm', '0am', '2025-02-29', '2025-13-01', '2025-02-28Z'],
    ...[
      '-2',
      '-h',
      '2 ago',
      '-2x',
      'monday tuesday',
      '15:00 16:00',
      'yesterday 15:00 now',
      '2025-02-28T15',
      'x'.repeat(99),
    ],
    ...['1 month ago', '2025-02-28T15:00+99:00', '15:00 gestern'],
  ])('is not guessed from %o', (text) => {
    expect(at(text)).toBeUndefined()
  })

  it('goes back by days of the calendar, over a change of the clocks', () => {
    // A zone that jumps one hour ahead at 2025-02-28T02:00Z: before it UTC, after it UTC+1.
    const jump = Date.UTC(2025, 1, 28, 2)
    const hour = 3_600_000
    const calendar: Calendar = {
      civil: (wallMs) => UTC.civil(wallMs >= jump ? wallMs + hour : wallMs),
      wallMs: (civil) => {
        const summer = UTC.wallMs(civil) - hour
        return summer >= jump ? summer : UTC.wallMs(civil)
      },
    }
    expect(at('2 days ago', NOON, calendar)).toBe('2025-02-27T13:00:00.000Z moment')
    expect(at('-48h', NOON, calendar)).toBe('2025-02-27T12:00:00.000Z moment')
    expect(at('yesterday 15:00', NOON, calendar)).toBe('2025-02-28T14:00:00.000Z moment')
    expect(at('2 days ago', NOON, UTC)).toBe('2025-02-27T12:00:00.000Z moment')
  })

  it('is never in the future, where it has no day of its own', () => {
    const clock = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    const day = fc.constantFrom('', 'monday ', 'tue ', 'last friday ', 'sunday at ')
    const now = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) })
    fc.assert(
      fc.property(clock, day, now, ([hour, minute], name, nowMs) => {
        const moment = parseMoment(`${name}${hour}:${String(minute).padStart(2, '0')}`, nowMs, UTC)
        expect(moment?.wallMs).toBeLessThanOrEqual(nowMs)
        expect(moment?.wallMs).toBeGreaterThan(nowMs - 8 * 86_400_000)
      }),
    )
  })

  it('takes any text without harm', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseMoment(text, NOON, UTC)))
  })
})

describe('the calendar of UTC', () => {
  it('agrees with the one of the machine, both ways', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(-1e14), max: new Date(1e14), noInvalidDate: true }), (date) => {
        const civil = UTC.civil(date.getTime())
        expect(civil).toEqual({
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
          hour: date.getUTCHours(),
          minute: date.getUTCMinutes(),
          second: date.getUTCSeconds(),
          weekday: date.getUTCDay(),
        })
        expect(UTC.wallMs(civil)).toBe(Math.floor(date.getTime() / 1000) * 1000)
      }),
    )
  })
})
