import { describe, expect, test } from 'vitest'
import { ahead, HOUR, MINUTE } from '../../../../test/faces/clock.ts'
import { claimOf, planOf, Rig } from '../../../../test/own-alerts/rig.ts'

describe('a host', () => {
  const down = (rig: Rig) => rig.host('pve2', { verdict: 'down', failures: 3 })

  test.each([
    ['maintenance', { purpose: 'maintenance', goal: 'hands-off' }],
    ['an update', { purpose: 'update', goal: 'hands-off' }],
    ['an OFF on order', {}],
    ['an OFF of its outlet on order', { target: 'outlet:strip/1' }],
    ['a power plan', { purpose: 'ups' }],
  ] as const)('alarms nobody in %s, and what fires ends at once', (_what, claim) => {
    const rig = new Rig()
    const put = () => rig.change((draft) => draft.put('claims', 'claim-1', claimOf(rig.now, claim)))
    put()
    expect(down(rig).words).toEqual([])
    rig.change((draft) => draft.put('claims', 'claim-1', undefined))
    expect(down(rig).words).toEqual(['ProxmoxHostDown firing'])
    expect(put().only).toMatchObject({ status: 'resolved', endsMs: rig.now.wallMs })
  })

  test('alarms nobody while its outlet is off on purpose, under whatever name', () => {
    const rig = new Rig()
    const offOnPurpose = { claim: 'claim-1', target: 'pve2', by: 'cli:root', at: rig.now }
    rig.change((draft) => draft.put('outlets', 'gone/7', { key: 'gone/7', offOnPurpose }))
    expect(down(rig).words).toEqual([])
    rig.change((draft) => draft.put('outlets', 'gone/7', undefined))
    expect(down(rig).words).toEqual(['ProxmoxHostDown firing'])
  })

  test.each([
    ['a pause', { goal: 'hands-off', blocks: ['recovery'] }],
    ['the wish to recover it', { purpose: 'recovery', goal: 'cycle' }],
  ] as const)('alarms in spite of %s', (_what, claim) => {
    const rig = new Rig()
    rig.change((draft) => draft.put('claims', 'claim-1', claimOf(rig.now, claim)))
    expect(down(rig).words).toEqual(['ProxmoxHostDown firing'])
  })

  test('that a plan of ours silences alarms only when it stays silent after its boot grace', () => {
    const rig = new Rig()
    rig.plan({ purpose: 'operator' }, [{ offCommittedAt: rig.now }])
    expect(down(rig).words).toEqual([])
    rig.change((draft) => draft.put('intents', 'plan-1', undefined))
    rig.record('pve2', { bootGraceUntil: ahead(10 * MINUTE) })
    expect(down(rig).words).toEqual([])
    rig.pass(10 * MINUTE)
    expect(down(rig).words).toEqual(['ProxmoxHostDown firing'])
  })

  test('whose power is cut through an outlet that it shares is silenced by that', () => {
    const rig = new Rig()
    rig.plan({ target: 'outlet:strip/1', purpose: 'operator' }, [{ offCommittedAt: rig.now }])
    expect(down(rig).words).toEqual([])
    rig.change((draft) => draft.put('intents', 'plan-1', planOf(rig.now, { barrier: 'checking' })))
    expect(down(rig).words).toEqual(['ProxmoxHostDown firing'])
  })

  test('that was dead before its cycle fires through it, and through its boot grace', () => {
    const rig = new Rig()
    expect(down(rig).words).toEqual(['ProxmoxHostDown firing'])
    rig.plan({}, [{ offCommittedAt: rig.now }])
    rig.record('pve2', { bootGraceUntil: ahead(HOUR) })
    rig.pass(30 * MINUTE)
    expect(down(rig).words).toEqual([])
    expect(rig.state.alerts['ProxmoxHostDown/pve2']?.state).toBe('firing')
  })

  test('is not forgiven a boot grace of another boot for longer than its own time', () => {
    const rig = new Rig()
    rig.record('pve2', { bootGraceUntil: ahead(10 * MINUTE) })
    // The clock of the machine came up in 1970.
    rig.now = { ...rig.now, wallMs: 0 }
    rig.restart(0, 'boot-2')
    rig.change((draft) => draft.put('hostsNow', 'pve2', { ...blank(rig), verdict: 'down', failures: 3 }))
    expect(rig.state.alerts).toEqual({})
    rig.pass(10 * MINUTE)
    expect(down(rig).words).toEqual(['ProxmoxHostDown firing'])
  })
})

function blank({ now }: Rig) {
  const rounds = { failures: 0, unknownRounds: 0, wedgedRounds: 0 }
  return { host: 'pve2', latest: {}, verdict: 'unknown' as const, verdictSince: now, refusals: [], ...rounds }
}
