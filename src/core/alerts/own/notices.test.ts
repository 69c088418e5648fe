import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../../../test/faces/clock.ts'
import { claimOf, planOf, Rig } from '../../../../test/own-alerts/rig.ts'

const host = { host: 'pve2', cluster: 'home' }
const about = { host: 'pve2', intent: 'plan-1' }

describe('each switching is told once, with its reason', () => {
  test('an OFF on order, in the decision that writes it down', () => {
    const rig = new Rig()
    rig.change((draft) => draft.put('claims', 'claim-1', claimOf(rig.now, {})))
    const off = { kind: 'off', purpose: 'operator', reason: 'new disks' } as const
    expect(rig.plan(off).alerts).toEqual([])
    const { only } = rig.plan(off, [{ offCommittedAt: rig.now }])
    expect(only).toMatchObject({ status: 'notice', severity: 'warning', startsMs: rig.now.wallMs })
    expect(only.labels).toEqual({
      alertname: 'ProxmoxSwitchedOff',
      severity: 'warning',
      ...host,
      source: 'proxmox-watchdog',
    })
    expect(only.annotations).toEqual({
      summary: 'pve2 is being switched off on order',
      description: 'Outlet strip/1 of pve2 is being turned off on order of cli:root: new disks.',
      runbook_url: 'docs/runbook.md#proxmoxswitchedoff',
    })
    expect(rig.plan({ ...off, barrier: 'holding' }, [{ offCommittedAt: rig.now, step: 'off' }]).alerts).toEqual([])
  })

  test('a cycle that an order to stay off takes over: the one ends, the other is told', () => {
    const rig = new Rig()
    rig.plan({}, [{ offCommittedAt: rig.now }])
    const taken = rig.plan({ kind: 'off', purpose: 'operator', reason: 'new disks' }, [{ offCommittedAt: rig.now }])
    expect(taken.words).toEqual(['ProxmoxSwitchedOff notice', 'ProxmoxPowerCycle resolved'])
  })

  test('a cycle that is ended early: its alert says why', () => {
    const rig = new Rig()
    const aborted = { code: 'paused', sentence: 'Paused by root.' }
    rig.plan({ aborted, barrier: 'all-on' }, [{ offCommittedAt: rig.now, step: 'turning-on' }])
    const { only } = rig.change((draft) => {
      draft.put('intents', 'plan-1', undefined)
      draft.tell('switched-on', 'Outlet strip/1 of pve2 is verified on.', about)
    })
    expect(only.status).toBe('resolved')
    expect(only.annotations.description).toBe(
      'Outlet strip/1 of pve2 is verified on. It was ended early: Paused by root.',
    )
  })

  test('an ON, but not the end of a cycle, which its own alert tells', () => {
    const rig = new Rig()
    rig.plan({ kind: 'on', reason: 'the disks are in' })
    const { only } = rig.tell('switched-on', 'Outlet strip/1 of pve2 is verified on.', about)
    expect(only).toMatchObject({ status: 'notice', labels: { alertname: 'ProxmoxSwitchedOn', ...host } })
    expect(only.annotations.description).toContain('verified on. The reason for it was: the disks are in.')
    rig.plan({ kind: 'cycle' })
    expect(rig.tell('switched-on', 'Outlet strip/1 of pve2 is verified on.', about).words).toEqual([])
    expect(rig.tell('cycle-done', 'Outlet strip/1 of pve2 is verified on.', about).words).toEqual([])
  })

  test('what a mark had turned on is no cycle: its begin and its end are notices', () => {
    const rig = new Rig()
    const marked = planOf(rig.now, { barrier: 'all-on', claim: { id: 'breadcrumb:plan-1', revision: 0 } }, [
      { offCommittedAt: rig.now, step: 'turning-on' },
    ])
    const honoured = rig.change((draft) => {
      draft.put('intents', 'plan-1', marked)
      draft.tell('breadcrumb-honoured', 'Outlet strip/1 of pve2 was turned off by us.', { ...about, device: 'strip' })
    })
    expect(honoured.words).toEqual(['ProxmoxBreadcrumbHonoured notice'])
    expect(honoured.only.labels).toMatchObject(host)
    expect(rig.tell('cycle-done', 'Outlet strip/1 of pve2 is verified on.', about).words).toEqual([
      'ProxmoxSwitchedOn notice',
    ])
  })

  test.each([
    ['cycle-cut-short', 'ProxmoxPowerCycleCutShort'],
    ['cycle-fallback', 'ProxmoxPowerCycleFallback'],
  ] as const)('%s', (code, name) => {
    const rig = new Rig()
    const { only } = rig.tell(code, 'Because.', about)
    expect(only).toMatchObject({ status: 'notice', labels: { alertname: name, ...host } })
    expect(only.annotations.description).toBe('Because.')
  })

  test('a bare outlet bears its device and its number', () => {
    const rig = new Rig()
    const { only } = rig.plan({ kind: 'off', target: 'outlet:strip/3' }, [
      { ref: { device: 'strip', outlet: '3' }, offCommittedAt: rig.now },
    ])
    expect(only.labels).toMatchObject({ device: 'strip', outlet: '3' })
    expect(only.labels.host).toBeUndefined()
    expect(only.annotations.summary).toBe('outlet strip/3 is being switched off on order')
  })
})

