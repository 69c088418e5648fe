import { list, spell } from '../../phrase.ts'
import { STUCK_AFTER_MS } from '../../recovery/guards/power.ts'
import type { Draft } from '../../state/draft.ts'
import { type At, elapsedMs, later, reached } from '../../time.ts'
import { hostOf } from '../arbiter.ts'
import { endClaim } from '../claims.ts'
import { hostsOn } from '../outlets.ts'
import { type Intent, type Leg, outletKey } from '../types.ts'
import { fallBack } from './checking.ts'
import { backoffMs, issue, putIntent, putLeg, TIMER_SLACK_MS } from './command.ts'

/** After an ON the outlet is read again this much later, and not before an OFF could no longer land. */
const SETTLE_MS = 2_000
const ON_BACKOFF_MAX_MS = 60_000
/** Failures of the ON before it is told as the loudest alert there is. */
const LOUD_AFTER_TRIES = 3
const DISARM_TRIES = 2

/** Every leg to a verified ON. No guard is asked but the identity of the device; it is retried for ever. */
export function stepAllOn(draft: Draft, intent: Intent): void {
  const since = intent.turningOnSince ?? draft.now
  if (intent.turningOnSince === undefined) putIntent(draft, intent.id, { turningOnSince: since })
  for (const index of intent.legs.keys()) {
    const current = draft.state.intents[intent.id]
    if (current !== undefined) stepLeg(draft, current, index)
  }
  const current = draft.state.intents[intent.id]
  if (current === undefined) return
  if (current.legs.every(isDone)) return finish(draft, current)
  tellTrouble(draft, current, since)
}

function isDone(leg: Leg): boolean {
  return leg.step === 'on' && leg.command === undefined && !needsDisarm(leg)
}

function needsDisarm({ timerArmed, attempts }: Leg): boolean {
  return timerArmed === 'yes' && attempts < DISARM_TRIES
}

function stepLeg(draft: Draft, intent: Intent, index: number): void {
  const leg = intent.legs[index] as Leg
  if (leg.command !== undefined) return
  if (leg.nextAt !== undefined && !reached(leg.nextAt, draft.now)) return draft.wakeBy(leg.nextAt)
  if (leg.step === 'on') {
    // The timer inside the device has served. Where it cannot be disarmed it may fire: it can only turn on what is on.
    if (needsDisarm(leg)) issue(draft, intent, index, 'disarm')
    return
  }
  if (leg.identityOk !== true) return issue(draft, intent, index, 'identify')
  issue(draft, intent, index, leg.step === 'settling' ? 'read' : 'on')
}

/** The device says that it turned the outlet on: believed only after a second look. */
export function onAcknowledged(draft: Draft, intent: Intent, index: number): void {
  const leg = intent.legs[index] as Leg
  const soonest = later(draft.now, SETTLE_MS)
  const mayLand = leg.offMayLandUntil
  const at = mayLand === undefined || reached(mayLand, soonest) ? soonest : sameBoot(mayLand, soonest)
  putLeg(draft, intent.id, index, { step: 'settling', nextAt: at, onSentAt: draft.now })
  draft.wakeBy(at)
}

function sameBoot(mayLand: At, fallback: At): At {
  return mayLand.bootId === fallback.bootId ? later(mayLand, SETTLE_MS) : fallback
}

export function onWasRead(draft: Draft, intent: Intent, index: number, state: 'on' | 'off' | 'unknown'): void {
  if (state !== 'on') return onFailed(draft, intent, index)
  putLeg(draft, intent.id, index, { step: 'on', offMayLandUntil: undefined, attempts: 0, nextAt: undefined })
  draft.wakeIn(0)
}

export function onFailed(draft: Draft, intent: Intent, index: number): void {
  const leg = intent.legs[index] as Leg
  const waitMs = backoffMs(leg.attempts, ON_BACKOFF_MAX_MS)
  putLeg(draft, intent.id, index, { step: 'turning-on', identityOk: undefined, nextAt: later(draft.now, waitMs) })
  draft.wakeIn(waitMs)
}

