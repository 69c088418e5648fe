import type { Claim as ClaimView, Plan } from '../../api/plans.ts'
import type { Claim, Intent, Leg } from '../../core/power/types.ts'
import type { State } from '../../core/state/types.ts'
import { type At, later } from '../../core/time.ts'
import { futureOf, leftMs, maybe, pastOf } from './moments.ts'

/** We turned it off, it is to come back, and it is not verified on: the one thing that must never be forgotten. */
export function owesOn(intent: Intent, leg: Leg): boolean {
  return intent.kind !== 'off' && leg.offCommittedAt !== undefined && leg.step !== 'on'
}

export function plansOf(state: State, now: At): Plan[] {
  return Object.values(state.intents).map((intent) => planOf(intent, now))
}

export function planOf(intent: Intent, now: At): Plan {
  return {
    id: intent.id,
    target: intent.target,
    kind: intent.kind,
    purpose: intent.purpose,
    reason: intent.reason,
    barrier: intent.barrier,
    level: intent.level,
    basis: [...intent.basis],
    created: pastOf(intent.createdAt, now),
    holdMs: intent.holdMs,
    holdEnds: maybe(holdEnd(intent, now), (at) => futureOf(at, now)),
    mustBeOnBy: maybe(intent.mustBeOnBy, (at) => futureOf(at, now)),
    aborted: intent.aborted,
    verifiesMapping: intent.verifiesMapping === true,
    legs: intent.legs.map((leg) => ({
      device: leg.ref.device,
      outlet: leg.ref.outlet,
      step: leg.step,
      attempts: leg.attempts,
      state: leg.last?.state,
      watts: leg.last?.watts,
      owesOn: owesOn(intent, leg),
      deviceTimer: maybe(armedTimer(leg), (at) => futureOf(at, now)),
      lastError: leg.lastError,
    })),
  }
}

export function armedTimer(leg: Leg): At | undefined {
  return leg.timerArmed === 'yes' ? leg.deviceTimerAt : undefined
}

/** Whichever is sooner: the hold from the OFF, or a whole hold from when this process first saw it. */
function holdEnd(intent: Intent, now: At): At | undefined {
  const ends = [intent.allOffAt, intent.holdSeenAt]
    .filter((at) => at !== undefined)
    .map((at) => later(at, intent.holdMs))
    .sort((one, other) => leftMs(one, now) - leftMs(other, now))
  return intent.allOffAt === undefined ? undefined : ends[0]
}

export function claimOf(claim: Claim, now: At): ClaimView {
  const { until } = claim
  const end = until === 'release' ? undefined : 'at' in until ? until.at : later(until.renewedAt, until.ttlMs)
  return {
    id: claim.id,
    target: claim.target,
    purpose: claim.purpose,
    by: claim.by,
    reason: claim.reason,
    goal: claim.goal,
    blocks: [...claim.blocks],
    made: pastOf(claim.madeAt, now),
    ends: maybe(end, (at) => futureOf(at, now)),
    renewed: until !== 'release' && 'renewedAt' in until,
  }
}