describe('a person’s switching', () => {
  const off = (rig: Rig, key: string) =>
    rig.change((draft) => draft.put('outlets', key, { key, personOffSince: rig.now, lastState: 'off' }))

  test('is told with the host that it is about', () => {
    const rig = new Rig()
    const { only } = off(rig, 'strip/1')
    expect(only.labels).toMatchObject({ alertname: 'OutletSwitchedByPerson', device: 'strip', outlet: '1', ...host })
    expect(only.annotations.summary).toBe('Outlet strip/1 was switched off by somebody else')
    rig.pass(MINUTE)
    const on = rig.tell('person-switched-on', 'Outlet strip/1 of pve2 is on again.', { device: 'strip', outlet: '1' })
    expect(on.only.annotations.summary).toBe('Outlet strip/1 was switched on by somebody else')
    expect(on.only.fingerprint).toBe(only.fingerprint)
  })

  test('of an outlet that nobody has configured is nobody’s news', () => {
    const rig = new Rig()
    expect(off(rig, 'strip/17').alerts).toEqual([])
    expect(off(rig, 'strip/3').words).toEqual(['OutletSwitchedByPerson notice'])
  })

  test('of two outlets at once is told twice', () => {
    const rig = new Rig()
    const both = rig.change((draft) => {
      for (const key of ['strip/1', 'strip/2']) draft.put('outlets', key, { key, personOffSince: rig.now })
    })
    expect(both.words).toEqual(['OutletSwitchedByPerson notice', 'OutletSwitchedByPerson notice'])
  })
})

describe('lateness', () => {
  test('is told at most every ten minutes, over restarts as well; an end of the process always', () => {
    const rig = new Rig()
    const late = () => rig.tell('watchdog-late', 'A round started 20000 ms late.').words
    expect(late()).toEqual(['WatchdogLate notice'])
    rig.pass(5 * MINUTE)
    expect(late()).toEqual([])
    expect(rig.tell('watchdog-late-exit', 'Three rounds were lost.').words).toEqual(['WatchdogLate notice'])
    rig.restart()
    expect(late()).toEqual([])
    rig.pass(5 * MINUTE)
    expect(late()).toEqual(['WatchdogLate notice'])
  })

  test('two notices of one moment are two', () => {
    const rig = new Rig()
    rig.pass(0.4 * SECOND)
    const both = rig.change((draft) => {
      draft.tell('watchdog-late', 'Late.')
      draft.tell('watchdog-suspended', 'It stood still.')
    })
    const [first, second] = both.alerts
    expect(first?.fingerprint).toBe(second?.fingerprint)
    expect(second?.startsMs).toBe((first?.startsMs ?? 0) + 1)
  })

  test('disabled, it is not told', () => {
    const rig = new Rig()
    rig.reload({ disabledAlerts: ['WatchdogLate'] })
    expect(rig.tell('watchdog-late', 'Late.').words).toEqual([])
  })
})
