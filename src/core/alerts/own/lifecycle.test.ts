import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ahead, HOUR, MINUTE, SECOND } from '../../../../test/faces/clock.ts'
import { hostNow } from '../../../../test/faces/situation.ts'
import { type Announced, Rig } from '../../../../test/own-alerts/rig.ts'
import { fingerprintOf } from '../fingerprint.ts'
import { OWN_ALERTS } from './table.ts'

const isolated = (rig: Rig) => rig.round({ round: 200, isolatedSince: rig.now, referencesAnswer: false })
const sees = (rig: Rig) => rig.round({ round: 201, isolatedSince: undefined, referencesAnswer: true })
const row = (rig: Rig) => rig.state.alerts['WatchdogSelfIsolated/']
const verdict = (rig: Rig, is: 'up' | 'down' | 'unknown') =>
  rig.host('pve2', { verdict: is, failures: is === 'up' ? 0 : 3 })

describe('an alert', () => {
  test('whose condition goes before its time is never told, and leaves nothing', () => {
    const rig = new Rig()
    isolated(rig)
    expect(row(rig)).toMatchObject({ state: 'pending', since: rig.now })
    rig.pass(59 * SECOND)
    expect(sees(rig).words).toEqual([])
    expect(rig.state.alerts).toEqual({})
  })

  test('waits while nothing is known, and neither fires nor is forgotten', () => {
    const rig = new Rig()
    isolated(rig)
    rig.pass(2 * MINUTE)
    expect(rig.round({ isolatedSince: undefined, referencesAnswer: undefined }).words).toEqual([])
    expect(row(rig)?.state).toBe('pending')
    expect(isolated(rig).words).toEqual(['WatchdogSelfIsolated firing'])
  })

  test('keeps firing for a while after its end, and through what comes back within it', () => {
    const rig = new Rig()
    verdict(rig, 'down')
    verdict(rig, 'up')
    rig.pass(59 * SECOND)
    expect(verdict(rig, 'down').words).toEqual([])
    verdict(rig, 'up')
    rig.pass(59 * SECOND)
    expect(rig.change().words).toEqual([])
    rig.pass(SECOND)
    expect(rig.change().words).toEqual(['ProxmoxHostDown resolved'])
  })

  test('does not end while nothing is known', () => {
    const rig = new Rig()
    verdict(rig, 'down')
    verdict(rig, 'up')
    verdict(rig, 'unknown')
    rig.pass(HOUR)
    expect(rig.change().words).toEqual([])
    expect(verdict(rig, 'up').words).toEqual(['ProxmoxHostDown resolved'])
  })

  test('survives a restart in every state', () => {
    const rig = new Rig()
    isolated(rig)
    rig.pass(30 * SECOND)
    expect(rig.restart().words).toEqual([])
    // A new process knows nothing yet; the old one's half minute counts.
    rig.pass(29 * SECOND)
    expect(isolated(rig).words).toEqual(['WatchdogSelfIsolated firing'])
    expect(rig.restart().words).toEqual([])
    rig.pass(HOUR)
    expect(isolated(rig).words).toEqual([])
    sees(rig)
    expect(rig.restart(MINUTE).words).toEqual([])
    expect(sees(rig).words).toEqual(['WatchdogSelfIsolated resolved'])
  })

  test('waits no longer than its time after a reboot into a clock that was set back', () => {
    const rig = new Rig()
    isolated(rig)
    rig.now = { ...rig.now, wallMs: 0 }
    rig.restart(0, 'boot-2')
    expect(isolated(rig).words).toEqual([])
    rig.pass(MINUTE)
    const { only } = isolated(rig)
    expect(only).toMatchObject({ status: 'firing', startsMs: MINUTE })
    sees(rig)
    rig.pass(MINUTE)
    expect(rig.change().only.endsMs).toBe(MINUTE)
  })

  test('ends no earlier than it began, whatever the clock says', () => {
    const rig = new Rig()
    const { startsMs } = verdict(rig, 'down').only
    rig.now = { ...rig.now, wallMs: 0 }
    verdict(rig, 'up')
    rig.pass(MINUTE)
    expect(rig.change().only.endsMs).toBe(startsMs)
  })

  test('that fires twice within one tick of the clock has two begins', () => {
    const rig = new Rig()
    const lockout = { at: rig.now, sentence: 'It did not help.' }
    const first = rig.record('pve2', { lockout }).only
    rig.record('pve2', { lockout: undefined })
    const second = rig.record('pve2', { lockout }).only
    expect(second.fingerprint).toBe(first.fingerprint)
    expect(second.startsMs).toBe(first.startsMs + 1)
  })

  test('bears the labels of its firing when it ends, though its host has another cluster by now', () => {
    const rig = new Rig()
    const fired = verdict(rig, 'down').only
    expect(fired.fingerprint).toBe(fingerprintOf(fired.labels))
    rig.reload({ hosts: rig.state.policy.hosts.map((host) => ({ ...host, cluster: 'garage' })) })
    verdict(rig, 'up')
    rig.pass(MINUTE)
    expect(rig.change().only).toMatchObject({
      status: 'resolved',
      labels: fired.labels,
      fingerprint: fired.fingerprint,
    })
  })

  test('of a host or device that is no longer configured ends with that', () => {
    const rig = new Rig()
    verdict(rig, 'down')
    rig.device({ identityOk: false })
    const without = { hosts: rig.state.policy.hosts.filter(({ name }) => name !== 'pve2'), devices: [] }
    const words = rig.reload(without).alerts.map(({ annotations }) => annotations.description)
    expect(words).toEqual(['pve2 is no longer configured.', 'strip is no longer configured.'])
  })

  test('that is disabled is not told, and ends when it is disabled while it fires', () => {
    const rig = new Rig()
    verdict(rig, 'down')
    const { only } = rig.reload({ disabledAlerts: ['ProxmoxHostDown', 'WatchdogDrillFailed'] })
    expect(only).toMatchObject({ status: 'resolved', annotations: { description: 'This alert is disabled now.' } })
    const failed = { kind: 'observed', name: 'WatchdogDrillFailed', subject: '', holds: true, sentence: 'x' } as const
    expect(rig.change(undefined, failed).alerts).toEqual([])
    expect(verdict(rig, 'down').words).toEqual([])
    expect(rig.reload({ disabledAlerts: [] }).words).toEqual(['ProxmoxHostDown firing'])
  })

  test('of another version is left as it is', () => {
    const rig = new Rig()
    const strange = { key: 'Strange/x', name: 'Strange', subject: 'x', state: 'firing', since: rig.now } as const
    rig.change((draft) => draft.put('alerts', strange.key, strange))
    rig.pass(HOUR)
    expect(rig.restart().words).toEqual([])
    expect(rig.state.alerts[strange.key]).toBe(strange)
  })
})

