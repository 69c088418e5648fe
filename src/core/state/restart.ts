import { spell } from '../phrase.ts'
import { endClaim } from '../power/claims.ts'
import { deviceOf, hostsOn } from '../power/outlets.ts'
import { slowestMs } from '../power/steps/command.ts'
import { toAllOn } from '../power/steps/turning-off.ts'
import { type Intent, type Leg, outletKey } from '../power/types.ts'
import { elapsedMs, later } from '../time.ts'
import type { Draft } from './draft.ts'
import { metaOf } from './initial.ts'
import type { FoundBreadcrumb, State } from './types.ts'

/** A new process takes over what an earlier one left: no old command counts, and what is off is owed an ON. */
export function takeOver(draft: Draft, breadcrumbs: readonly FoundBreadcrumb[], storeLost: string | undefined): void {
  const { epoch } = metaOf(draft.state)
  draft.putMeta({ epoch: epoch + 1, ...(storeLost === undefined ? {} : { forcedDryRun: storeLost }) })
  const open = Object.values(draft.state.intents)
  draft.tell('watchdog-started', `The watchdog started (${draft.state.policy.mode}), ${describeOpen(open)}.`)
  if (storeLost !== undefined) draft.tell('store-corrupt', storeLost)
  for (const { id } of Object.values(draft.state.commands)) draft.put('commands', id, undefined)
  for (const intent of open) resumeIntent(draft, intent)
  reserveIds(draft, breadcrumbs)
  honourAll(draft, breadcrumbs)
  draft.wakeIn(0)
}

function describeOpen(open: readonly Intent[]): string {
  if (open.length === 0) return 'nothing was in flight'
  return `taking over ${open.map(({ kind, target, barrier }) => `the ${kind} of ${target} (${barrier})`).join(', ')}`
}

/** A plan that had sent nothing is dropped: recovery decides anew from fresh evidence. Others go on where they were. */
function resumeIntent(draft: Draft, intent: Intent): void {
  if (intent.barrier === 'checking') {
    draft.put('intents', intent.id, undefined)
    // A wish to cut power that is still standing after a restart was made in another situation.
    if (intent.kind === 'cycle') endClaim(draft, intent.claim.id)
    return
  }
  const legs = intent.legs.map((leg): Leg => {
    // Whatever was out may have been sent, and may still land: look before anything else.
    const out = leg.step === 'turning-off' || leg.command !== undefined
    const mayLand = out && leg.offCommittedAt !== undefined
    const until = later(draft.now, slowestMs(draft, leg))
    return {
      ...leg,
      // What was on before we were gone is looked at once more before the plan is done.
      step: leg.step === 'on' && (leg.offCommittedAt !== undefined || intent.kind === 'on') ? 'settling' : leg.step,
      command: undefined,
      attempts: 0,
      nextAt: undefined,
      identityOk: undefined,
      // A timer whose arming was out may run: it matters where the outlet is to stay off.
      ...(leg.step === 'arming' && leg.command !== undefined ? { timerArmed: 'yes' as const } : {}),
      ...(mayLand || leg.offMayLandUntil !== undefined ? { offMayLandUntil: until } : {}),
    }
  })
  draft.put('intents', intent.id, { ...intent, legs, epoch: metaOf(draft.state).epoch })
}

/** With the state lost the numbers begin anew: none that a mark bears is given to another plan, whose end would remove it. */
function reserveIds(draft: Draft, breadcrumbs: readonly FoundBreadcrumb[]): void {
  const { nextId } = metaOf(draft.state)
  let free = nextId
  for (const { intent } of breadcrumbs) {
    const number = Number(/-(\d{1,15})$/.exec(intent)?.[1])
    if (number >= free) free = number + 1
  }
  if (free !== nextId) draft.putMeta({ nextId: free })
}

/** Marks whose outlets are all in good hands are forgotten; the others are honoured. */
function honourAll(draft: Draft, breadcrumbs: readonly FoundBreadcrumb[]): void {
  const plans = new Set(Object.keys(draft.state.intents))
  const served = new Set<string>()
  for (const crumb of breadcrumbs) {
    if (plans.has(crumb.intent)) continue
    if (isServed(draft.state, crumb)) served.add(crumb.intent)
    else honour(draft, crumb)
  }
  for (const intent of served) {
    if (draft.state.intents[intent] === undefined) draft.effect({ kind: 'breadcrumb-remove', intent })
  }
}

