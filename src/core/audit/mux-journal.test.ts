import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { muxJournal } from './mux-journal.ts'

const at = (second: number, text: string) => `Nov 20 18:58:${String(second).padStart(2, '0')} pve3 ${text}`
const START = at(1, "watchdog-mux[134]: Watchdog driver 'Software Watchdog', version 0")
const ACTIVE = [
  at(2, 'watchdog-mux[134]: added new client (PID 144) to watch'),
  at(2, 'pve-ha-lrm[144]: watchdog active'),
]

describe('what the journal says of the watchdog', () => {
  it('tells the driver, the options of softdog, who is a client, and that HA closed it', () => {
    const softdog = at(0, 'kernel: softdog: initialized. soft_noboot=0 soft_margin=60 sec soft_panic=0 (nowayout=0)')
    expect(muxJournal('pve3', [softdog, START, ...ACTIVE])).toEqual({
      mux: 'running',
      driver: 'Software Watchdog',
      lrm: 'active',
      crm: 'unknown',
      clients: [144],
      softdog: { marginS: 60, nowayout: false, noboot: false },
    })
    const closed = muxJournal('pve3', [START, ...ACTIVE, at(9, 'pve-ha-lrm[144]: watchdog closed (disabled)')])
    expect(closed).toMatchObject({ mux: 'running', lrm: 'closed' })
  })

  it('tells that it ended, that a fence is near, and nothing where nothing is told', () => {
    expect(
      muxJournal('pve3', [
        START,
        at(5, 'watchdog-mux[134]: got terminate request'),
        at(5, 'watchdog-mux[134]: clean exit'),
      ]).mux,
    ).toBe('ended')
    const warned = at(50, 'watchdog-mux[134]: client (PID 144) watchdog is about to expire')
    expect(muxJournal('pve3', [START, ...ACTIVE, warned]).fence?.line).toBe(warned)
    expect(muxJournal('pve3', ['-- No entries --'])).toEqual({
      mux: 'unknown',
      lrm: 'unknown',
      crm: 'unknown',
      clients: [],
    })
  })

  it('believes nobody who only calls himself so', () => {
    const lies = [
      at(1, 'sshd[1]: watchdog-mux[134]: clean exit'),
      at(1, 'kernel[7]: softdog: initialized. soft_margin=1 sec (nowayout=1)'),
    ]
    expect(muxJournal('pve3', lies)).toEqual({ mux: 'unknown', lrm: 'unknown', crm: 'unknown', clients: [] })
  })

  it('reads the recorded journal of a fence', () => {
    const lines = readFileSync(
      new URL('../../../test/golden/reboots/lookalike-copy-ends-at-a-warning/prev.txt', import.meta.url),
      'utf8',
    ).split('\n')
    expect(muxJournal('pve2', lines)).toMatchObject({
      driver: 'Software Watchdog',
      fence: { sentence: expect.any(String) },
    })
  })
})
