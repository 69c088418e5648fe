import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../../../test/faces/clock.ts'
import { calm, hostNow, POLICY } from '../../../../test/faces/situation.ts'
import { Rig } from '../../../../test/own-alerts/rig.ts'
import type { HostPolicy } from '../../policy.ts'

const observed = (holds: boolean, sentence: string, subject = 'discord') =>
  ({ kind: 'observed', name: 'WatchdogDeadLetters', subject, holds, sentence }) as const

describe('what another part observes', () => {
  test('fires once, is kept in the history, and ends by its own word', () => {
    const rig = new Rig()
    const begun = rig.change(undefined, observed(true, '3 messages have expired.'))
    expect(begun.words).toEqual(['WatchdogDeadLetters firing'])
    expect(begun.told).toMatchObject([
      { code: 'trouble-observed', severity: 'warning', sentence: '3 messages have expired.' },
    ])
    const again = rig.change(undefined, observed(true, '4 messages have expired.'))
    expect([again.all, again.told]).toEqual([[], []])
    const ended = rig.change(undefined, observed(false, 'All were sent again.'))
    expect(ended.only).toMatchObject({ status: 'resolved', annotations: { description: 'All were sent again.' } })
    expect(ended.told).toMatchObject([{ code: 'trouble-over', severity: 'info' }])
    const more = rig.change(undefined, observed(false, 'Nothing.'))
    expect([more.all, more.told]).toEqual([[], []])
  })

  test('is told apart by its subject, and stays as it was over a restart until somebody says more', () => {
    const rig = new Rig()
    rig.change(undefined, observed(true, 'a', 'discord'))
    rig.change(undefined, observed(true, 'b', 'ntfy'))
    expect(rig.restart().words).toEqual([])
    rig.pass(HOUR)
    expect(rig.change().words).toEqual([])
    expect(rig.change(undefined, observed(true, 'a', 'discord')).all).toEqual([])
    expect(rig.change(undefined, observed(false, '', 'ntfy')).only.labels).toMatchObject({ channel: 'ntfy' })
    expect(rig.state.alerts['WatchdogDeadLetters/discord']?.state).toBe('firing')
  })

  test('is not even kept in the history where it is disabled', () => {
    const rig = new Rig()
    rig.reload({ disabledAlerts: ['WatchdogDeadLetters'] })
    const { all, told } = rig.change(undefined, observed(true, 'x'))
    expect([all, told]).toEqual([[], []])
  })

  test('that waits for its time fires with what was said last', () => {
    const rig = new Rig()
    const failing = (sentence: string) => ({ ...observed(true, sentence), name: 'WatchdogUplinkDown' }) as const
    rig.change(undefined, failing('It answers 502.'))
    rig.pass(MINUTE)
    rig.change(undefined, failing('It answers 404.'))
    rig.pass(MINUTE)
    expect(rig.change().only.annotations.description).toBe('It answers 404.')
  })

  test.each(['ProxmoxHostDown', 'WatchdogLate', 'Nonsense', 'constructor'])('may not be %s', (name) => {
    const rig = new Rig()
    const event = { ...observed(true, 'x'), name } as never
    expect(rig.change(undefined, event).all).toEqual([])
    expect(rig.state.alerts).toEqual({})
  })
})

describe('the order of what is announced', () => {
  test('what begins, then what is noted, then what ends', () => {
    const rig = new Rig()
    rig.plan({}, [{ offCommittedAt: rig.now }])
    const { all } = rig.change((draft) => {
      draft.put('intents', 'plan-1', undefined)
      draft.put('hostsNow', 'pve2', { ...hostNow('pve2', 'down', 3) })
      draft.tell('cycle-done', 'It is on.', { host: 'pve2', intent: 'plan-1' })
      draft.tell('cycle-cut-short', 'It is ended early.', { host: 'pve2' })
    })
    const words = all.map((each) => (each.kind === 'note' ? each.code : `${each.labels.alertname} ${each.status}`))
    expect(words).toEqual([
      'ProxmoxHostDown firing',
      'ProxmoxPowerCycleCutShort notice',
      'cycle-done',
      'cycle-cut-short',
      'ProxmoxPowerCycle resolved',
    ])
  })

  test('a reload and a start look at everything', () => {
    const rig = new Rig()
    rig.reload({ disabledAlerts: ['OutletMappingSuspect', 'PowerDeviceIdentityMismatch'] })
    rig.record('pve2', { mappingSuspect: { at: rig.now, sentence: 'In doubt.' } })
    rig.device({ identityOk: false })
    expect(rig.state.alerts).toEqual({})
    expect(rig.reload({ disabledAlerts: [] }).words.sort()).toEqual([
      'OutletMappingSuspect firing',
      'PowerDeviceIdentityMismatch firing',
    ])
    const fresh = new Rig({ ...calm(), hosts: rig.state.hosts, alerts: {} })
    expect(fresh.restart().words).toEqual(['OutletMappingSuspect firing'])
  })
})

