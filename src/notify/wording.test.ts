import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleAlert, sampleMessage } from './testing/sample-message.ts'
import { alertLines, clock, cut, cutBytes, isAllInTitle, oneLine, plainText, times, titleLine } from './wording.ts'

const TEN_PAST_TWO = Date.UTC(2026, 2, 1, 2, 10)

describe('the time of a message', () => {
  it('is told in its zone, and says so where it is UTC', () => {
    expect(clock(TEN_PAST_TWO, undefined)).toBe('2026-03-01 02:10 UTC')
    expect(clock(TEN_PAST_TWO, 'Europe/Berlin')).toBe('2026-03-01 03:10')
    expect(clock(TEN_PAST_TWO, 'Mars/Olympus')).toBe('2026-03-01 02:10 UTC')
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 8.64e15])('is unknown for %s', (ms) => {
    expect(clock(ms, undefined)).toBe('at an unknown time')
  })

  it('tells from when to when', () => {
    const alert = sampleAlert({ startsMs: TEN_PAST_TWO })
    expect(times(alert, undefined)).toBe('fired 2026-03-01 02:10 UTC')
    expect(times({ ...alert, event: 'reminder' }, undefined)).toBe('fired 2026-03-01 02:10 UTC, still firing')
    expect(times({ ...alert, status: 'notice' }, undefined)).toBe('at 2026-03-01 02:10 UTC')
    const endsMs = TEN_PAST_TWO + 15 * 60_000
    expect(times({ ...alert, status: 'resolved', endsMs }, undefined)).toBe(
      'fired 2026-03-01 02:10 UTC, resolved 2026-03-01 02:25 UTC (after 15 min)',
    )
  })
})

describe('text from outside', () => {
  it.each([
    ['a\r\nX-Header: b', 'a X-Header: b'],
    ['\u0000\u0007a\u2028b\u2029', 'a b'],
    ['user\u202egnp.exe', 'user gnp.exe'],
    ['  a  ', 'a'],
    ['half \ud83d', 'half \ufffd'],
    ['whole 🔥', 'whole 🔥'],
  ])('%j is the line %j', (text, line) => {
    expect(oneLine(text)).toBe(line)
  })

  it('is cut between characters', () => {
    expect(cut('abcdef', 6)).toBe('abcdef')
    expect(cut('abcdefg', 6)).toBe('abcde…')
    expect(cut('abcd🔥🔥', 6)).toBe('abcd…')
    expect(cutBytes('ääää', 8)).toBe('ääää')
    expect(cutBytes('äääää', 8)).toBe('ää…')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, most) => {
        expect(cut(text, most).length).toBeLessThanOrEqual(most)
        expect(Buffer.byteLength(cutBytes(text.toWellFormed(), most + 2))).toBeLessThanOrEqual(most + 2)
      }),
    )
  })
})

describe('a message in words', () => {
  it.each([
    [{ kind: 'alerts', severity: 'critical' }, '🔥 CRITICAL pve3 is down'],
    [{ kind: 'alerts', status: 'resolved' }, '✅ RESOLVED pve3 is down'],
    [{ kind: 'drill' }, '🧪 DRILL pve3 is down'],
    [{ kind: 'test' }, '🧪 TEST pve3 is down'],
    [{ kind: 'digest' }, '🌅 DIGEST pve3 is down'],
  ] as const)('%j begins with its heading', (own, title) => {
    expect(titleLine(sampleMessage(own))).toBe(title)
  })

  it('tells of an alert what, since when, what became of it, and where to read on', () => {
    const alert = sampleAlert({ acknowledgedBy: 'eve\nmallory', folded: 3, link: 'https://example.org/graph' })
    expect(alertLines(alert, sampleMessage())).toEqual([
      'fired 2026-03-01 03:10',
      'No probe of pve3 has answered for 90 s.',
      'Acknowledged by eve mallory.',
      '3 more alerts are folded into this one.',
      '2026-03-01 03:10 A power cycle has begun.',
      'Runbook: https://example.org/runbook#host-down',
      'Source: https://example.org/graph',
    ])
  })

  it('does not say a summary twice, and never leaves one out', () => {
    const alone = sampleMessage({ late: 'delivered 3 h late' })
    expect(isAllInTitle(alone)).toBe(true)
    expect(plainText(alone).split('\n')[0]).toBe('delivered 3 h late')
    expect(isAllInTitle(sampleMessage({ title: 'something else' }))).toBe(false)
    const long = 'x'.repeat(200)
    expect(isAllInTitle(sampleMessage({ title: long, alerts: [sampleAlert({ summary: long })] }))).toBe(false)
    const two = sampleMessage({ alerts: [sampleAlert(), sampleAlert({ summary: 'pve4 is down' })] })
    expect(isAllInTitle(two)).toBe(false)
    expect(plainText(two)).toContain('🔥 CRITICAL pve4 is down')
    expect(isAllInTitle(sampleMessage({ alerts: [] }))).toBe(false)
  })
})
