import { spell } from '../phrase.ts'
import type { State } from '../state/types.ts'
import type { At } from '../time.ts'
import { type Battery, batteryOf } from './battery.ts'
import { hurryOf } from './hurry.ts'
import { HA_NEED_MS, needOf, stageNeedMs } from './need.ts'
import type { StagePolicy, UpsPolicy } from './policy.ts'
import type { HostProgress, PowerOutage } from './types.ts'

export type Due = {
  readonly because: 'time' | 'charge' | 'runtime' | 'budget' | 'low-battery' | 'forced-shutdown'
  readonly sentence: string
}

/** Everything that `due` is judged by, for one host on battery. */
export type DueQuestion = {
  readonly state: State
  readonly policy: UpsPolicy
  readonly outage: PowerOutage
  readonly host: HostProgress
  readonly now: At
}

/** Whether it is time for this stage by the battery of this host, and why; undefined where it is not on battery. */
export function dueFor(question: DueQuestion, index: number): Due | undefined {
  const { outage, host, policy, state, now } = question
  const stage = outage.stages[index]
  const battery = batteryOf(state, policy, outage, host.fed, now)
  const hurry = hurryOf(state, policy, outage, host.fed, now)
  if (hurry !== undefined) return hurry
  if (stage === undefined || battery === undefined) return undefined
  return dueByItself(stage.plan, battery) ?? dueByBudget(question, index, battery)
}

function dueByItself(plan: StagePolicy, battery: Battery): Due | undefined {
  const { onBatteryMs, chargePercent, runtimeMs } = battery
  if (plan.afterMs !== undefined && onBatteryMs >= plan.afterMs) {
    return { because: 'time', sentence: `on battery for ${spell(onBatteryMs)}` }
  }
  if (plan.chargeBelowPercent !== undefined && chargePercent !== undefined && chargePercent < plan.chargeBelowPercent) {
    return { because: 'charge', sentence: `${Math.round(chargePercent)} % charge are left` }
  }
  if (plan.runtimeBelowMs !== undefined && runtimeMs !== undefined && runtimeMs < plan.runtimeBelowMs) {
    return { because: 'runtime', sentence: `${spell(runtimeMs)} of battery are left` }
  }
  return undefined
}

/** What is still to be done from this stage on has to fit into what the battery has left. */
function dueByBudget(question: DueQuestion, index: number, { runtimeMs }: Battery): Due | undefined {
  if (runtimeMs === undefined) return undefined
  const needMs = needFrom(question, index)
  if (runtimeMs > needMs + question.policy.marginMs) return undefined
  return {
    because: 'budget',
    sentence: `${spell(runtimeMs)} of battery are left, and bringing everything down takes ${spell(needMs)} with ${spell(question.policy.marginMs)} in hand`,
  }
}

/** Time to bring down what this stage and those after it still have running, of hosts that share a UPS with this one. */
function needFrom({ state, policy, outage, host }: DueQuestion, index: number): number {
  let needMs = HA_NEED_MS
  for (let at = index; at < outage.stages.length; at += 1) {
    const needs = Object.values(outage.hosts)
      .filter((each) => each.stage === at && each.step !== 'off' && shares(each, host))
      .map(({ fed }) => needOf(state, policy, fed))
    needMs += stageNeedMs(needs)
  }
  return needMs
}

function shares(a: HostProgress, b: HostProgress): boolean {
  return a.fed.units.some((unit) => b.fed.units.includes(unit))
}
