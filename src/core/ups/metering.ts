import { elapsedMs } from '../time.ts'
import type { OutageEdit } from './outage-edit.ts'
import { supplyOf } from './supply.ts'
import type { OutageUnit } from './types.ts'

/** How often energy is added up: each time is a write. */
const METER_EVERY_MS = 15_000

/** Keeps how long each UPS has been on battery, how low it went, and what it gave. */
export function meterUnits(edit: OutageEdit): void {
  const { policy, state, now } = edit
  for (const unit of policy.units) {
    const isDraining = supplyOf(state, unit, now) === 'battery'
    const before = edit.outage.units[unit.name]
    if (!isDraining && before?.since === undefined) continue
    const after = isDraining ? drain(edit, unit.name, before) : stop(edit, before)
    if (after !== undefined && after !== before) edit.set({ units: { ...edit.outage.units, [unit.name]: after } })
  }
}

function stop({ now }: OutageEdit, before: OutageUnit | undefined): OutageUnit | undefined {
  if (before?.since === undefined) return before
  const { since, meteredAt: _metered, ...rest } = before
  return { ...rest, onBatteryMs: before.onBatteryMs + elapsedMs(since, now) }
}

function drain(edit: OutageEdit, unit: string, before: OutageUnit | undefined): OutageUnit {
  const { now, state } = edit
  if (before?.since === undefined) {
    const since = state.upsUnits[unit]?.since ?? now
    // Only what this process saw begin is older than now.
    const from = before === undefined && since.bootId === now.bootId ? since : now
    return { unit, onBatteryMs: 0, wattMs: 0, ...before, since: from, meteredAt: now }
  }
  if (before.meteredAt === undefined) return { ...before, meteredAt: now }
  const passedMs = elapsedMs(before.meteredAt, now)
  if (passedMs < METER_EVERY_MS) return before
  const heard = state.upsNow[unit]?.heard
  const lowestChargePercent = lowest(before.lowestChargePercent, heard?.chargePercent)
  const lowestRuntimeMs = lowest(before.lowestRuntimeMs, heard?.runtimeMs)
  return {
    ...before,
    wattMs: before.wattMs + (heard?.watts ?? 0) * passedMs,
    meteredAt: now,
    ...(lowestChargePercent === undefined ? {} : { lowestChargePercent }),
    ...(lowestRuntimeMs === undefined ? {} : { lowestRuntimeMs }),
  }
}

function lowest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.min(a, b)
}
