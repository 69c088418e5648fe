import { list } from '../phrase.ts'
import type { HostPolicy } from '../policy.ts'
import { levelFor } from '../recovery/level.ts'
import type { Draft } from '../state/draft.ts'
import type { State } from '../state/types.ts'
import { later } from '../time.ts'
import { describeClaim, endClaim, winnerOf } from './claims.ts'
import { deviceOf } from './outlets.ts'
import { type Claim, type DeviceRef, type Intent, type Leg, outletKey } from './types.ts'

/** Targets that are bare outlets carry this before `DEVICE/OUTLET`. */
export const OUTLET = 'outlet:'

/** For each target somebody wishes something about: let the winning claim have, or change, the plan. */
export function arbitrate(draft: Draft): void {
  const targets = new Set<string>()
  for (const { target, goal } of Object.values(draft.state.claims)) {
    if (goal !== 'hands-off') targets.add(target)
  }
  for (const { target } of Object.values(draft.state.intents)) targets.add(target)
  for (const target of targets) arbitrateTarget(draft, target)
  returnWhatIsOff(draft)
}

export function arbitrateTarget(draft: Draft, target: string): void {
  const winner = winnerOf(draft.state, target)
  const live = intentOn(draft.state, target)
  if (live !== undefined) {
    steer(draft, live, winner)
    return
  }
  if (winner === undefined) return
  if (winner.goal === 'off' && isOff(draft.state, winner)) return
  begin(draft, winner)
}

/** A live plan follows the wish that counts now, but never leaves a host half way. */
function steer(draft: Draft, intent: Intent, winner: Claim | undefined): void {
  if (winner?.id === intent.claim.id) return
  const own = draft.state.claims[intent.claim.id]
  if (winner !== undefined && (own === undefined || winner.purpose !== own.purpose || winner.goal !== own.goal)) {
    if (winner.goal === 'off') return convert(draft, intent, 'off', winner)
    if (winner.goal === 'on' && intent.kind === 'off') return convert(draft, intent, 'on', winner)
    if (winner.goal === 'on' && intent.kind === 'cycle')
      return endEarly(draft, intent, 'outranked', describeClaim(winner))
  }
  if (own !== undefined || intent.barrier === 'all-on' || intent.barrier === 'stuck') return
  endEarly(draft, intent, 'claim-ended', `The wish behind it has ended: ${intent.reason}.`)
}

function endEarly(draft: Draft, intent: Intent, code: string, sentence: string): void {
  if (intent.aborted === undefined) draft.put('intents', intent.id, { ...intent, aborted: { code, sentence } })
}

/** The stronger wish replaces what comes next; what was already done to the outlets stays known. */
function convert(draft: Draft, intent: Intent, kind: 'off' | 'on', claim: Claim): void {
  if (kind === 'off' && subjectOf(draft.state, intent.target)?.mappingHash !== intent.mappingHash) {
    // These outlets are not the target's any more: they end on, and a plan of its own turns the right ones off.
    return endEarly(draft, intent, 'outranked', describeClaim(claim))
  }
  // A cycle is a wish for once: what has taken its place does not hand back to it.
  if (draft.state.claims[intent.claim.id]?.goal === 'cycle') endClaim(draft, intent.claim.id)
  const backToOff = kind === 'off' && (intent.barrier === 'all-on' || intent.barrier === 'stuck')
  draft.put('intents', intent.id, {
    ...intent,
    kind,
    purpose: claim.purpose,
    reason: claim.reason,
    claim: { id: claim.id, revision: claim.revision },
    aborted: undefined,
    finalProbe: undefined,
    verifiesMapping: undefined,
    overridesProtected: claim.overridesProtected,
    turningOnSince: undefined,
    onFailedTold: undefined,
    mustBeOnBy: kind === 'off' ? undefined : intent.mustBeOnBy,
    barrier: kind === 'on' ? 'all-on' : backToOff ? 'all-off' : intent.barrier,
    legs: intent.legs.map((leg): Leg => {
      const restart = { ...leg, identityOk: undefined, attempts: 0, nextAt: undefined }
      if (kind === 'on') return { ...restart, step: 'turning-on' }
      if (backToOff) return { ...restart, step: 'turning-off', offMayLandUntil: undefined }
      // An OFF that is to last has no use for the timer inside the device.
      return leg.step === 'arming' ? { ...leg, step: 'turning-off', attempts: 0, nextAt: undefined } : leg
    }),
  })
  draft.tell('claim-made', `${describeClaim(claim)} takes over the plan for ${intent.target}.`, {
    intent: intent.id,
    host: intent.target,
  })
}

export function intentOn(state: State, target: string): Intent | undefined {
  return Object.values(state.intents).find((intent) => intent.target === target)
}

export function hostOf(state: State, target: string): HostPolicy | undefined {
  return state.policy.hosts.find(({ name }) => name === target)
}

/** What the guards are asked about: a host, or a bare outlet in the shape of a host without probes. */
export function subjectOf(state: State, target: string): HostPolicy | undefined {
  if (!target.startsWith(OUTLET)) return hostOf(state, target)
  return {
    name: target,
    address: '',
    cluster: '',
    channels: [],
    levels: [[refOf(target.slice(OUTLET.length))]],
    mappingHash: target,
    runsHere: false,
    offHoldMs: state.policy.offHoldMs,
    bootGraceMs: 0,
    onWedged: 'alert',
  }
}

