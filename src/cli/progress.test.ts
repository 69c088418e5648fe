import { describe, expect, it } from 'vitest'
import type { Event } from '../api/events.ts'
import { Progress } from './progress.ts'

const subject = { target: 'pve1', host: 'pve1', outlets: [] }
const event = (code: string, over: Partial<Event> = {}): Event => ({
  at: '2025-03-01T12:00:00.000Z',
  code,
  severity: 'info',
  sentence: code,
  host: 'pve1',
  intent: 'plan-1',
  ...over,
})

function told(
  wanted: 'on' | 'off' | 'cycle' | 'verify',
  codes: readonly string[],
  plan: string | undefined = 'plan-1',
) {
  const progress = new Progress(subject, wanted, plan)
  for (const code of codes) progress.take(event(code))
  return progress.exit
}

describe('the end of an order', () => {
  it.each([
    ['cycle', ['cycle-planned', 'cycle-begun', 'outlets-off', 'outlets-turning-on', 'cycle-done'], 'ok'],
    ['cycle', ['cycle-planned', 'cycle-abandoned'], 'abandoned'],
    ['cycle', ['cycle-planned', 'cycle-begun', 'cycle-cut-short', 'switched-on'], 'cutShort'],
    ['cycle', ['cycle-planned', 'cycle-begun', 'cycle-cut-short', 'cycle-failed'], 'failed'],
    ['cycle', ['cycle-planned', 'cycle-failed', 'cycle-fallback', 'cycle-planned', 'cycle-done'], 'ok'],
    ['cycle', ['cycle-planned', 'cycle-begun', 'on-failed'], undefined],
    ['off', ['switched-off'], undefined],
    ['off', ['switched-off', 'outlets-off'], 'ok'],
    ['on', ['switched-on'], 'ok'],
    ['verify', ['cycle-planned', 'cycle-done'], undefined],
    ['verify', ['cycle-planned', 'cycle-done', 'mapping-verified'], 'ok'],
    ['verify', ['cycle-planned', 'cycle-done', 'mapping-unproven'], 'unproven'],
    ['verify', ['cycle-planned', 'mapping-suspect', 'cycle-cut-short', 'switched-on'], 'unproven'],
  ] as const)('%s after %j', (wanted, codes, exit) => {
    expect(told(wanted, codes)).toBe(exit)
  })

  it('learns its plan from the event that tells of it', () => {
    expect(told('cycle', ['cycle-planned', 'cycle-done'], undefined)).toBe('ok')
  })

  it('is not that of another host or plan', () => {
    const progress = new Progress(subject, 'cycle', 'plan-1')
    expect(progress.take(event('cycle-done', { host: 'pve2', intent: 'plan-2' }))).toBe(false)
    expect(progress.take(event('storm', { host: undefined, intent: undefined }))).toBe(false)
    expect(progress.exit).toBeUndefined()
  })
})
