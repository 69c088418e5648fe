import type { HappeningCode } from '../../codes.ts'
import { list, spell } from '../../phrase.ts'
import type { State } from '../../state/types.ts'
import { budgetRisk, planRisks } from '../../ups/plan-risks.ts'
import type { UnitPolicy } from '../../ups/policy.ts'
import { isHeard, liveOutage, supplyOf, unitOf } from '../../ups/supply.ts'
import type { HostProgress, UnitNow } from '../../ups/types.ts'
import type { Condition } from './condition.ts'
import type { Sight } from './sight.ts'
import type { ConditionName } from './table.ts'
import type { Judgement } from './types.ts'

type OfPower = Extract<
  ConditionName,
  `Power${'NodeNotOff' | 'HostNotBack' | 'ReturnStuck' | 'PlanImpossible'}` | `Ups${string}`
>

const byUnits: Condition['isTouched'] = (before, after) =>
  before.upsUnits !== after.upsUnits || before.upsNow !== after.upsNow
const byOutages: Condition['isTouched'] = (before, after) => before.powerOutages !== after.powerOutages
/** What is reckoned through is not reckoned through with every look at a UPS. */
const bySites: Condition['isTouched'] = (before, after) => before.powerSites !== after.powerSites

export const powerConditions: Record<OfPower, Condition> = {
  UpsOnBattery: {
    isTouched: byUnits,
    judge: ofUnit((sight, unit) => {
      const supply = supplyOf(sight.state, unit, sight.now)
      return supply === 'battery' ? 'holds' : supply === 'mains' ? 'over' : 'unsure'
    }),
    summary: (_sight, ups) => `UPS ${ups} is on battery`,
    why: ({ state }, ups) => `It carries ${carriedBy(state, ups)}.${leftOf(state, ups)}`,
    end: (_sight, ups) => `UPS ${ups} is on mains again.`,
  },
  UpsLowBattery: {
    isTouched: byUnits,
    judge: ofUnit(({ state }, { name }) => (state.upsUnits[name]?.low === true ? 'holds' : 'over')),
    summary: (_sight, ups) => `The battery of UPS ${ups} is low`,
    why: ({ state }, ups) => `It carries ${carriedBy(state, ups)}.${leftOf(state, ups)}`,
    end: (_sight, ups) => `The battery of UPS ${ups} is not low any more.`,
  },
  UpsNotHeard: {
    isTouched: byUnits,
    judge: ofUnit(({ state, now }, unit) => (isHeard(state, unit, now) ? 'over' : 'holds')),
    summary: (_sight, ups) => `UPS ${ups} is not heard`,
    why({ state }, ups) {
      const counts = state.upsUnits[ups]?.supply === 'battery' ? ' Last heard on battery it counts as that.' : ''
      return `${state.upsNow[ups]?.reading.sentence ?? 'It has never been heard.'}${counts}`
    },
    end: (_sight, ups) => `UPS ${ups} is heard again.`,
  },
  UpsLoginRefused: {
    isTouched: byUnits,
    judge: ofUnit((_sight, _unit, { reading }) => {
      if (reading.loginRefused !== undefined) return 'holds'
      return reading.hearing === 'heard' ? 'over' : 'unsure'
    }),
    summary: (_sight, ups) => `UPS ${ups} would not wait for our hosts`,
    why: ({ state }, ups) =>
      `${state.upsNow[ups]?.reading.loginRefused ?? ''} Its primary does not know of our hosts, and may cut the power under them.`,
    end: (_sight, ups) => `UPS ${ups} takes our LOGIN.`,
  },
  UpsReplaceBattery: token('RB', (ups) => `UPS ${ups} asks for a new battery`, 'It does not ask for one any more.'),
  UpsOverload: token('OVER', (ups) => `UPS ${ups} carries more than it can`, 'It carries less again.'),
  UpsBudgetTooSmall: {
    isTouched: bySites,
    judge: ofUnit((sight, unit) => {
      const { state, now } = sight
      // On battery the plan itself acts by it.
      if (supplyOf(state, unit, now) !== 'mains' || !isHeard(state, unit, now)) return 'unsure'
      return shortOf(state, unit.name) === undefined ? 'over' : 'holds'
    }),
    summary: (_sight, ups) => `The battery of UPS ${ups} lasts for too short a time`,
    why: ({ state }, ups) => shortOf(state, ups) ?? '',
    end: (_sight, ups) => `The battery of UPS ${ups} lasts long enough for the plan.`,
  },
  PowerPlanImpossible: {
    isTouched: bySites,
    judge: ({ state }) => (state.policy.ups === undefined ? 'ended' : graveRisks(state).length > 0 ? 'holds' : 'over'),
    summary: () => 'The plan for power failures cannot be carried out as it is meant',
    why: ({ state }) => graveRisks(state).join(' '),
    end: () => 'Nothing is in its way any more.',
  },
  PowerNodeNotOff: {
    isTouched: byOutages,
    judge: ofHost(({ step }) => (step === 'not-off' ? 'holds' : 'over')),
    summary: (_sight, host) => `${host} did not shut down in time`,
    why: (sight, host) =>
      told(sight, 'power-node-not-off', host) ??
      `It is asked again while the battery lasts; the plan goes on without it.`,
    end: (sight, host) => told(sight, 'power-node-off', host) ?? `${host} is not waited for any more.`,
  },
  PowerReturnStuck: {
    isTouched: byOutages,
    judge({ state }) {
      const outage = liveOutage(state)
      return outage?.phase === 'returning' && outage.toldNotBack === true ? 'holds' : 'over'
    },
    summary: () => 'The cluster is not back whole after the power failure',
    why: (sight) => told(sight, 'power-return-stuck') ?? 'It is tried on.',
    end: (sight) => told(sight, 'power-outage-over') ?? 'It is over.',
  },
  PowerHostNotBack: {
    isTouched: byOutages,
    judge: ofHost(({ toldLate, step }) => (toldLate === true && step === 'starting' ? 'holds' : 'over')),
    summary: (_sight, host) => `${host} does not come back after the power failure`,
    why: (sight, host) => told(sight, 'power-node-not-back', host) ?? 'Every way to start it was tried. Go there.',
    end: (sight, host) => told(sight, 'power-node-back', host) ?? `${host} is left to recovery.`,
  },
}