/** Another plan holds the outlet, or it is off by somebody's will: what the mark stands for is over. */
function isServed(state: State, { intent, device, outlet }: FoundBreadcrumb): boolean {
  const key = outletKey({ device, outlet })
  const record = state.outlets[key]
  if (record?.offOnPurpose !== undefined || record?.personOffSince !== undefined) return true
  return Object.values(state.intents).some(
    ({ id, legs }) => id !== intent && legs.some(({ ref }) => outletKey(ref) === key),
  )
}

/** An OFF of ours without its plan: whatever was to come of it, it ends on. */
function honour(draft: Draft, crumb: FoundBreadcrumb): void {
  const known = draft.state.intents[crumb.intent]
  const ref = { device: crumb.device, outlet: crumb.outlet }
  const key = outletKey(ref)
  const about = { host: crumb.target, device: crumb.device, outlet: crumb.outlet, intent: crumb.intent }
  const device = deviceOf(draft.state, crumb.device)
  if (device === undefined) {
    draft.tell(
      'breadcrumb-orphaned',
      `Outlet ${key} of ${crumb.target} was turned off by us ${spell(elapsedMs(crumb.offAt, draft.now))} ago (${crumb.reason}), but ${crumb.device} is not configured any more. Turn it on by hand.`,
      about,
    )
    return
  }
  if (crumb.deviceId !== undefined && draft.state.pins[crumb.device] === undefined) {
    const pin = {
      device: crumb.device,
      deviceId: crumb.deviceId,
      model: 'as in the breadcrumb',
      at: draft.now,
      aliases: {},
    }
    draft.put('pins', crumb.device, pin)
  }
  const leg: Leg = {
    ref,
    step: 'turning-on',
    attempts: 0,
    offCommittedAt: crumb.offAt,
    // A timer inside the device may run for it: left alone it would undo a later OFF on order.
    timerArmed: 'yes',
    offMayLandUntil: later(draft.now, device.slowestCommandMs),
  }
  draft.put('intents', crumb.intent, {
    id: crumb.intent,
    target: known?.target ?? hostsOn(draft.state, ref)[0]?.name ?? `outlet:${key}`,
    kind: 'cycle',
    purpose: 'recovery',
    reason: crumb.reason,
    level: 0,
    epoch: metaOf(draft.state).epoch,
    claim: { id: `breadcrumb:${crumb.intent}`, revision: 0 },
    mappingHash: '',
    legs: [...(known?.legs ?? []), leg],
    basis: ['a breadcrumb outside the state file'],
    barrier: 'all-on',
    createdAt: crumb.offAt,
    holdMs: 0,
  })
  draft.tell(
    'breadcrumb-honoured',
    `Outlet ${key} of ${crumb.target} was turned off by us and its plan was lost: it is turned on.`,
    about,
  )
}

/** Asked to stop: what has cut nothing is dropped, what is off is turned on first, unless its own timer will do it. */
export function prepareToStop(draft: Draft): void {
  draft.putRound({ stopping: true })
  draft.tell('watchdog-stopping', 'The watchdog was asked to stop.')
  for (const intent of Object.values(draft.state.intents)) {
    if (intent.kind !== 'cycle') continue
    if (intent.barrier === 'checking') {
      draft.put('intents', intent.id, {
        ...intent,
        aborted: { code: 'stopping', sentence: 'The watchdog is stopping.' },
      })
    } else if (intent.barrier === 'holding' && timersServe(intent)) {
      draft.tell(
        'cycle-cut-short',
        `${intent.target} stays off while the watchdog stops: a timer inside the device turns it on.`,
        {
          host: intent.target,
          intent: intent.id,
          severity: 'info',
        },
      )
    } else if (intent.barrier === 'all-off' || intent.barrier === 'holding') {
      draft.tell('cycle-cut-short', `${intent.target} is turned on now: the watchdog is stopping.`, {
        host: intent.target,
        intent: intent.id,
      })
      toAllOn(draft, { ...intent, aborted: { code: 'stopping', sentence: 'The watchdog is stopping.' } })
    }
  }
  draft.wakeIn(0)
}

function timersServe(intent: Intent): boolean {
  return intent.legs.every(({ timerArmed, deviceTimerAt }) => timerArmed === 'yes' && deviceTimerAt !== undefined)
}

/** Whether stopping has to wait: something we cut is not on yet, and no timer inside the device will do it. */
export function owesPower(state: State): boolean {
  return Object.values(state.intents).some(
    (intent) =>
      intent.kind === 'cycle' &&
      intent.barrier !== 'checking' &&
      !(intent.barrier === 'holding' && timersServe(intent)),
  )
}
