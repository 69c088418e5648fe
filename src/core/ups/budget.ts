import type { State } from '../state/types.ts'
import { HA_NEED_MS, needOf, stageNeedMs } from './need.ts'
import type { UpsPolicy } from './policy.ts'

export type Budget = {
  /** What it takes to bring down all that the plan shuts down on this UPS, stage after stage. */
  readonly needMs: number
  /** What the UPS reckons that its battery has, at its present load. */
  readonly runtimeMs?: number
  /** What would be left then, beyond what the plan keeps in hand; negative: the battery is too small. */
  readonly marginMs?: number
}

/** The battery of a UPS against what has to be done on it; undefined where the plan shuts nothing down there. */
export function budgetOf(state: State, policy: UpsPolicy, unit: string): Budget | undefined {
  const fed = policy.hosts.filter(({ units }) => units.includes(unit))
  let needMs = 0
  for (const { hosts } of policy.stages) {
    needMs += stageNeedMs(fed.filter(({ host }) => hosts.includes(host)).map((one) => needOf(state, policy, one)))
  }
  if (needMs === 0) return undefined
  needMs += HA_NEED_MS
  const runtimeMs = state.upsNow[unit]?.heard?.runtimeMs
  return runtimeMs === undefined ? { needMs } : { needMs, runtimeMs, marginMs: runtimeMs - needMs - policy.marginMs }
}
