import { describe, expect, test } from 'vitest'
import { ago, ahead, HOUR, MINUTE } from '../../../../test/faces/clock.ts'
import { Rig } from '../../../../test/own-alerts/rig.ts'

describe('an outlet that is owed an ON', () => {
  const turningOn = (rig: Rig) => ({ barrier: 'all-on' as const, turningOnSince: rig.now, mustBeOnBy: ago(MINUTE) })

  test('is given a minute past its time before everybody is called', () => {
    const rig = new Rig()
    const begun = rig.plan(turningOn(rig), [{ step: 'turning-on', offCommittedAt: ago(HOUR) }])
    expect(begun.words).toEqual(['ProxmoxPowerCycle firing'])
    expect(rig.wakeInMs).toBe(MINUTE)
    rig.pass(MINUTE)
    expect(rig.change().words).toEqual(['ProxmoxOutletNotOn firing'])
  })

  test('calls everybody when its plan is stuck, whatever was promised', () => {
    const rig = new Rig()
    const stuck = rig.plan({ barrier: 'stuck', kind: 'on', mustBeOnBy: undefined }, [{ step: 'turning-on' }])
    expect(stuck.words).toEqual(['ProxmoxOutletNotOn firing'])
    expect(stuck.only.severity).toBe('emergency')
  })

  test('calls nobody before its time, nor for an outlet that was never cut', () => {
    const rig = new Rig()
    rig.plan({ barrier: 'all-on', turningOnSince: ago(HOUR), mustBeOnBy: ahead(MINUTE) }, [
      { offCommittedAt: ago(HOUR) },
    ])
    expect(rig.state.alerts['ProxmoxOutletNotOn/pve2']).toBeUndefined()
    rig.plan({ ...turningOn(rig), turningOnSince: ago(HOUR) }, [{ step: 'on' }])
    expect(rig.state.alerts['ProxmoxOutletNotOn/pve2']).toBeUndefined()
  })

  test('without a plan is known by its outlet, and ends when that is seen on', () => {
    const rig = new Rig()
    const about = { host: 'pve9', device: 'strip', outlet: '3' }
    const { only } = rig.tell('breadcrumb-orphaned', 'Outlet strip/3 of pve9 was turned off by us.', about)
    expect(only).toMatchObject({ status: 'firing', severity: 'emergency', labels: { device: 'strip', outlet: '3' } })
    rig.device({ readings: { '3': { state: 'on', at: rig.now } } })
    rig.pass(MINUTE)
    expect(rig.change().only.status).toBe('resolved')
  })
})
