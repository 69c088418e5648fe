import type { Refusal } from '../codes.ts'
import { spell } from '../phrase.ts'
import { hostOf, intentOn, ON_CLAIM_MS, OUTLET, subjectOf } from '../power/arbiter.ts'
import { endClaim, makeClaim } from '../power/claims.ts'
import { deviceOf, hostsOn, outletOf } from '../power/outlets.ts'
import { type Claim, type DeviceRef, outletKey } from '../power/types.ts'
import { refusalsFor } from '../recovery/guards/evaluate.ts'
import type { Draft } from '../state/draft.ts'
import { roundOf } from '../state/initial.ts'
import type { Order } from '../state/types.ts'
import { later } from '../time.ts'
import { answer, refuse, unknownHost } from './answer.ts'

type SwitchOrder = Extract<Order, { order: 'switch' }>

/** A supervised cycle needs no long hold: only time for two looks at who went silent. */
export const VERIFY_HOLD_MS = 30_000

/** An operator's on, off, cycle or verify. The operator sees more than we do; only promises to others stand against it. */
export function switchOrder(draft: Draft, order: SwitchOrder): void {
  if (roundOf(draft.state).stopping) {
    return refuse(draft, order, 'stopping', 'The watchdog is stopping: nothing new is begun.')
  }
  const target = targetOf(draft, order)
  if (target === undefined) return
  const busy = busyElsewhere(draft, target)
  if (busy !== undefined) return refuse(draft, order, 'cycle-in-flight', busy, target)
  if (order.goal === 'on' && hostOf(draft.state, target)?.levels.length === 0) {
    return refuse(draft, order, 'unmapped', `No power device is configured for ${target}: it is only watched.`, target)
  }
  if (order.goal === 'on') return turnOn(draft, order, target)
  const refusals = refusalsOf(draft, order, target)
  if (refusals.length > 0) {
    const [first] = refusals as [Refusal]
    return refuse(draft, order, first.code, refusals.map(({ sentence }) => sentence).join(' '), target)
  }
  if (order.goal === 'off') return turnOff(draft, order, target)
  cycle(draft, order, target)
}

/** A host by name, or `DEVICE/OUTLET`; an outlet that is all of a host's power means that host. */
function targetOf(draft: Draft, order: SwitchOrder): string | undefined {
  if (hostOf(draft.state, order.target) !== undefined) return order.target
  const slash = order.target.indexOf('/')
  if (slash < 0) {
    refuse(draft, order, 'unknown-host', unknownHost(draft, order.target))
    return undefined
  }
  const ref: DeviceRef = { device: order.target.slice(0, slash), outlet: order.target.slice(slash + 1) }
  if (deviceOf(draft.state, ref.device) === undefined) {
    refuse(draft, order, 'unknown-device', `There is no power device ${ref.device}.`)
    return undefined
  }
  if (!hasOutlet(draft, ref)) {
    refuse(
      draft,
      order,
      'unknown-outlet',
      `${ref.device} has no outlet ${ref.outlet === '' ? '(none given)' : ref.outlet}.`,
    )
    return undefined
  }
  const key = outletKey(ref)
  const only = hostsOn(draft.state, ref).find(
    ({ levels }) => levels[0]?.length === 1 && outletKey(levels[0][0] as DeviceRef) === key,
  )
  return only?.name ?? `${OUTLET}${key}`
}

/** As the device itself says; before it was asked, as it is configured. */
function hasOutlet(draft: Draft, ref: DeviceRef): boolean {
  const seen = draft.state.devicesNow[ref.device]?.readings
  if (seen !== undefined && Object.keys(seen).length > 0) return seen[ref.outlet] !== undefined
  return outletOf(draft.state, ref) !== undefined
}

/** Two plans may never share an outlet. */
function busyElsewhere(draft: Draft, target: string): string | undefined {
  const keys = keysOf(draft, target)
  const other = Object.values(draft.state.intents).find(
    (intent) => intent.target !== target && intent.legs.some(({ ref }) => keys.has(outletKey(ref))),
  )
  return other === undefined ? undefined : `${other.target} is being switched through the same outlet.`
}

function refusalsOf(draft: Draft, order: SwitchOrder, target: string): Refusal[] {
  const subject = subjectOf(draft.state, target)
  if (subject === undefined) return []
  const live = intentOn(draft.state, target)
  return refusalsFor(draft.state, subject, 'operator', draft.now).filter(({ code }) => {
    if (code === 'protected-outlet') return !order.protected
    // An OFF for the host that is being cycled takes its plan over; a second cycle has to wait.
    return code !== 'cycle-in-flight' || live === undefined || order.goal !== 'off'
  })
}

function turnOn(draft: Draft, order: SwitchOrder, target: string): void {
  endEarlierWishes(draft, target)
  claimFor(draft, order, target, { goal: 'on', until: { at: later(draft.now, ON_CLAIM_MS) } })
  answer(draft, true, 'turning-on', `${order.target} is being turned on.`)
}

/** The operator's last word counts: an earlier one, under whatever name of the outlet, does not come back. */
function endEarlierWishes(draft: Draft, target: string): void {
  const keys = keysOf(draft, target)
  for (const claim of Object.values(draft.state.claims)) {
    if (claim.purpose !== 'operator' || claim.goal === 'hands-off') continue
    const same = claim.target === target || [...keysOf(draft, claim.target)].some((key) => keys.has(key))
    if (same) endClaim(draft, claim.id)
  }
}

function keysOf(draft: Draft, target: string): Set<string> {
  return new Set((subjectOf(draft.state, target)?.levels.flat() ?? []).map(outletKey))
}

function turnOff(draft: Draft, order: SwitchOrder, target: string): void {
  if (order.untilMs === undefined) {
    return refuse(draft, order, 'end-missing', 'Say how long it stays off: --for 2h, or --until-released.', target)
  }
  const until = order.untilMs === 'release' ? 'release' : { at: later(draft.now, order.untilMs) }
  endEarlierWishes(draft, target)
  claimFor(draft, order, target, { goal: 'off', until })
  const long = order.untilMs === 'release' ? 'until it is turned on by hand' : `for ${spell(order.untilMs)}`
  answer(draft, true, 'turning-off', `${order.target} is being turned off ${long}.`)
}

function cycle(draft: Draft, order: SwitchOrder, target: string): void {
  const verify = order.verify === true
  if (verify && hostOf(draft.state, target) === undefined) {
    return refuse(
      draft,
      order,
      'unknown-host',
      `Only the outlet of a configured host can be verified, not ${order.target}.`,
    )
  }
  const holdMs = order.holdMs ?? (verify ? VERIFY_HOLD_MS : undefined)
  claimFor(draft, order, target, {
    goal: 'cycle',
    until: { at: later(draft.now, ON_CLAIM_MS) },
    ...(holdMs === undefined ? {} : { holdMs }),
    ...(verify ? { verifiesMapping: true } : {}),
  })
  answer(draft, true, 'cycling', `The ${verify ? 'supervised ' : ''}power cycle of ${order.target} begins.`)
}

function claimFor(
  draft: Draft,
  order: SwitchOrder,
  target: string,
  wish: Pick<Claim, 'goal' | 'until'> & Partial<Claim>,
): void {
  makeClaim(draft, {
    target,
    purpose: 'operator',
    by: order.by,
    reason: order.reason,
    blocks: wish.goal === 'off' ? ['recovery'] : [],
    ...(order.protected ? { overridesProtected: true } : {}),
    ...wish,
  })
}
