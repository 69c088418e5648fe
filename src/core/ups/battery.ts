import { roundOf } from '../state/initial.ts'
import type { State } from '../state/types.ts'
import { type At, elapsedMs } from '../time.ts'
import type { FedHost, UnitPolicy, UpsPolicy } from './policy.ts'
import { isHeard, supplyOf, unitOf } from './supply.ts'
import type { PowerOutage, UnitRow } from './types.ts'

/** How long a fresh process waits to hear a UPS itself before it acts on what an earlier one heard. */
const FIRST_WORD_MS = 30_000

/**
 * Whether what is known of a UPS on battery may be acted upon. What an earlier process of the same boot heard may be,
 * after a moment. What was heard before our own machine went down may not: mains may have been back for hours, and to
 * shut down what has just come back is the boot loop.
 */
function mayActOn(state: State, row: UnitRow, now: At): boolean {
  if (state.upsNow[row.unit]?.heard !== undefined) return true
  if (row.heardAt.bootId !== now.bootId) return false
  return elapsedMs(roundOf(state).startedAt, now) >= FIRST_WORD_MS
}

/** Its UPSes that are on battery, where by its policy that puts the host on battery, and may be acted upon. */
export function drainingUnits(state: State, policy: UpsPolicy, host: FedHost, now: At): readonly UnitRow[] {
  const rows: UnitRow[] = []
  for (const name of host.units) {
    const unit = unitOf(policy, name)
    const row = state.upsUnits[name]
    if (unit === undefined || row === undefined) continue
    if (supplyOf(state, unit, now) === 'battery' && mayActOn(state, row, now)) rows.push(row)
  }
  return host.onBatteryWhen === 'all' && rows.length < host.units.length ? [] : rows
}

export type Battery = {
  /** Time on battery so far; moments of mains in between do not begin it anew. */
  readonly onBatteryMs: number
  readonly chargePercent?: number
  readonly runtimeMs?: number
  readonly low: boolean
}

/** What is left for a host that is on battery: with `any` by the worst of its UPSes, with `all` by the best. */
export function batteryOf(
  state: State,
  policy: UpsPolicy,
  outage: PowerOutage,
  host: FedHost,
  now: At,
): Battery | undefined {
  const rows = drainingUnits(state, policy, host, now)
  if (rows.length === 0) return undefined
  const each = rows.map((row) => leftOf(state, unitOf(policy, row.unit), outage, row, now))
  const isAll = host.onBatteryWhen === 'all'
  const times = each.map(({ onBatteryMs }) => onBatteryMs)
  const chargePercent = pick(
    each.map((one) => one.chargePercent),
    isAll,
  )
  const runtimeMs = pick(
    each.map((one) => one.runtimeMs),
    isAll,
  )
  return {
    onBatteryMs: isAll ? Math.min(...times) : Math.max(...times),
    ...(chargePercent === undefined ? {} : { chargePercent }),
    ...(runtimeMs === undefined ? {} : { runtimeMs }),
    low: isAll ? each.every(({ low }) => low) : each.some(({ low }) => low),
  }
}

function pick(numbers: readonly (number | undefined)[], best: boolean): number | undefined {
  const known = numbers.filter((one) => one !== undefined)
  if (known.length === 0) return undefined
  return best ? Math.max(...known) : Math.min(...known)
}

/** A silent UPS is taken to drain on as it said last. */
function leftOf(
  state: State,
  unit: UnitPolicy | undefined,
  outage: PowerOutage,
  row: UnitRow,
  now: At,
): Battery & { readonly unit: string } {
  const part = outage.units[row.unit]
  const running = part?.since === undefined ? 0 : elapsedMs(part.since, now)
  const heard = state.upsNow[row.unit]?.heard
  const told = heard ?? { at: row.heardAt, chargePercent: row.chargePercent, runtimeMs: row.runtimeMs }
  const sinceMs = unit !== undefined && isHeard(state, unit, now) ? 0 : elapsedMs(told.at, now)
  const runtimeMs = told.runtimeMs === undefined ? undefined : Math.max(0, told.runtimeMs - sinceMs)
  return {
    unit: row.unit,
    onBatteryMs: (part?.onBatteryMs ?? 0) + running,
    ...(told.chargePercent === undefined ? {} : { chargePercent: told.chargePercent }),
    ...(runtimeMs === undefined ? {} : { runtimeMs }),
    low: row.low,
  }
}