describe('what comes and goes', () => {
  const away = (rig: Rig) => verdict(rig, 'down')
  const back = (rig: Rig): Announced => {
    verdict(rig, 'up')
    rig.pass(MINUTE)
    return rig.change()
  }

  test('three times within an hour keeps firing from the fourth on, until it was quiet for ten minutes', () => {
    const rig = new Rig()
    for (let time = 0; time < 3; time += 1) {
      expect(away(rig).only.annotations.description).not.toContain('came and went')
      expect(back(rig).words).toEqual(['ProxmoxHostDown resolved'])
    }
    expect(away(rig).only.annotations.description).toContain(
      'It came and went 3 times within an hour: it keeps firing until it was quiet for 10 min.',
    )
    expect(back(rig).words).toEqual([])
    rig.pass(8 * MINUTE)
    expect(away(rig).words).toEqual([])
    back(rig)
    rig.restart()
    rig.change((draft) => draft.put('hostsNow', 'pve2', hostNow('pve2', 'unknown')))
    verdict(rig, 'up')
    rig.pass(10 * MINUTE)
    expect(rig.change().words).toEqual(['ProxmoxHostDown resolved'])
  })

  test('is forgotten after an hour', () => {
    const rig = new Rig()
    away(rig)
    back(rig)
    expect(rig.state.alerts['ProxmoxHostDown/pve2']?.state).toBe('quiet')
    rig.pass(HOUR)
    rig.change()
    expect(rig.state.alerts).toEqual({})
  })

  test('ends at once all the same when the host is taken into somebody’s hands', () => {
    const rig = new Rig()
    for (let time = 0; time < 3; time += 1) {
      away(rig)
      back(rig)
    }
    away(rig)
    const maintenance = rig.change((draft) => {
      draft.put('claims', 'claim-1', {
        id: 'claim-1',
        revision: 1,
        target: 'pve2',
        purpose: 'maintenance',
        by: 'cli:root',
        reason: 'new disks',
        goal: 'hands-off',
        blocks: ['recovery'],
        until: { at: ahead(HOUR) },
        madeAt: rig.now,
      })
    })
    expect(maintenance.words).toEqual(['ProxmoxHostDown resolved'])
  })
})

type Step = 'down' | 'up' | 'unknown' | 'restart' | 'wake'
const steps = fc.array(
  fc.tuple(
    fc.constantFrom<Step>('down', 'up', 'unknown', 'restart', 'wake', 'down', 'up'),
    fc.integer({ min: 0, max: 15 * MINUTE }),
  ),
  { maxLength: 40 },
)

test('whatever happens: told in turns, never taken back before it was over for long, and right in the end', () => {
  const { keepFiringMs } = OWN_ALERTS.ProxmoxHostDown
  fc.assert(
    fc.property(steps, (story) => {
      const rig = new Rig()
      const told: string[] = []
      let upSinceMs: number | undefined
      const hear = (announced: Announced) => {
        for (const { status, labels } of announced.alerts) {
          if (labels.alertname !== 'ProxmoxHostDown') continue
          expect(status).toBe(told.at(-1) === 'firing' ? 'resolved' : 'firing')
          told.push(status)
          if (status === 'resolved')
            expect(rig.now.monoMs - (upSinceMs ?? Number.NaN)).toBeGreaterThanOrEqual(keepFiringMs)
        }
      }
      const be = (is: 'up' | 'down' | 'unknown') =>
        rig.change((draft) => {
          const rounds = { failures: 3, unknownRounds: 0, wedgedRounds: 0 }
          const seen = { host: 'pve2', latest: {}, verdict: is, verdictSince: rig.now, refusals: [], ...rounds }
          draft.put('hostsNow', 'pve2', seen)
        })
      for (const [what, ms] of story) {
        if (what === 'down') upSinceMs = undefined
        if (what === 'up') upSinceMs ??= rig.now.monoMs
        if (what === 'restart') hear(rig.restart())
        else hear(what === 'wake' ? rig.change() : be(what))
        rig.pass(ms)
      }
      hear(be('down'))
      expect(told.at(-1)).toBe('firing')
      upSinceMs = rig.now.monoMs
      hear(be('up'))
      rig.pass(10 * MINUTE)
      hear(rig.change())
      expect(told.at(-1)).toBe('resolved')
    }),
    { numRuns: 300 },
  )
})
