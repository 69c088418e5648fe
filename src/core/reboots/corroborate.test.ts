import { describe, expect, it } from 'vitest'
import type { Told } from '../state/types.ts'
import { corroborate } from './corroborate.ts'
import { REBOOT_CAUSES, type RebootCause } from './types.ts'
import { isExpected, severityOf } from './weight.ts'

const MINUTE = 60_000
const DIED = 1_000 * MINUTE
const window = { fromMs: DIED, untilMs: DIED + 10 * MINUTE }
const told = (code: Told['code'], afterMs: number, about: Partial<Told> = {}): Told => ({
  code,
  severity: 'info',
  at: { wallMs: DIED + afterMs, bootId: 'boot', monoMs: 0 },
  sentence: `${code} of ${about.host}`,
  ...about,
})

describe('our own history of a reboot', () => {
  it('knows a cycle of ours, of this host and in these minutes only', () => {
    const cycle = told('cycle-begun', 4 * MINUTE, { host: 'pve1', intent: 'plan-7' })
    expect(corroborate('pve1', window, [cycle])).toEqual({
      ownCycle: { intent: 'plan-7', reason: 'cycle-begun of pve1' },
    })
    expect(corroborate('pve2', window, [cycle])).toEqual({})
    expect(corroborate('pve1', window, [told('cycle-begun', -10 * MINUTE, { host: 'pve1' })])).toEqual({})
    expect(corroborate('pve1', window, [told('cycle-begun', 20 * MINUTE, { host: 'pve1' })])).toEqual({})
    expect(corroborate('pve1', window, [told('cycle-would-begin', MINUTE, { host: 'pve1' })])).toEqual({})
  })

  it('knows an outlet that somebody turned off', () => {
    const off = told('person-switched-off', -MINUTE, { host: 'pve1', outlet: 'strip/1' })
    expect(corroborate('pve1', window, [off])).toEqual({ outletOff: 'person-switched-off of pve1' })
  })

  it('knows who died in the same half minute', () => {
    const down = (host: string, afterMs: number) => told('host-down', afterMs, { host })
    const events = [
      down('pve2', MINUTE),
      down('pve1', MINUTE + 20_000),
      down('nas', MINUTE + 50_000),
      down('x', 5 * MINUTE),
    ]
    expect(corroborate('pve1', window, events)).toEqual({ diedTogether: ['pve2', 'nas'] })
    expect(corroborate('pve1', window, events.slice(0, 1))).toEqual({})
  })
})

describe('how loud a reboot is told', () => {
  it('follows its cause', () => {
    const causes = Object.keys(REBOOT_CAUSES) as RebootCause[]
    const of = (severity: string) => causes.filter((cause) => severityOf({ cause }) === severity)
    expect(of('info')).toEqual(['own-cycle', 'clean-reboot', 'clean-shutdown', 'update'])
    expect(of('warning')).toEqual(['power-loss', 'hard-reset', 'cannot-tell'])
    expect(causes.filter((cause) => isExpected({ cause }))).toEqual(of('info'))
  })
})
