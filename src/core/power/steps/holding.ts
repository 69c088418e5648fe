import { spell } from '../../phrase.ts'
import type { Draft } from '../../state/draft.ts'
import { roundOf } from '../../state/initial.ts'
import { type At, later, reached } from '../../time.ts'
import { type Intent, outletKey } from '../types.ts'
import { issue, putIntent } from './command.ts'
import { onAgain, toAllOn, turnBack } from './turning-off.ts'

/** When the mapping is looked at after the OFF: a host that still answers then is not on that outlet. */
export const MAPPING_LOOKS_MS: readonly number[] = [10_000, 20_000]

/** Off and verified. A cycle waits for its time; an OFF on order is done. */
export function stepHolding(draft: Draft, intent: Intent): void {
  if (intent.aborted !== undefined) return turnBack(draft, intent)
  if (intent.kind === 'off') return settleOff(draft, intent)
  const aborted = onAgain(draft, intent)
  if (aborted !== undefined) return turnBack(draft, { ...intent, aborted })
  const end = holdEnd(draft, intent)
  if (reached(end, draft.now)) return endHold(draft, intent)
  askAboutMapping(draft, intent)
  draft.wakeBy(end)
}

function endHold(draft: Draft, intent: Intent): void {
  const outlets = intent.legs.map(({ ref }) => outletKey(ref)).join(', ')
  draft.tell(
    'outlets-turning-on',
    `Outlet ${outlets} of ${intent.target} is being turned on after ${spell(intent.holdMs)}.`,
    {
      host: intent.target,
      intent: intent.id,
    },
  )
  toAllOn(draft, intent)
}

/**
 * When the hold ends. Within a boot it is measured on the monotonic clock. After a reboot the wall clock may be wrong,
 * so it never lasts longer than `holdMs` from the start of this process.
 */
export function holdEnd(draft: Draft, intent: Intent): At {
  const allOffAt = intent.allOffAt ?? draft.now
  const full = later(allOffAt, intent.holdMs)
  if (allOffAt.bootId === draft.now.bootId) return full
  const fromStart = later(roundOf(draft.state).startedAt, intent.holdMs)
  const leftByWallMs = full.wallMs - draft.now.wallMs
  const byWall = later(draft.now, Math.max(0, leftByWallMs))
  return byWall.monoMs < fromStart.monoMs ? byWall : fromStart
}

function askAboutMapping(draft: Draft, intent: Intent): void {
  const asked = intent.mappingProbes ?? MAPPING_LOOKS_MS.length
  const wait = MAPPING_LOOKS_MS[asked]
  if (wait === undefined || intent.allOffAt === undefined) return
  const at = later(intent.allOffAt, wait)
  if (!reached(at, draft.now)) return draft.wakeBy(at)
  putIntent(draft, intent.id, { mappingProbes: asked + 1 })
  draft.effect({ kind: 'probe', hosts: [intent.target, ...(intent.othersAlive ?? [])] })
  const next = MAPPING_LOOKS_MS[asked + 1]
  if (next !== undefined) draft.wakeBy(later(intent.allOffAt, next))
}

/** An OFF on order is kept by its claim. A timer inside the device would undo it, so it is disarmed first. */
function settleOff(draft: Draft, intent: Intent): void {
  for (const [index, leg] of intent.legs.entries()) {
    if (leg.timerArmed !== 'yes') continue
    if (leg.nextAt !== undefined && !reached(leg.nextAt, draft.now)) draft.wakeBy(leg.nextAt)
    else issue(draft, intent, index, 'disarm')
  }
  const current = draft.state.intents[intent.id] as Intent
  if (current.legs.some(({ timerArmed, command }) => timerArmed === 'yes' || command !== undefined)) return
  const claim = draft.state.claims[intent.claim.id]
  for (const { ref } of intent.legs) {
    const key = outletKey(ref)
    const by = claim?.by ?? intent.reason
    draft.put('outlets', key, {
      key,
      lastState: 'off',
      offOnPurpose: { claim: intent.claim.id, target: intent.target, by, at: draft.now },
    })
  }
  draft.put('intents', intent.id, undefined)
  draft.effect({ kind: 'breadcrumb-remove', intent: intent.id })
  draft.wakeIn(0)
}
