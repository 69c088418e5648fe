import type { State } from '../state/types.ts'
import { type At, elapsedMs } from '../time.ts'
import type { FedHost, UnitPolicy, UpsPolicy } from './policy.ts'
import type { PowerOutage, Supply, UnitRow } from './types.ts'

/**
 * How long a UPS that was on mains may be silent and still hold recovery: mains that failed together with the network
 * shows itself by then, and a host that runs upsd and has died must not stay dead because of it.
 */
export const SILENCE_HOLDS_MS = 10 * 60_000

/** A battery does not outlast twice what it said it had; one that never said has had its time after this. */
const LEAST_SILENT_BATTERY_MS = 30 * 60_000
const SILENT_BATTERY_MS = 2 * 3_600_000
const SILENT_MARGIN_MS = 10 * 60_000

/** Whether a look that is not older than the UPS's patience told its status. */
export function isHeard(state: State, unit: UnitPolicy, now: At): boolean {
  const heard = state.upsNow[unit.name]?.heard
  return heard !== undefined && elapsedMs(heard.at, now) <= unit.deadMs
}

/**
 * What a UPS runs on. Last heard on battery and silent now counts as on battery, until the battery must be empty: what
 * runs then runs on mains, or not at all. Never heard of is unknown; and last heard on mains and silent is unknown for
 * as long as that may be the beginning of a power failure.
 */
export function supplyOf(state: State, unit: UnitPolicy, now: At): Supply {
  const row = state.upsUnits[unit.name]
  if (row === undefined) return 'unknown'
  if (isHeard(state, unit, now)) return row.supply
  if (row.supply === 'unknown') return 'unknown'
  const silentSince = state.upsNow[unit.name]?.silentSince ?? row.heardAt
  if (row.supply === 'battery') {
    const silentMs = Math.max(elapsedMs(row.heardAt, now), elapsedMs(silentSince, now))
    return silentMs <= emptyAfterMs(row) ? 'battery' : 'unknown'
  }
  return elapsedMs(silentSince, now) <= SILENCE_HOLDS_MS ? 'unknown' : 'mains'
}

function emptyAfterMs({ runtimeMs }: UnitRow): number {
  if (runtimeMs === undefined) return SILENT_BATTERY_MS
  return Math.max(LEAST_SILENT_BATTERY_MS, 2 * runtimeMs + SILENT_MARGIN_MS)
}

export function unitOf(policy: UpsPolicy, name: string): UnitPolicy | undefined {
  return policy.units.find((unit) => unit.name === name)
}

/** The UPSes of a host that are on battery, where by its policy that makes the host be on battery; else none. */
export function batteriesOf(state: State, policy: UpsPolicy, host: FedHost, now: At): readonly UnitRow[] {
  const rows: UnitRow[] = []
  for (const name of host.units) {
    const unit = unitOf(policy, name)
    const row = state.upsUnits[name]
    if (unit !== undefined && row !== undefined && supplyOf(state, unit, now) === 'battery') rows.push(row)
  }
  return host.onBatteryWhen === 'all' && rows.length < host.units.length ? [] : rows
}

export function onBattery(state: State, policy: UpsPolicy, host: FedHost, now: At): boolean {
  return batteriesOf(state, policy, host, now).length > 0
}

export function fedHost(policy: UpsPolicy | undefined, host: string): FedHost | undefined {
  return policy?.hosts.find((each) => each.host === host)
}

export function liveOutage(state: State): PowerOutage | undefined {
  for (const outage of Object.values(state.powerOutages)) if (outage.phase !== 'over') return outage
  return undefined
}

/** Whether any UPS is on battery: then the plan for power failures decides, not recovery. */
export function anyOnBattery(state: State, now: At): boolean {
  const units = state.policy.ups?.units ?? []
  return units.some((unit) => supplyOf(state, unit, now) === 'battery')
}

/** Configured UPSes of which nobody knows what they run on. */
export function unknownUnits(state: State, now: At): readonly string[] {
  const units = state.policy.ups?.units ?? []
  return units.filter((unit) => supplyOf(state, unit, now) === 'unknown').map(({ name }) => name)
}
