import { describe, expect, it } from 'vitest'
import { ago, MINUTE, NOON, SECOND } from '../../../test/faces/clock.ts'
import { calm } from '../../../test/faces/situation.ts'
import { onBattery, outageOf, UPS } from '../../../test/faces/ups-situation.ts'
import type { State } from '../../core/state/types.ts'
import type { UpsDesk } from '../../ports/ups-desk.ts'
import { labelText } from '../metric-text.ts'
import { collectUps } from './collect-ups.ts'
import { nutText } from './nut-text.ts'
import type { Put } from './samples.ts'

function samples(state: State): Record<string, number> {
  const found: Record<string, number> = {}
  const put: Put = (name, labels, value) => {
    found[`${name.replace('proxmox_watchdog_', '')}${labelText(labels)}`] = value
  }
  collectUps(state, NOON, put)
  return found
}

const silent = (state: State): State => {
  const { rack } = state.upsNow
  if (rack === undefined) return state
  const heard = rack.heard === undefined ? {} : { heard: { ...rack.heard, at: ago(5 * MINUTE) } }
  const reading = { ups: 'rack', at: ago(SECOND), hearing: 'unreachable', connection: 1, status: [] } as const
  return { ...state, upsNow: { rack: { ...rack, ...heard, reading, silentSince: ago(4 * MINUTE) } } }
}

describe('metrics of UPSes', () => {
  it('are none where no UPS is configured', () => {
    expect(samples(calm())).toEqual({})
  })

  it('tell what a UPS runs on, and what its battery is for', () => {
    expect(samples(onBattery(calm()))).toMatchObject({
      'ups_heard{ups="rack"}': 1,
      'ups_heard_age_seconds{ups="rack"}': 1,
      'ups_on_battery{ups="rack"}': 1,
      'ups_on_battery_seconds{ups="rack"}': 360,
      'ups_low_battery{ups="rack"}': 0,
      'ups_forced_shutdown{ups="rack"}': 0,
      'ups_login_refused{ups="rack"}': 0,
      'ups_budget_need_seconds{ups="rack"}': 270,
      'ups_budget_margin_seconds{ups="rack"}': 1200 - 270 - 120,
      power_plan_obstacles: 0,
    })
  })

  it('tell where the plan stands', () => {
    const found = samples(onBattery(calm()))
    expect(found).toMatchObject({
      'power_failure{phase="on-battery"}': 1,
      'power_failure{phase="returning"}': 0,
      power_failure_seconds: 360,
      'power_failure_stage_begun{stage="secondaries"}': 1,
      'power_failure_stage_begun{stage="last"}': 0,
      'power_failure_host_step{host="pve2",cluster="home",step="shutting-down"}': 1,
      'power_failure_host_step{host="pve2",cluster="home",step="off"}': 0,
      'power_failure_host_step{host="pve1",cluster="home",step="running"}': 1,
      'power_failure_host_not_back{host="pve2",cluster="home"}': 0,
    })
    const late = outageOf({ step: 'starting', toldLate: true })
    const state = { ...onBattery(calm()), powerOutages: { late: { ...late, id: 'late' } } }
    expect(samples(state)).toMatchObject({ 'power_failure_host_not_back{host="pve2",cluster="home"}': 1 })
  })

  it('guess nothing: last heard on battery is on battery, last heard on mains is nobody knows', () => {
    const state = onBattery(calm())
    expect(samples(silent(state))).toMatchObject({ 'ups_heard{ups="rack"}': 0, 'ups_on_battery{ups="rack"}': 1 })
    const { rack } = state.upsUnits
    const onMains = {
      ...state,
      upsUnits: { rack: { ...(rack as NonNullable<typeof rack>), supply: 'mains' as const } },
    }
    const found = samples(silent(onMains))
    expect(found['ups_on_battery{ups="rack"}']).toBeUndefined()
    expect(found['ups_heard{ups="rack"}']).toBe(0)
  })

  it('are there before the first word', () => {
    const { upsNow: _, upsUnits: __, powerOutages: ___, ...state } = onBattery(calm())
    const fresh = samples({ ...state, upsNow: {}, upsUnits: {}, powerOutages: {} })
    expect(fresh).toMatchObject({ 'ups_heard{ups="rack"}': 0, 'power_failure{phase="on-battery"}': 0 })
    expect(Object.keys(fresh).some((name) => name.startsWith('ups_heard_age'))).toBe(false)
  })
})

describe('what UPSes tell, as nut_exporter names it', () => {
  const told: Record<string, string> = {
    'battery.charge': '70',
    'battery.charge.low': '20',
    'input.voltage': '230.4',
    'ups.load': '25',
    'ups.status': 'OB DISCHRG',
    'ups.beeper.status': 'enabled',
    'ups.productid': '0002',
    'device.model': 'Smart-UPS "1500"',
    'device.mfr': 'APC',
    'device.serial': '12345678',
    'battery.charge-low': '21',
    'strange name': '1',
  }
  const desk = { variables: () => told } as unknown as UpsDesk
  const lines = (state: State) =>
    nutText(state, NOON, desk)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))

  it('has each number, each flag, and the device', () => {
    const found = lines(onBattery(calm()))
    expect(found).toContain('network_ups_tools_battery_charge{ups="rack"} 70')
    expect(found).toContain('network_ups_tools_input_voltage{ups="rack"} 230.4')
    expect(found).toContain('network_ups_tools_ups_status{ups="rack",flag="OB"} 1')
    expect(found).toContain('network_ups_tools_ups_status{ups="rack",flag="OL"} 0')
    expect(found).toContain('network_ups_tools_ups_status{ups="rack",flag="DISCHRG"} 1')
    expect(found.find((line) => line.includes('device_info'))).toContain(
      'model="Smart-UPS \\"1500\\"",mfr="APC",serial=""',
    )
  })

  it('shows nobody a serial number, and no sample twice', () => {
    const found = lines(onBattery(calm()))
    expect(found.join('\n')).not.toContain('12345678')
    expect(found.join('\n')).not.toMatch(/productid|strange|beeper/)
    const names = found.map((line) => line.replace(/ \S+$/, ''))
    expect(new Set(names).size).toBe(names.length)
  })

  it('is silent of a UPS that is not heard, and where there is none', () => {
    expect(nutText(silent(onBattery(calm())), NOON, desk)).toBe('')
    expect(nutText(calm(), NOON, desk)).toBe('')
    expect(nutText(onBattery(calm()), NOON, undefined)).toBe('')
    expect(UPS.units).toHaveLength(1)
  })
})
