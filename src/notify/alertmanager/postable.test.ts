import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprintOf } from '../../core/alerts/fingerprint.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { acceptable } from './labels.ts'
import { postables } from './postable.ts'

const NOW = Date.UTC(2026, 2, 1, 3, 0)
const HOUR = 3_600_000
const OPTIONS = { nowMs: NOW, firingForMs: 6 * HOUR, plain: false }
const only = (message: Parameters<typeof sampleMessage>[0], options = OPTIONS) => {
  const all = postables(sampleMessage(message), options)
  expect(all).toHaveLength(1)
  return all[0] as (typeof all)[number]
}

describe('labels', () => {
  it('in order pass exactly as they are, and so does the fingerprint', () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/)
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.string({ unit: fc.constantFrom(...'aB1_"\\\n=, ä🔥'), minLength: 1, maxLength: 20 }), {
          maxKeys: 8,
        }),
        (labels) => {
          expect(acceptable(labels)).toEqual(labels)
          expect(fingerprintOf(acceptable(labels))).toBe(fingerprintOf(labels))
        },
      ),
    )
  })

  it('otherwise get a name that is taken, and none of them is lost', () => {
    expect(acceptable({ 'a.b': '1', a_b: '2', 'a-b': '3', '1': '4', '': '5', ü: '6', empty: '' })).toEqual({
      a_b: '2',
      a_b_2: '1',
      a_b_3: '3',
      _1: '4',
      _: '5',
      __2: '6',
    })
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: fc.constantFrom(...'aB1_.-"ä🔥') }), fc.string({ minLength: 1 })),
        (labels) => {
          const found = acceptable(labels)
          expect(Object.values(found).sort()).toEqual(Object.values(labels).sort())
          for (const key of Object.keys(found)) expect(key).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/)
        },
      ),
    )
  })

  it('may be called as what every object has', () => {
    const labels = JSON.parse('{"__proto__":"x","constructor":"y"}')
    expect(Object.entries(acceptable(labels))).toEqual(Object.entries(labels))
  })
})

describe('what is posted', () => {
  it('of a firing alert has an end that lies ahead, since without one Alertmanager resolves it soon', () => {
    const alert = sampleAlert({ link: 'https://example.org/a?b=c d' })
    expect(only({ alerts: [alert] })).toEqual({
      labels: alert.labels,
      annotations: {
        summary: 'pve3 is down',
        description: 'No probe of pve3 has answered for 90 s.',
        runbook_url: 'https://example.org/runbook#host-down',
      },
      startsAt: '2026-03-01T02:10:00.000Z',
      endsAt: '2026-03-01T09:00:00.000Z',
      generatorURL: 'https://example.org/a?b=c%20d',
    })
  })

  it('of a resolved one its end, which is neither before its beginning nor ahead of now', () => {
    const resolved = (own: object) => only({ alerts: [sampleAlert({ status: 'resolved', event: 'resolved', ...own })] })
    expect(resolved({ endsMs: NOW - HOUR / 2 }).endsAt).toBe('2026-03-01T02:30:00.000Z')
    expect(resolved({}).endsAt).toBe('2026-03-01T03:00:00.000Z')
    expect(resolved({ endsMs: NOW + HOUR }).endsAt).toBe('2026-03-01T03:00:00.000Z')
    expect(resolved({ endsMs: NOW - 9 * HOUR }).endsAt).toBe('2026-03-01T02:10:00.000Z')
  })

  it('of a notice ends soon by itself, also where it is told late', () => {
    const alerts = [sampleAlert({ status: 'notice', event: 'notice', startsMs: NOW - 9 * HOUR })]
    expect(only({ alerts })).toMatchObject({ startsAt: '2026-02-28T18:00:00.000Z', endsAt: '2026-03-01T03:05:00.000Z' })
  })

  it('of a drill and of a test is one alert that is known by the key', () => {
    expect(only({ kind: 'drill', key: 'd7', title: 'Daily drill', alerts: [] })).toEqual({
      labels: { alertname: 'WatchdogDrill', drill_id: 'd7', severity: 'drill' },
      annotations: { summary: 'Daily drill (from watchdog)' },
      startsAt: '2026-03-01T03:00:00.000Z',
      endsAt: '2026-03-01T03:05:00.000Z',
    })
    expect(only({ kind: 'test', key: 't1', severity: 'info' }).labels).toEqual({
      alertname: 'WatchdogTest',
      test_id: 't1',
      severity: 'info',
    })
  })

  it('of a digest is every alert', () => {
    const alerts = [sampleAlert(), sampleAlert({ labels: { alertname: 'Other' } })]
    expect(postables(sampleMessage({ kind: 'digest', alerts }), OPTIONS)).toHaveLength(2)
  })

  it('has times that can be written, whatever they were', () => {
    for (const startsMs of [Number.NaN, -1, 8.7e15, Number.POSITIVE_INFINITY]) {
      for (const status of ['firing', 'resolved', 'notice'] as const) {
        const { startsAt, endsAt } = only({ alerts: [sampleAlert({ status, startsMs, endsMs: startsMs })] })
        expect(Date.parse(endsAt)).toBeGreaterThanOrEqual(Date.parse(startsAt))
      }
    }
  })

  it('has an address only where that is one of a web page', () => {
    for (const link of ['javascript:alert(1)', 'not a url', 'https://bank@elsewhere/']) {
      expect(only({ alerts: [sampleAlert({ link })] })).not.toHaveProperty('generatorURL')
    }
  })

  it('is the least in the plain form', () => {
    const alert = sampleAlert({ summary: `long\n${'x'.repeat(500)}`, link: 'https://example.org/' })
    const plain = only({ alerts: [alert] }, { ...OPTIONS, plain: true })
    expect(Object.keys(plain)).toEqual(['labels', 'annotations', 'startsAt', 'endsAt'])
    expect(plain.labels).toEqual(alert.labels)
    expect(Object.keys(plain.annotations)).toEqual(['summary'])
    expect(plain.annotations.summary).toHaveLength(200)
  })
})