/** What could not be done, but for batteries, which have an alert of their own. */
function graveRisks(state: State): readonly string[] {
  const { ups } = state.policy
  if (ups === undefined) return []
  return planRisks(state, ups).flatMap(({ code, grave, sentence }) => (grave && code !== 'too-short' ? [sentence] : []))
}

function shortOf(state: State, unit: string): string | undefined {
  const { ups } = state.policy
  if (ups === undefined) return undefined
  return budgetRisk(state, ups, unit)?.sentence
}

function ofUnit(judge: (sight: Sight, unit: UnitPolicy, now: UnitNow) => Judgement): Condition['judge'] {
  return (sight, name) => {
    const { ups } = sight.state.policy
    const unit = ups === undefined ? undefined : unitOf(ups, name)
    if (unit === undefined) return 'ended'
    const now = sight.state.upsNow[name]
    // Before this process has looked nothing is judged anew.
    return now === undefined ? 'unsure' : judge(sight, unit, now)
  }
}

function token(word: string, summary: (ups: string) => string, end: string): Condition {
  return {
    isTouched: byUnits,
    judge: ofUnit((_sight, _unit, { heard, silentSince }) => {
      if (heard === undefined || silentSince !== undefined) return 'unsure'
      return heard.status.includes(word) ? 'holds' : 'over'
    }),
    summary: (_sight, ups) => summary(ups),
    why: ({ state }, ups) => `Its status is ${state.upsNow[ups]?.heard?.status.join(' ') ?? ''}.${leftOf(state, ups)}`,
    end: () => end,
  }
}

function ofHost(judge: (host: HostProgress) => Judgement): Condition['judge'] {
  return ({ state }, name) => {
    const host = liveOutage(state)?.hosts[name]
    return host === undefined ? 'over' : judge(host)
  }
}

function carriedBy(state: State, unit: string): string {
  const hosts = state.policy.ups?.hosts.filter(({ units }) => units.includes(unit)).map(({ host }) => host) ?? []
  return hosts.length === 0 ? 'none of our hosts' : list(hosts)
}

function leftOf(state: State, unit: string): string {
  const { chargePercent, runtimeMs } = state.upsNow[unit]?.heard ?? {}
  const parts = [
    ...(chargePercent === undefined ? [] : [`${Math.round(chargePercent)} % charge`]),
    ...(runtimeMs === undefined ? [] : [`${spell(runtimeMs)} by its own reckoning`]),
  ]
  return parts.length === 0 ? '' : ` Left: ${list(parts)}.`
}

function told({ draft }: Sight, code: HappeningCode, host?: string): string | undefined {
  return draft.told.findLast((each) => each.code === code && each.host === host)?.sentence
}
