import type { HappeningCode } from '../../codes.ts'
import { list, spell } from '../../phrase.ts'
import { type Intent, outletKey } from '../../power/types.ts'
import { reached } from '../../time.ts'
import { type Condition, isRaised, nameOf, wordOf } from './condition.ts'
import type { Sight } from './sight.ts'
import type { ConditionName } from './table.ts'

/** Before the subject of an outlet that is owed an ON but has no plan: its device is not configured any more. */
export const ORPHAN = 'orphan:'
/** How long an overdue ON is tried before everybody is called: most are done within seconds. */
const OVERDUE_SLACK_MS = 60_000
/** What tells how a plan ended. */
const ENDINGS: readonly HappeningCode[] = [
  'cycle-done',
  'cycle-failed',
  'cycle-abandoned',
  'switched-on',
  'claim-made',
  'cycle-fallback',
]

type OfPlans = Extract<ConditionName, 'ProxmoxPowerCycle' | 'ProxmoxOutletNotOn'>

export const planConditions: Record<OfPlans, Condition> = {
  ProxmoxPowerCycle: {
    isTouched: (before, after) => before.intents !== after.intents,
    judge: (sight, target) => {
      const plan = sight.planFor(target)
      return plan !== undefined && isCycle(plan) && hasCut(plan) ? 'holds' : 'over'
    },
    // It has to read well when it is over, too.
    summary: (_sight, target) => `Power cycle of ${nameOf(target)}`,
    why(sight, target) {
      const plan = sight.planFor(target)
      if (plan === undefined) return ''
      const { state } = sight
      const cycles = plan.purpose === 'recovery' ? state.hosts[target]?.outage?.cycles : undefined
      const count = cycles === undefined ? '' : ` (cycle ${cycles} of ${state.policy.maxCyclesPerOutage})`
      return `Outlet ${outletsOf(plan)} is being turned off for ${spell(plan.holdMs)}${count}${orderOf(sight, plan)}: ${plan.reason}.`
    },
    end(sight, target) {
      const word = lastWord(sight, target) ?? `The power cycle of ${nameOf(target)} is over.`
      const early = Object.values(sight.before.intents).find((plan) => plan.target === target)?.aborted
      return early === undefined ? word : `${word} It was ended early: ${early.sentence}`
    },
  },
  ProxmoxOutletNotOn: {
    isTouched: (before, after) => before.intents !== after.intents || before.devicesNow !== after.devicesNow,
    judge(sight, subject, record) {
      if (subject.startsWith(ORPHAN)) return isRaised(record) && !isOn(sight, subject) ? 'holds' : 'over'
      const plan = sight.planFor(subject)
      return plan !== undefined && isNotOn(sight, plan) ? 'holds' : 'over'
    },
    summary(_sight, subject) {
      if (!subject.startsWith(ORPHAN)) return `${nameOf(subject)} cannot be turned on: go there`
      const key = subject.slice(ORPHAN.length)
      return key === ''
        ? 'An outlet that we turned off may still be off: go there'
        : `Outlet ${key} is owed an ON: go there`
    },
    why(sight, subject, record) {
      if (subject.startsWith(ORPHAN)) return wordOf(record)
      const plan = sight.planFor(subject)
      if (plan === undefined) return ''
      const off = plan.legs.filter(({ step }) => step !== 'on')
      const why = off.find(({ lastError }) => lastError !== undefined)?.lastError?.sentence ?? 'It stays off.'
      const since = plan.turningOnSince === undefined ? '' : ` for ${spell(sight.sinceMs(plan.turningOnSince))}`
      return `We turned off outlet ${list(off.map(({ ref }) => outletKey(ref)))} and have tried to turn it on${since}: ${why} It is tried for ever. Turn it on by hand.`
    },
    end(sight, subject) {
      if (subject.startsWith(ORPHAN)) return 'Nothing is owed an ON any more, as far as the watchdog can see.'
      const plan = sight.planFor(subject)
      if (plan?.kind === 'off') return `${nameOf(subject)} is to stay off now, on order: ${plan.reason}.`
      return lastWord(sight, subject) ?? `Every outlet of ${nameOf(subject)} is verified on.`
    },
  },
}

/** A plan that was made from a breadcrumb only turns on. */
export function isCycle({ kind, claim }: Intent): boolean {
  return kind === 'cycle' && !claim.id.startsWith('breadcrumb:')
}

/** From the decision on in which an OFF of it is written down. */
export function hasCut({ legs }: Intent): boolean {
  for (const { offCommittedAt } of legs) if (offCommittedAt !== undefined) return true
  return false
}

/** Its ON fails, or an outlet of it is off for longer than was promised when it was cut. */
export function isNotOn(sight: Sight, plan: Intent): boolean {
  if (plan.barrier !== 'all-on' && plan.barrier !== 'stuck') return false
  if (plan.onFailedTold === true || plan.barrier === 'stuck') return true
  if (plan.mustBeOnBy === undefined || plan.turningOnSince === undefined || !hasCut(plan)) return false
  if (!reached(plan.mustBeOnBy, sight.now)) return false
  const leftMs = OVERDUE_SLACK_MS - sight.sinceMs(plan.turningOnSince)
  if (leftMs > 0) sight.draft.wakeIn(leftMs)
  return leftMs <= 0
}

function isOn(sight: Sight, subject: string): boolean {
  const [device = '', ...outlet] = subject.slice(ORPHAN.length).split('/')
  const now = sight.state.devicesNow[device]
  return now?.identityOk === true && now.readings[outlet.join('/')]?.state === 'on'
}

function outletsOf({ legs }: Intent): string {
  return list(legs.map(({ ref }) => outletKey(ref)))
}

function orderOf({ state }: Sight, plan: Intent): string {
  if (plan.purpose === 'recovery') return ''
  return `, on order of ${state.claims[plan.claim.id]?.by ?? plan.purpose}`
}

/** What this decision told about how a plan for the target ended. */
function lastWord({ draft }: Sight, target: string): string | undefined {
  return draft.told.findLast(({ host, code }) => host === target && ENDINGS.includes(code))?.sentence
}
