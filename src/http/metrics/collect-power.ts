import type { Device, Outlet } from '../../api/outlets.ts'
import type { Barrier, Intent, LegStep } from '../../core/power/types.ts'
import type { State } from '../../core/state/types.ts'
import type { At } from '../../core/time.ts'
import { leftMs } from '../views/moments.ts'
import { devicesOf, outletsOf } from '../views/outlets.ts'
import { asNumber, type Put } from './samples.ts'

const KINDS: readonly Intent['kind'][] = ['cycle', 'off', 'on']
const BARRIERS: readonly Barrier[] = ['checking', 'all-off', 'holding', 'all-on', 'stuck']
const STEPS: readonly LegStep[] = ['planned', 'arming', 'turning-off', 'off', 'turning-on', 'settling', 'on']

export function collectPower(state: State, now: At, put: Put): void {
  for (const outlet of outletsOf(state, now)) collectOutlet(outlet, put)
  for (const device of devicesOf(state, now)) collectDevice(device, put)
  collectPlans(Object.values(state.intents), now, put)
}

function collectOutlet(outlet: Outlet, put: Put): void {
  const labels = {
    device: outlet.device,
    outlet: outlet.outlet,
    label: outlet.label ?? '',
    host: outlet.host ?? '',
    cluster: outlet.cluster ?? '',
  }
  if (outlet.state !== 'unknown') put('proxmox_watchdog_outlet_on', labels, asNumber(outlet.state === 'on'))
  if (outlet.watts !== undefined) put('proxmox_watchdog_outlet_power_watts', labels, outlet.watts)
  if (outlet.maxWatts !== undefined) put('proxmox_watchdog_outlet_power_limit_watts', labels, outlet.maxWatts)
  put('proxmox_watchdog_outlet_owed_on', labels, asNumber(outlet.offByUs))
}

function collectDevice(device: Device, put: Put): void {
  const labels = { device: device.name, driver: device.driver }
  if (device.reachable !== null) put('proxmox_watchdog_power_device_up', labels, asNumber(device.reachable))
  put('proxmox_watchdog_power_device_consecutive_failures', labels, device.failures)
  if (device.reachable === false && device.lastError !== undefined) {
    put('proxmox_watchdog_power_device_error', { ...labels, code: device.lastError.code }, 1)
  }
  if (device.identityOk !== undefined) {
    put('proxmox_watchdog_power_device_identity_ok', labels, asNumber(device.identityOk))
  }
}

function collectPlans(intents: readonly Intent[], now: At, put: Put): void {
  for (const kind of KINDS) {
    for (const barrier of BARRIERS) {
      const count = intents.filter((intent) => intent.kind === kind && intent.barrier === barrier).length
      put('proxmox_watchdog_plans', { kind, barrier }, count)
    }
  }
  const legs = intents.flatMap((intent) => intent.legs)
  for (const step of STEPS) {
    put('proxmox_watchdog_plan_outlets', { step }, legs.filter((leg) => leg.step === step).length)
  }
  const overdueMs = intents.map((intent) => (intent.mustBeOnBy === undefined ? 0 : -leftMs(intent.mustBeOnBy, now)))
  put('proxmox_watchdog_plan_on_overdue_seconds', {}, Math.max(0, ...overdueMs) / 1000)
}
