import { list, spell } from '../../phrase.ts'
import type { Draft } from '../../state/draft.ts'
import { later, reached } from '../../time.ts'
import { type Intent, type Leg, outletKey } from '../types.ts'
import { guardsFor } from './checking.ts'
import { issue, putIntent, putLeg, slowestMs, TIMER_SLACK_MS } from './command.ts'

const OFF_TRIES = 3
/** Between two looks at an outlet whose OFF may still land. */
export const LOOK_AGAIN_MS = 2_000

/** Every leg to a verified OFF; the guards are asked before each OFF that leaves. */
export function stepAllOff(draft: Draft, intent: Intent): void {
  if (intent.aborted !== undefined) return turnBack(draft, intent)
  for (const index of intent.legs.keys()) {
    const current = draft.state.intents[intent.id]
    if (current === undefined || current.aborted !== undefined) break
    stepLeg(draft, current, index)
  }
  const current = draft.state.intents[intent.id]
  if (current === undefined) return
  const aborted = current.aborted ?? onAgain(draft, current)
  if (aborted !== undefined) return turnBack(draft, { ...current, aborted })
  if (current.legs.every(({ step, command }) => step === 'off' && command === undefined)) allOff(draft, current)
}

/** Somebody, or the device itself, has undone an OFF that was verified: there is nothing left to hold. */
export function onAgain(draft: Draft, { legs }: Intent): Intent['aborted'] {
  for (const { ref, step, offConfirmedAt } of legs) {
    const device = draft.state.devicesNow[ref.device]
    const reading = device?.identityOk === false ? undefined : device?.readings[ref.outlet]
    if (step !== 'off' || reading?.state !== 'on' || offConfirmedAt === undefined) continue
    if (reading.at.bootId === offConfirmedAt.bootId && reading.at.monoMs <= offConfirmedAt.monoMs) continue
    return { code: 'switched-on', sentence: `Outlet ${outletKey(ref)} is on again, and we did not do it.` }
  }
  return undefined
}

function stepLeg(draft: Draft, intent: Intent, index: number): void {
  const leg = intent.legs[index] as Leg
  if (leg.command !== undefined || leg.step === 'off') return
  if (leg.nextAt !== undefined && !reached(leg.nextAt, draft.now)) return draft.wakeBy(leg.nextAt)
  if (leg.attempts >= OFF_TRIES) {
    const sentence = `Outlet ${outletKey(leg.ref)} could not be turned off: ${leg.lastError?.sentence ?? 'it stays on'}`
    return putIntent(draft, intent.id, { aborted: { code: 'off-failed', sentence } })
  }
  // After a restart, or where another wish took over, the device says again who it is.
  if (leg.identityOk !== true) return issue(draft, intent, index, 'identify')
  if (leg.step === 'arming') {
    return issue(draft, intent, index, 'arm', Math.ceil((intent.holdMs + TIMER_SLACK_MS) / 1000))
  }
  // An OFF is out whose effect is not known: look before anything else is sent.
  if (leg.offMayLandUntil !== undefined) return issue(draft, intent, index, 'read')
  const refusals = guardsFor(draft, intent)
  if (refusals.length > 0) {
    const sentence = refusals.map((each) => each.sentence).join(' ')
    return putIntent(draft, intent.id, { aborted: { code: (refusals[0] as { code: string }).code, sentence } })
  }
  if (leg.offCommittedAt === undefined) putLeg(draft, intent.id, index, { offCommittedAt: draft.now })
  issue(draft, intent, index, 'off')
}

/** What a read during the OFF means: off is off; on counts only once the OFF can no longer land. */
export function offWasRead(draft: Draft, intent: Intent, index: number, state: 'on' | 'off' | 'unknown'): void {
  const leg = intent.legs[index] as Leg
  if (state === 'off') return offConfirmed(draft, intent, index)
  const mayLand = leg.offMayLandUntil !== undefined && !reached(leg.offMayLandUntil, draft.now)
  putLeg(draft, intent.id, index, {
    // Reads do not use up the tries of the OFF.
    attempts: Math.max(0, leg.attempts - 1),
    nextAt: later(draft.now, LOOK_AGAIN_MS),
    ...(mayLand || state === 'unknown' ? {} : { offMayLandUntil: undefined }),
  })
  draft.wakeIn(LOOK_AGAIN_MS)
}

export function offConfirmed(draft: Draft, intent: Intent, index: number): void {
  putLeg(draft, intent.id, index, {
    step: 'off',
    offConfirmedAt: draft.now,
    // An earlier try of the same OFF may still land: no ON is believed before that.
    offMayLandUntil: later(draft.now, slowestMs(draft, intent.legs[index] as Leg)),
    nextAt: undefined,
    attempts: 0,
  })
  draft.wakeIn(0)
}

function allOff(draft: Draft, intent: Intent): void {
  const outlets = list(intent.legs.map(({ ref }) => outletKey(ref)))
  const stays = intent.kind === 'off' ? 'until the order ends' : `for ${spell(intent.holdMs)}`
  putIntent(draft, intent.id, { barrier: 'holding', allOffAt: draft.now, mappingProbes: 0 })
  draft.tell('outlets-off', `Outlet ${outlets} of ${intent.target} is verified off, ${stays}.`, {
    host: intent.target,
    intent: intent.id,
  })
  draft.wakeIn(0)
}

/** Ended before every leg was off: whatever we may have turned off is turned on, and verified. */
export function turnBack(draft: Draft, intent: Intent): void {
  const { code, sentence } = intent.aborted as { code: string; sentence: string }
  draft.tell(
    'cycle-cut-short',
    `The ${intent.kind} of ${intent.target} is ended early, everything is turned on: ${sentence}`,
    {
      host: intent.target,
      intent: intent.id,
      guards: [code],
    },
  )
  toAllOn(draft, intent)
}

/** What no OFF was ever meant for is left as it is: a person may have switched it meanwhile. */
export function toAllOn(draft: Draft, intent: Intent): void {
  putIntent(draft, intent.id, {
    barrier: 'all-on',
    aborted: intent.aborted,
    turningOnSince: draft.now,
    legs: intent.legs.map((leg) => ({
      ...leg,
      step: leg.offCommittedAt === undefined ? 'on' : 'turning-on',
      identityOk: undefined,
      attempts: 0,
      nextAt: undefined,
    })),
  })
  draft.wakeIn(0)
}
