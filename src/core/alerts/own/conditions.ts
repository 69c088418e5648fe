import type { Condition } from './condition.ts'
import { deviceConditions } from './device-conditions.ts'
import { hostConditions } from './host-conditions.ts'
import { planConditions } from './plan-conditions.ts'
import { powerConditions } from './power-conditions.ts'
import { observedConditions, siteConditions } from './site-conditions.ts'
import { type ConditionName, OWN_ALERTS } from './table.ts'
import type { OwnAlert } from './types.ts'

const ALL: Record<ConditionName, Condition> = {
  ...hostConditions,
  ...planConditions,
  ...deviceConditions,
  ...powerConditions,
  ...siteConditions,
  ...observedConditions,
}

export type Known = { readonly name: ConditionName; readonly alert: OwnAlert; readonly condition: Condition }

const known = new Map<string, Known>()
for (const [name, condition] of Object.entries(ALL) as [ConditionName, Condition][]) {
  known.set(name, { name, alert: OWN_ALERTS[name], condition })
}

/** Undefined for a name of another version. */
export function conditionOf(name: string): Known | undefined {
  return known.get(name)
}