function tellTrouble(draft: Draft, intent: Intent, since: At): void {
  const overdueMs = elapsedMs(since, draft.now)
  const failing = intent.legs.filter(({ step, attempts }) => step !== 'on' && attempts > 2 * LOUD_AFTER_TRIES)
  const about = { host: intent.target, intent: intent.id }
  if (failing.length > 0 && intent.onFailedTold !== true) {
    const outlets = list(failing.map(({ ref }) => outletKey(ref)))
    const why = failing[0]?.lastError?.sentence ?? 'it stays off'
    draft.tell(
      'on-failed',
      `Outlet ${outlets} of ${intent.target} cannot be turned on: ${why} It is tried for ever. Go there.`,
      about,
    )
    putIntent(draft, intent.id, { onFailedTold: true })
  }
  if (intent.barrier === 'stuck') return
  if (overdueMs < STUCK_AFTER_MS) return draft.wakeIn(STUCK_AFTER_MS - overdueMs)
  putIntent(draft, intent.id, { barrier: 'stuck' })
  draft.tell(
    'on-overdue',
    `${intent.target} should have been turned on ${spell(overdueMs)} ago. It is tried for ever. Go there.`,
    about,
  )
}

/** Everything is on and was seen on twice: the plan is done. */
function finish(draft: Draft, intent: Intent): void {
  const cut = intent.legs.some(({ offCommittedAt }) => offCommittedAt !== undefined)
  const about = { host: intent.target, intent: intent.id }
  draft.put('intents', intent.id, undefined)
  draft.effect({ kind: 'breadcrumb-remove', intent: intent.id })
  for (const leg of intent.legs) {
    if (leg.offCommittedAt === undefined && intent.kind !== 'on') continue
    const key = outletKey(leg.ref)
    const timerUntil = leg.timerArmed === 'yes' ? (leg.deviceTimerAt ?? latestTimer(draft, intent)) : undefined
    draft.put('outlets', key, { key, lastState: 'on', ...(timerUntil === undefined ? {} : { timerUntil }) })
  }
  tellFinish(draft, intent, about)
  draft.wakeIn(0)
  // An outlet that never went off cost the host nothing: the next level may try at once.
  if (intent.aborted?.code === 'off-failed' && fallBack(draft, intent, intent.aborted.sentence)) return
  endClaim(draft, intent.claim.id)
  // By outlet: what boots now may have been given another name meanwhile.
  const fed = cut || intent.kind === 'on' ? intent.legs.flatMap(({ ref }) => hostsOn(draft.state, ref)) : []
  for (const { name, bootGraceMs } of fed) draft.putRecord(name, { bootGraceUntil: later(draft.now, bootGraceMs) })
  const host = hostOf(draft.state, intent.target)
  if (host !== undefined && (cut || intent.kind === 'on')) {
    draft.putRecord(host.name, {
      bootGraceUntil: later(draft.now, host.bootGraceMs),
      ...(intent.verifiesMapping === true && intent.aborted === undefined
        ? {
            verifying: {
              intent: intent.id,
              sawSilence: intent.sawSilence === true,
              since: draft.now,
              until: later(draft.now, host.bootGraceMs),
            },
          }
        : {}),
    })
  }
  if (intent.kind === 'cycle' && cut) draft.putMeta({ lastCycleEndedAt: draft.now })
}

/** A timer of which it is not known when it was armed has fired by then. */
function latestTimer(draft: Draft, intent: Intent): At {
  return later(draft.now, intent.holdMs + 2 * TIMER_SLACK_MS)
}

function tellFinish(draft: Draft, intent: Intent, about: { host: string; intent: string }): void {
  const outlets = list(intent.legs.map(({ ref }) => outletKey(ref)))
  if (intent.kind !== 'on' && intent.legs.every(({ offCommittedAt }) => offCommittedAt === undefined)) {
    draft.tell('cycle-abandoned', `The ${intent.kind} of ${intent.target} is given up, nothing was switched.`, about)
  } else if (intent.kind === 'cycle' && intent.aborted === undefined) {
    const host = hostOf(draft.state, intent.target)
    const grace = host === undefined ? '' : ` It has ${spell(host.bootGraceMs)} to boot.`
    draft.tell('cycle-done', `Outlet ${outlets} of ${intent.target} is verified on.${grace}`, about)
  } else if (intent.aborted?.code === 'off-failed' || intent.aborted?.code === 'off-unverified') {
    draft.tell(
      'cycle-failed',
      `${intent.target} could not be switched off; outlet ${outlets} is verified on. ${intent.aborted.sentence}`,
      about,
    )
  } else {
    draft.tell('switched-on', `Outlet ${outlets} of ${intent.target} is verified on.`, about)
  }
}
