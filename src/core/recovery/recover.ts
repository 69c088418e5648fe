import type { Refusal } from '../codes.ts'
import { nowOf } from '../evidence/observe.ts'
import { list, spell } from '../phrase.ts'
import type { HostPolicy } from '../policy.ts'
import { arbitrateTarget, intentOn } from '../power/arbiter.ts'
import { claimsOn, makeClaim } from '../power/claims.ts'
import { offOnPurposeIn } from '../power/outlets.ts'
import type { Draft } from '../state/draft.ts'
import { recordOf, roundOf } from '../state/initial.ts'
import { sinceMs } from '../state/since.ts'
import type { HostNow, Outage } from '../state/types.ts'
import { type At, elapsedMs } from '../time.ts'
import { refusalsFor } from './guards/evaluate.ts'
import { cyclesInADay } from './guards/power.ts'
import { type SilentHosts, silentHosts } from './guards/storm.ts'
import { watchStorms } from './storms.ts'
import { watchVerification } from './verification.ts'

/** A recovery claim that nobody carries out lapses after this: it must not act on old evidence. */
const CLAIM_TTL_MS = 120_000
const LONGEST_WAIT_ROUNDS = 16

/** Outages, their ends, and the wish to cycle what is dead. Guards decide; this only asks them and tells. */
export function recover(draft: Draft): void {
  watchStorms(draft)
  const isOffOnPurpose = offOnPurposeIn(draft.state)
  const silent = silentHosts(draft.state)
  for (const host of draft.state.policy.hosts) {
    const now = draft.state.hostsNow[host.name]
    if (now === undefined) continue
    watchVerification(draft, host, now)
    if (isOffOnPurpose(host)) continue
    if (now.verdict === 'down' || now.verdict === 'wedged') considerDead(draft, host, now, silent)
    else if (now.verdict === 'up') considerAlive(draft, host, now)
  }
}

function considerAlive(draft: Draft, host: HostPolicy, now: HostNow): void {
  if (now.refusals.length > 0 || now.refusedSince !== undefined || now.abandoned !== undefined) {
    draft.put('hostsNow', host.name, {
      ...now,
      refusals: [],
      refusedSince: undefined,
      heldTold: undefined,
      abandoned: undefined,
    })
  }
  const record = draft.state.hosts[host.name]
  if (record === undefined || now.failures > 0) return
  if (
    record.bootGraceUntil !== undefined &&
    livesSinceOn(host, record.bootGraceUntil, now) &&
    record.verifying === undefined &&
    intentOn(draft.state, host.name) === undefined
  ) {
    draft.putRecord(host.name, { bootGraceUntil: undefined })
  }
  if (record.outage === undefined && record.lockout === undefined) return
  if (record.outage !== undefined && record.outage.recoveredAt === undefined) {
    draft.putRecord(host.name, { outage: { ...record.outage, recoveredAt: draft.now } })
    const ms = sinceMs(draft.state, record.outage.startedAt, draft.now)
    draft.tell('host-recovered', `${host.name} answers again after ${spell(ms)} (${cycles(record.outage)}).`, {
      host: host.name,
    })
  }
  closeOutage(draft, host, now)
}

/** Life from before the ON says nothing: the host may have lost its power since. */
function livesSinceOn(host: HostPolicy, graceUntil: At, { lastLifeAt }: HostNow): boolean {
  if (lastLifeAt === undefined) return false
  return lastLifeAt.bootId !== graceUntil.bootId || lastLifeAt.monoMs > graceUntil.monoMs - host.bootGraceMs
}

/** Only sustained health ends an outage and its lockout: one good answer proves little. */
function closeOutage(draft: Draft, host: HostPolicy, now: HostNow): void {
  const needMs = draft.state.policy.clearAfterHealthyMs
  if (now.healthySince === undefined) return
  const healthyMs = elapsedMs(now.healthySince, draft.now)
  if (healthyMs < needMs) return draft.wakeIn(needMs - healthyMs)
  const locked = recordOf(draft.state, host.name).lockout !== undefined
  draft.putRecord(host.name, { outage: undefined, lockout: undefined })
  draft.tell(
    'outage-closed',
    `${host.name} has been healthy for ${spell(healthyMs)}: its cycle counter${locked ? ' and its lockout are' : ' is'} cleared.`,
    { host: host.name },
  )
}

function cycles(outage: Outage): string {
  return outage.cycles === 1 ? '1 power cycle' : `${outage.cycles} power cycles`
}

function considerDead(draft: Draft, host: HostPolicy, now: HostNow, silent: SilentHosts): void {
  openOutage(draft, host, now)
  if (intentOn(draft.state, host.name) !== undefined) return
  const refusals = reachLimit(draft, host, refusalsFor(draft.state, host, 'recovery', draft.now, undefined, silent))
  noteRefusals(draft, host, nowOf(draft, host.name), refusals)
  if (refusals.length === 0) return tryCycle(draft, host, now)
  if (refusals.length === 1 && refusals[0]?.code === 'dry-run') tellWouldCycle(draft, host)
}

function openOutage(draft: Draft, host: HostPolicy, now: HostNow): void {
  const { outage } = recordOf(draft.state, host.name)
  if (outage === undefined) {
    draft.putRecord(host.name, {
      outage: {
        id: draft.newId('outage'),
        startedAt: now.verdictSince,
        verdict: now.verdict,
        cycles: 0,
        wouldCycles: 0,
      },
    })
  } else if (outage.recoveredAt !== undefined || outage.verdict !== now.verdict) {
    draft.putRecord(host.name, { outage: { ...outage, verdict: now.verdict, recoveredAt: undefined } })
  }
}

