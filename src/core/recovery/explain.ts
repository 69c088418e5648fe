import type { GuardCode } from '../codes.ts'
import type { Evidence, Verdict } from '../evidence/types.ts'
import { spell } from '../phrase.ts'
import type { HostPolicy } from '../policy.ts'
import { hostOf, intentOn } from '../power/arbiter.ts'
import { type Intent, outletKey } from '../power/types.ts'
import { recordOf, roundOf } from '../state/initial.ts'
import type { State } from '../state/types.ts'
import { type At, elapsedMs, later } from '../time.ts'
import { refusalsFor, wordOfEveryGuard } from './guards/evaluate.ts'
import { type SilentHosts, silentHosts } from './guards/storm.ts'

/** Why a host stands where it stands, what holds, and what happens next. */
export type Explanation = {
  readonly host: string
  readonly verdict: Verdict
  readonly sentence: string
  readonly evidence: readonly Evidence[]
  readonly guards: readonly { readonly code: GuardCode; readonly holds: boolean; readonly sentence: string }[]
  readonly next: { readonly sentence: string; readonly at?: At }
}

/** A state outside of a decision never changes: whoever explains each host of it counts once. */
const counted = new WeakMap<State, SilentHosts>()

function silentIn(state: State): SilentHosts {
  const silent = counted.get(state) ?? silentHosts(state)
  counted.set(state, silent)
  return silent
}

/** Undefined where no such host is configured. */
export function explainHost(state: State, name: string, now: At): Explanation | undefined {
  const host = hostOf(state, name)
  if (host === undefined) return undefined
  const seen = state.hostsNow[name]
  return {
    host: name,
    verdict: seen?.verdict ?? 'unknown',
    sentence: describeVerdict(state, host, now),
    evidence: Object.values(seen?.latest ?? {}),
    guards: wordOfEveryGuard(state, host, 'recovery', now, intentOn(state, name), silentIn(state)),
    next: whatNext(state, host, now),
  }
}

function describeVerdict(state: State, host: HostPolicy, now: At): string {
  const seen = state.hostsNow[host.name]
  const outage = recordOf(state, host.name).outage
  if (seen === undefined) return `${host.name} has not been probed yet.`
  const since = spell(elapsedMs(seen.verdictSince, now))
  const failing = seen.failures > 0 ? `, silent for ${seen.failures} rounds` : ''
  const cycles =
    outage === undefined ? '' : `, ${outage.cycles} of ${state.policy.maxCyclesPerOutage} power cycles in this outage`
  return `${host.name} is ${seen.verdict} since ${since}${failing}${cycles}.`
}

function whatNext(state: State, host: HostPolicy, now: At): Explanation['next'] {
  const intent = intentOn(state, host.name)
  if (intent !== undefined) return nextOfPlan(intent, now)
  const seen = state.hostsNow[host.name]
  const { failureThreshold, intervalMs } = state.policy
  const nextRound = later(roundOf(state).at, intervalMs)
  if (seen === undefined || seen.verdict === 'unknown')
    return { sentence: 'The next round asks it again.', at: nextRound }
  if (seen.verdict === 'up' && seen.failures === 0) {
    const record = recordOf(state, host.name)
    if (record.outage === undefined || seen.healthySince === undefined) return { sentence: 'Nothing: it is well.' }
    const at = later(seen.healthySince, state.policy.clearAfterHealthyMs)
    return { sentence: 'Its cycle counter is cleared if it stays well.', at }
  }
  if (seen.verdict === 'up') {
    const left = failureThreshold - seen.failures
    return {
      sentence: `It counts as down after ${left} more silent rounds.`,
      at: later(roundOf(state).at, left * intervalMs),
    }
  }
  const refusals = refusalsFor(state, host, 'recovery', now, undefined, silentIn(state))
  if (refusals.length === 0) return { sentence: 'It is power-cycled.', at: now }
  const codes = refusals.map(({ code }) => code).join(', ')
  return { sentence: `It is not power-cycled while this holds: ${codes}. Every round asks again.`, at: nextRound }
}

function nextOfPlan(intent: Intent, now: At): Explanation['next'] {
  const outlets = intent.legs.map(({ ref }) => outletKey(ref)).join(', ')
  switch (intent.barrier) {
    case 'checking':
      return {
        sentence: `Plan ${intent.id}: the host and outlet ${outlets} are asked once more before anything is switched.`,
      }
    case 'all-off':
      return { sentence: `Plan ${intent.id}: outlet ${outlets} is being turned off.` }
    case 'holding': {
      const at = intent.allOffAt === undefined ? now : later(intent.allOffAt, intent.holdMs)
      return { sentence: `Plan ${intent.id}: outlet ${outlets} is off and is turned on when the hold ends.`, at }
    }
    case 'all-on':
    case 'stuck': {
      const error = intent.legs.find(({ lastError }) => lastError !== undefined)?.lastError
      const trouble = error === undefined ? '' : ` Last trouble: ${error.sentence}`
      return { sentence: `Plan ${intent.id}: outlet ${outlets} is being turned on.${trouble}` }
    }
  }
}
