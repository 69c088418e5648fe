import type { Device, Outlet } from '../../api/outlets.ts'
import type { DevicePolicy, HostPolicy } from '../../core/policy.ts'
import { outletKey } from '../../core/power/types.ts'
import type { State } from '../../core/state/types.ts'
import type { At } from '../../core/time.ts'
import { futureOf, maybe, pastOf } from './moments.ts'
import { armedTimer, owesOn } from './plans.ts'

type Feeding = { readonly host: HostPolicy; readonly level: number }

/** Every outlet: the configured ones, those that feed a host, and those that the device itself shows. */
export function outletsOf(state: State, now: At): Outlet[] {
  const feeding = feedingOf(state)
  const outlets: Outlet[] = []
  for (const device of state.policy.devices) {
    for (const outlet of outletNames(device, state)) {
      outlets.push(outletOf(device, outlet, feeding.get(outletKey({ device: device.name, outlet })), state, now))
    }
  }
  return outlets
}

function feedingOf(state: State): Map<string, Feeding> {
  const feeding = new Map<string, Feeding>()
  for (const host of state.policy.hosts) {
    host.levels.forEach((refs, level) => {
      for (const ref of refs) feeding.set(outletKey(ref), { host, level })
    })
  }
  return feeding
}

function outletNames(device: DevicePolicy, state: State): string[] {
  const names = new Set(device.outlets.map((outlet) => outlet.outlet))
  for (const host of state.policy.hosts) {
    for (const ref of host.levels.flat()) if (ref.device === device.name) names.add(ref.outlet)
  }
  for (const name of Object.keys(state.devicesNow[device.name]?.readings ?? {})) names.add(name)
  return [...names].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
}

function outletOf(device: DevicePolicy, name: string, feeds: Feeding | undefined, state: State, now: At): Outlet {
  const key = outletKey({ device: device.name, outlet: name })
  const policy = device.outlets.find((outlet) => outlet.outlet === name)
  const reading = state.devicesNow[device.name]?.readings[name]
  const record = state.outlets[key]
  const legs = Object.values(state.intents).flatMap((intent) =>
    intent.legs.filter((leg) => outletKey(leg.ref) === key).map((leg) => ({ leg, owed: owesOn(intent, leg) })),
  )
  // A meter that answers nonsense has not answered.
  const watts = Number.isFinite(reading?.watts) ? reading?.watts : undefined
  const maxWatts = policy?.maxWatts
  return {
    device: device.name,
    outlet: name,
    label: policy?.label,
    alias: reading?.alias,
    host: feeds?.host.name,
    cluster: feeds?.host.cluster,
    level: feeds?.level,
    state: reading?.state ?? 'unknown',
    watts,
    maxWatts,
    overLimit: watts !== undefined && maxWatts !== undefined && watts > maxWatts,
    protected: policy?.protected === true,
    read: maybe(reading, (known) => pastOf(known.at, now)),
    offByUs: legs.some(({ owed }) => owed),
    deviceTimer: maybe(
      legs.map(({ leg }) => armedTimer(leg)).find((at) => at !== undefined),
      (at) => futureOf(at, now),
    ),
    offByPersonSince: maybe(record?.personOffSince, (at) => pastOf(at, now)),
    offOnPurpose: maybe(record?.offOnPurpose, ({ by, at }) => ({ by, since: pastOf(at, now) })),
  }
}

export function devicesOf(state: State, now: At): Device[] {
  return state.policy.devices.map(({ name, driver }) => {
    const known = state.devicesNow[name]
    const pin = state.pins[name]
    return {
      name,
      driver,
      reachable: known?.reachable ?? null,
      since: maybe(known?.since, (at) => pastOf(at, now)),
      failures: known?.failures ?? 0,
      identityOk: known?.identityOk,
      pinned: maybe(pin, ({ deviceId, model, at }) => ({ deviceId, model, since: pastOf(at, now) })),
      lastError: known?.lastError,
    }
  })
}
