import { describe, expect, test } from 'vitest'
import type { Silence } from '../types.ts'
import { isInForce, readSilence, silenceOf } from './silences.ts'

const silence = (more: Partial<Silence> = {}): Silence => ({
  id: 1,
  matchers: ['host=pve1'],
  startsMs: 100,
  endsMs: 200,
  by: 'anna',
  comment: '',
  ...more,
})
const alert = { labels: { alertname: 'HostDown', host: 'pve1' }, severity: 'emergency' as const }
const read = (...silences: Silence[]) => silences.flatMap((each) => readSilence(each) ?? [])

describe('a silence', () => {
  test('is in force from its begin until its end', () => {
    expect([99, 100, 199, 200].map((nowMs) => isInForce(silence(), nowMs))).toEqual([false, true, true, false])
  })

  test('mutes what all of its matchers match, an emergency too', () => {
    expect(silenceOf(read(silence()), alert, 150)?.id).toBe(1)
    expect(silenceOf(read(silence({ matchers: ['host=pve1', 'severity=emergency'] })), alert, 150)?.id).toBe(1)
    expect(silenceOf(read(silence({ matchers: ['host=pve1', 'severity=warning'] })), alert, 150)).toBeUndefined()
    expect(silenceOf(read(silence()), alert, 200)).toBeUndefined()
  })

  test('of several it is the one that lasts longest', () => {
    const several = read(silence(), silence({ id: 2, endsMs: 300 }), silence({ id: 3, endsMs: 250 }))
    expect(silenceOf(several, alert, 150)?.id).toBe(2)
  })

  test('without a matcher that can be read mutes nothing', () => {
    expect(read(silence({ matchers: [] }), silence({ matchers: ['host=~('] }))).toEqual([])
  })
})