describe('notes', () => {
  const note = { code: 'refused', sentence: 'It is not power-cycled now.' } as const

  test('are made of what is told of a host that an alert is about, and of no other', () => {
    const rig = new Rig()
    expect(rig.tell('refused', note.sentence, { host: 'pve2' }).notes).toEqual([])
    rig.host('pve2', { verdict: 'down', failures: 3 })
    expect(rig.tell('refused', note.sentence, { host: 'pve2' }).notes).toEqual([
      { kind: 'note', host: 'pve2', ...note, atMs: rig.now.wallMs },
    ])
    expect(rig.tell('refused', note.sentence, { host: 'pve3' }).notes).toEqual([])
    expect(rig.tell('watchdog-stopping', 'Asked to stop.').notes).toEqual([])
    rig.host('pve2', { verdict: 'up' })
    rig.pass(MINUTE)
    rig.change()
    expect(rig.tell('refused', note.sentence, { host: 'pve2' }).notes).toEqual([])
  })

  test('begin while the alert still waits for its time', () => {
    const rig = new Rig()
    rig.host('pve2', { verdict: 'unknown', unknownRounds: 3 })
    expect(rig.tell('refused', note.sentence, { host: 'pve2' }).notes).toHaveLength(1)
  })

  test('are made for devices, and for outlets by their device', () => {
    const rig = new Rig()
    rig.device({ identityOk: false })
    expect(rig.tell('identity-accepted', 'Accepted.', { device: 'strip' }).notes).toMatchObject([{ device: 'strip' }])
    rig.device({ identityOk: true })
    rig.plan({ target: 'outlet:strip/3' }, [{ offCommittedAt: rig.now }])
    expect(rig.tell('outlets-off', 'It is off.', { host: 'outlet:strip/3' }).notes).toMatchObject([{ device: 'strip' }])
  })

  test('do not repeat what the alert itself says', () => {
    const rig = new Rig()
    const both = rig.change((draft) => {
      draft.put('hostsNow', 'pve2', hostNow('pve2', 'down', 3))
      draft.tell('host-down', 'pve2 is down.', { host: 'pve2' })
    })
    expect(both.notes).toEqual([])
  })
})

describe('a site of many hosts', () => {
  /** Work is counted by what is read of the hosts, since time on a busy machine tells nothing. */
  function siteOf(count: number) {
    let reads = 0
    const template = POLICY.hosts[0] as HostPolicy
    const hosts = Array.from({ length: count }, (_, index) =>
      Object.defineProperty({ ...template, name: `host-${index}` }, 'levels', {
        enumerable: true,
        get: () => {
          reads += 1
          return template.levels
        },
      }),
    )
    const rig = new Rig({ ...calm(), policy: { ...POLICY, hosts }, hostsNow: {} })
    const all = (verdict: 'up' | 'down') =>
      rig.change((draft) => {
        for (const { name } of hosts) draft.put('hostsNow', name, hostNow(name, verdict, verdict === 'up' ? 0 : 3))
      })
    return { rig, all, reads: () => reads }
  }

  test('of which each answers costs no look at any of them, and no change', () => {
    const { rig, all, reads } = siteOf(1_000)
    const before = rig.state
    expect(all('up').all).toEqual([])
    expect(reads()).toBe(0)
    expect(rig.state.alerts).toBe(before.alerts)
  })

  test('of which each is dead is told of each, once, and costs in proportion', () => {
    const costs = [500, 1_000].map((count) => {
      const { rig, all, reads } = siteOf(count)
      expect(all('down').alerts).toHaveLength(count)
      const before = reads()
      const { alerts } = rig.state
      expect(all('down').all).toEqual([])
      expect(rig.change().all).toEqual([])
      expect(rig.state.alerts).toBe(alerts)
      return reads() - before
    })
    expect(costs[1]).toBeLessThanOrEqual(2.1 * (costs[0] as number))
  })
})