/**
 * The limit is reached and the last cycle's boot grace over: stop, lock, and call a person. Answers the refusals as they
 * are then.
 */
function reachLimit(draft: Draft, host: HostPolicy, refusals: readonly Refusal[]): readonly Refusal[] {
  const codes = refusals.map(({ code }) => code)
  const record = recordOf(draft.state, host.name)
  if (!codes.includes('cycle-limit') || codes.includes('boot-grace') || record.lockout !== undefined) return refusals
  const { maxCyclesPerOutage } = draft.state.policy
  const inOutage = record.outage?.cycles ?? 0
  const tried =
    inOutage >= maxCyclesPerOutage
      ? `after ${inOutage} power cycles`
      : `for good with ${cyclesInADay(draft.state, record, draft.now)} power cycles within a day`
  const sentence = `${host.name} did not come back ${tried}; it is left alone until a person clears the lockout.`
  draft.putRecord(host.name, { lockout: { at: draft.now, sentence } })
  draft.tell('cycle-limit', sentence, { host: host.name })
  return refusals.map((refusal) => (refusal.code === 'cycle-limit' ? { ...refusal, sentence } : refusal))
}

function noteRefusals(draft: Draft, host: HostPolicy, now: HostNow, refusals: readonly Refusal[]): void {
  const codes = refusals.map(({ code }) => code)
  const changed = codes.join() !== now.refusals.map(({ code }) => code).join()
  const silentHold = codes.length > 0 && codes.every((code) => code === 'unmapped' || code === 'dry-run')
  // A plan that is given up again and again is a hold as well: only cutting, or life, ends it.
  const held = codes.length > 0 || now.abandoned !== undefined
  const refusedSince = silentHold ? undefined : (now.refusedSince ?? (held ? draft.now : undefined))
  const heldMs = refusedSince === undefined ? 0 : elapsedMs(refusedSince, draft.now)
  const loud = held && now.heldTold !== true && heldMs >= draft.state.policy.heldAlertAfterMs
  if (changed || loud || refusedSince !== now.refusedSince) {
    draft.put('hostsNow', host.name, { ...now, refusals, refusedSince, heldTold: loud || now.heldTold })
  }
  const about = { host: host.name, guards: codes }
  const givenUp = now.abandoned === undefined ? '' : `The last plan was given up: ${now.abandoned.sentence}`
  const why = refusals.length === 0 ? givenUp : refusals.map(({ sentence }) => sentence).join(' ')
  if (changed && refusals.length > 0) draft.tell('refused', `${host.name} is not power-cycled now: ${why}`, about)
  if (loud) draft.tell('recovery-held', `${host.name} has been dead and held back for ${spell(heldMs)}: ${why}`, about)
  if (refusedSince !== undefined && heldMs < draft.state.policy.heldAlertAfterMs) {
    draft.wakeIn(draft.state.policy.heldAlertAfterMs - heldMs)
  }
}

/** After a plan that was given up the next one waits: a round at first, then longer and longer. */
function tryCycle(draft: Draft, host: HostPolicy, now: HostNow): void {
  if (now.abandoned !== undefined) {
    const rounds = Math.min(2 ** (now.abandoned.times - 1), LONGEST_WAIT_ROUNDS)
    const leftMs = rounds * draft.state.policy.intervalMs - elapsedMs(now.abandoned.at, draft.now)
    if (leftMs > 0) return draft.wakeIn(leftMs)
  }
  claimCycle(draft, host, now)
}

function claimCycle(draft: Draft, host: HostPolicy, now: HostNow): void {
  if (claimsOn(draft.state, host.name).some(({ purpose, goal }) => purpose === 'recovery' && goal === 'cycle')) return
  const rounds = Math.max(now.failures, now.wedgedRounds)
  const round = roundOf(draft.state)
  const storm = round.storms[host.cluster] !== undefined
  if (storm) {
    draft.putRound({ stormCanary: { host: host.name, at: draft.now } })
    draft.tell('storm-canary', `The storm lasts while the reference targets are well: ${host.name} is tried.`, {
      host: host.name,
    })
  }
  makeClaim(draft, {
    target: host.name,
    purpose: 'recovery',
    by: 'recovery',
    reason: `${host.name} is ${now.verdict}, no life in ${rounds} rounds`,
    goal: 'cycle',
    blocks: [],
    until: { renewedAt: draft.now, ttlMs: host.offHoldMs + host.bootGraceMs + CLAIM_TTL_MS },
  })
  // At once, so that the next host sees that one is in flight.
  arbitrateTarget(draft, host.name)
}

/** Told once, and again when the cycle that would have run would have ended without success. */
function tellWouldCycle(draft: Draft, host: HostPolicy): void {
  const { outage } = recordOf(draft.state, host.name)
  if (outage === undefined || outage.wouldCycles >= draft.state.policy.maxCyclesPerOutage) return
  const again = host.offHoldMs + host.bootGraceMs
  if (outage.wouldCycleAt !== undefined && sinceMs(draft.state, outage.wouldCycleAt, draft.now) < again) return
  const wouldCycles = outage.wouldCycles + 1
  draft.putRecord(host.name, { outage: { ...outage, wouldCycles, wouldCycleAt: draft.now } })
  const outlets = (host.levels[0] ?? []).map(({ device, outlet }) => `${device}/${outlet}`)
  draft.tell(
    'cycle-would-begin',
    `DRY RUN: ${host.name} would be power-cycled now by outlet ${list(outlets)} (off for ${spell(host.offHoldMs)}), cycle ${wouldCycles} of ${draft.state.policy.maxCyclesPerOutage} in this outage. Nothing was switched.`,
    { host: host.name },
  )
}
