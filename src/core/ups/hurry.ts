import { list } from '../phrase.ts'
import type { State } from '../state/types.ts'
import type { At } from '../time.ts'
import { batteryOf } from './battery.ts'
import type { FedHost, UpsPolicy } from './policy.ts'
import type { PowerOutage } from './types.ts'

export type Hurry = { readonly because: 'low-battery' | 'forced-shutdown'; readonly sentence: string }

/** Why a host has to go down now whatever its stage: its battery is low, or its UPS has said that it will cut. */
export function hurryOf(
  state: State,
  policy: UpsPolicy,
  outage: PowerOutage,
  fed: FedHost,
  now: At,
): Hurry | undefined {
  if (isOrderedDown(state, fed)) {
    const unit = fed.units.find((name) => state.upsUnits[name]?.fsd === 'ordered') ?? ''
    return {
      because: 'forced-shutdown',
      sentence: `UPS ${unit} orders a forced shutdown and will cut the power`,
    }
  }
  if (batteryOf(state, policy, outage, fed, now)?.low !== true) return undefined
  return { because: 'low-battery', sentence: `the battery of ${list(fed.units)} is low` }
}

/** A forced shutdown that was seen to come is an order, even with mains present: the primary will cut the UPS. */
export function isOrderedDown(state: State, { units, onBatteryWhen }: FedHost): boolean {
  const isOrdered = (unit: string): boolean => state.upsUnits[unit]?.fsd === 'ordered'
  return onBatteryWhen === 'all' ? units.length > 0 && units.every(isOrdered) : units.some(isOrdered)
}

/** Whether the plan may take a host down: the battery carries it, or its UPS has ordered it. */
export function isToGo(state: State, policy: UpsPolicy, outage: PowerOutage, fed: FedHost, now: At): boolean {
  return isOrderedDown(state, fed) || batteryOf(state, policy, outage, fed, now) !== undefined
}