function isOff(state: State, claim: Claim): boolean {
  return Object.values(state.outlets).some(({ offOnPurpose }) => offOnPurpose?.claim === claim.id)
}

/** Writes the plan down. Nothing is sent to a device in this step. */
function begin(draft: Draft, claim: Claim): void {
  const subject = subjectOf(draft.state, claim.target)
  const level = subject === undefined ? 0 : (levelFor(draft.state, subject, 0) ?? 0)
  const off = claim.goal === 'on' ? offOutlets(draft.state, claim.target, subject) : []
  const refs = off.length > 0 ? off : (subject?.levels[level] ?? [])
  if (refs.length === 0) {
    endClaim(draft, claim.id)
    draft.tell('order-refused', `${claim.target} has no outlet that could be switched.`, { host: claim.target })
    return
  }
  planIntent(draft, claim, level, refs)
}

/** What is known to be off of a target's power, by us on purpose or by a person: that is what an ON is about. */
function offOutlets(state: State, target: string, subject: HostPolicy | undefined): DeviceRef[] {
  const own = new Set(subject?.levels.flat().map(outletKey))
  return Object.values(state.outlets)
    .filter(
      ({ key, offOnPurpose, personOffSince }) =>
        offOnPurpose?.target === target || (own.has(key) && (offOnPurpose ?? personOffSince) !== undefined),
    )
    .map(({ key }) => refOf(key))
}

function refOf(key: string): DeviceRef {
  const [device = '', ...outlet] = key.split('/')
  return { device, outlet: outlet.join('/') }
}

export function planIntent(draft: Draft, claim: Claim, level: number, refs: readonly DeviceRef[]): Intent {
  const host = subjectOf(draft.state, claim.target)
  const isAutomatic = claim.purpose === 'recovery' || claim.purpose === 'ups'
  const needsLook = (isAutomatic && claim.goal === 'cycle') || claim.verifiesMapping === true
  const intent: Intent = {
    id: draft.newId('plan'),
    target: claim.target,
    kind: claim.goal === 'off' ? 'off' : claim.goal === 'on' ? 'on' : 'cycle',
    purpose: claim.purpose,
    reason: claim.reason,
    level,
    outage: draft.state.hosts[claim.target]?.outage?.id,
    epoch: draft.state.meta.meta?.epoch ?? 0,
    claim: { id: claim.id, revision: claim.revision },
    mappingHash: host?.mappingHash ?? claim.target,
    legs: refs.map((ref) => newLeg(draft, claim, ref)),
    basis: [claim.reason],
    barrier: claim.goal === 'on' ? 'all-on' : 'checking',
    createdAt: draft.now,
    holdMs: claim.holdMs ?? host?.offHoldMs ?? 0,
    ...(needsLook ? { finalProbe: { askedAt: draft.now } } : {}),
    ...(claim.overridesProtected === true ? { overridesProtected: true } : {}),
    ...(claim.verifiesMapping === true ? { verifiesMapping: true } : {}),
  }
  draft.put('intents', intent.id, intent)
  if (needsLook) draft.effect({ kind: 'probe', hosts: [claim.target] })
  if (intent.kind === 'cycle') {
    draft.tell(
      'cycle-planned',
      `A power cycle of ${claim.target} is planned (outlet ${list(refs.map(outletKey))}): ${claim.reason}. Before anything is switched the host is asked once more.`,
      { host: claim.target, intent: intent.id },
    )
  }
  draft.wakeIn(0)
  return intent
}

function newLeg(draft: Draft, { goal }: Claim, ref: DeviceRef): Leg {
  const timerUntil = draft.state.outlets[outletKey(ref)]?.timerUntil
  const timer =
    timerUntil === undefined || goal !== 'off' ? {} : { timerArmed: 'yes' as const, deviceTimerAt: timerUntil }
  return { ref, step: goal === 'on' ? 'turning-on' : 'planned', attempts: 0, ...timer }
}

/** What one of our claims turned off on purpose is turned on again once that claim is gone. */
function returnWhatIsOff(draft: Draft): void {
  for (const outlet of Object.values(draft.state.outlets)) {
    const off = outlet.offOnPurpose
    if (off === undefined || draft.state.claims[off.claim] !== undefined) continue
    if (intentOn(draft.state, off.target) !== undefined || winnerOf(draft.state, off.target) !== undefined) continue
    if (deviceOf(draft.state, refOf(outlet.key).device) === undefined) {
      orphan(draft, outlet.key, off.by)
      continue
    }
    const claim: Claim = {
      id: draft.newId('claim'),
      revision: 1,
      target: off.target,
      purpose: 'operator',
      by: off.by,
      reason: 'the order to keep it off has ended',
      goal: 'on',
      blocks: [],
      until: { at: later(draft.now, ON_CLAIM_MS) },
      madeAt: draft.now,
    }
    draft.put('claims', claim.id, claim)
    begin(draft, claim)
  }
}

function orphan(draft: Draft, key: string, by: string): void {
  draft.put('outlets', key, undefined)
  draft.tell(
    'breadcrumb-orphaned',
    `Outlet ${key} was turned off by us on order of ${by}; that order has ended, but its device is not configured any more. Turn it on by hand.`,
    refOf(key),
  )
}

/** A wish to turn on is fulfilled by its plan, which retries for ever; the claim itself need not live as long. */
export const ON_CLAIM_MS = 3_600_000
