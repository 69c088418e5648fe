import { list, spell } from '../phrase.ts'
import { hostOf } from '../power/arbiter.ts'
import { endClaim, makeClaim } from '../power/claims.ts'
import type { Draft } from '../state/draft.ts'
import { recordOf } from '../state/initial.ts'
import type { Order } from '../state/types.ts'
import { later } from '../time.ts'
import { answer, refuse, unknownHost } from './answer.ts'
import { switchOrder } from './switch-order.ts'

/** Carries out what an operator asked for, or refuses it with a reason. Exactly one answer for each order. */
export function takeOrder(draft: Draft, order: Order): void {
  switch (order.order) {
    case 'switch':
      return switchOrder(draft, order)
    case 'pause':
      return pause(draft, order)
    case 'resume':
      return resume(draft, order)
    case 'maintenance':
      return maintenance(draft, order)
    case 'maintenance-end':
      return endMaintenance(draft, order)
    case 'clear-lockout':
      return clearLockout(draft, order)
    case 'accept-device':
      return acceptDevice(draft, order)
  }
}

/** False, and refused, where the target is neither `*` nor a configured host. */
function knows(draft: Draft, order: Order, target: string): boolean {
  if (target === '*' || hostOf(draft.state, target) !== undefined) return true
  refuse(draft, order, 'unknown-host', unknownHost(draft, target))
  return false
}

function pause(draft: Draft, order: Extract<Order, { order: 'pause' }>): void {
  if (!knows(draft, order, order.target)) return
  makeClaim(draft, {
    target: order.target,
    purpose: 'operator',
    by: order.by,
    reason: order.reason,
    goal: 'hands-off',
    blocks: ['recovery', 'update'],
    until: order.forMs === undefined ? 'release' : { at: later(draft.now, order.forMs) },
  })
  const what = order.target === '*' ? 'all hosts' : order.target
  const long = order.forMs === undefined ? 'until resumed' : `for ${spell(order.forMs)}`
  const sentence = `Recovery of ${what} is paused ${long}. A cycle that has begun is carried to its end.`
  draft.tell('claim-made', `${order.by}: ${sentence}`, order.target === '*' ? {} : { host: order.target })
  answer(draft, true, 'paused', sentence)
}

function resume(draft: Draft, order: Extract<Order, { order: 'resume' }>): void {
  if (!knows(draft, order, order.target)) return
  const pauses = Object.values(draft.state.claims).filter(
    ({ purpose, goal, target }) => purpose === 'operator' && goal === 'hands-off' && target === order.target,
  )
  for (const { id } of pauses) endClaim(draft, id)
  const forced = draft.state.meta.meta?.forcedDryRun
  if (order.target === '*' && forced !== undefined) draft.putMeta({ forcedDryRun: undefined })
  const what = order.target === '*' ? 'all hosts' : order.target
  const did = pauses.length > 0 || (order.target === '*' && forced !== undefined)
  const sentence = did ? `Recovery of ${what} is resumed.` : `Recovery of ${what} was not paused.`
  if (did) draft.tell('claim-ended', `${order.by}: ${sentence}`, order.target === '*' ? {} : { host: order.target })
  answer(draft, true, 'resumed', sentence)
}

function maintenance(draft: Draft, order: Extract<Order, { order: 'maintenance' }>): void {
  if (!knows(draft, order, order.host)) return
  endMaintenanceClaims(draft, order.host)
  makeClaim(draft, {
    target: order.host,
    purpose: 'maintenance',
    by: order.by,
    reason: order.reason,
    goal: 'hands-off',
    blocks: ['recovery', 'update'],
    until: { at: later(draft.now, order.forMs) },
  })
  const sentence = `${order.host} is in maintenance for ${spell(order.forMs)}: it is watched, and not power-cycled.`
  draft.tell('claim-made', `${order.by}: ${sentence}`, { host: order.host })
  answer(draft, true, 'maintenance', sentence)
}

function endMaintenanceClaims(draft: Draft, host: string): number {
  const claims = Object.values(draft.state.claims).filter(
    ({ purpose, target }) => purpose === 'maintenance' && target === host,
  )
  for (const { id } of claims) endClaim(draft, id)
  return claims.length
}

function endMaintenance(draft: Draft, order: Extract<Order, { order: 'maintenance-end' }>): void {
  if (!knows(draft, order, order.host)) return
  const ended = endMaintenanceClaims(draft, order.host)
  const sentence = ended > 0 ? `The maintenance of ${order.host} is ended.` : `${order.host} was not in maintenance.`
  if (ended > 0) draft.tell('claim-ended', `${order.by}: ${sentence}`, { host: order.host })
  answer(draft, true, 'maintenance-ended', sentence)
}

function clearLockout(draft: Draft, order: Extract<Order, { order: 'clear-lockout' }>): void {
  if (!knows(draft, order, order.host)) return
  const record = recordOf(draft.state, order.host)
  const cleared: string[] = []
  if (record.lockout !== undefined) cleared.push('the lockout')
  if ((record.outage?.cycles ?? 0) > 0) cleared.push('the cycle counter')
  if (record.mappingSuspect !== undefined) cleared.push('the doubt about its outlet')
  if (cleared.length === 0) return answer(draft, true, 'nothing-to-clear', `${order.host} is not locked out.`)
  const outage =
    record.outage === undefined ? undefined : { ...record.outage, cycles: 0, wouldCycles: 0, wouldCycleAt: undefined }
  draft.putRecord(order.host, { lockout: undefined, mappingSuspect: undefined, cycleTimes: [], outage })
  const sentence = `Cleared for ${order.host}: ${list(cleared)}.`
  draft.tell('lockout-cleared', `${order.by}: ${sentence}`, { host: order.host })
  answer(draft, true, 'cleared', sentence)
}

/** Forgets the pin: the next look at the device pins what it says then. */
function acceptDevice(draft: Draft, order: Extract<Order, { order: 'accept-device' }>): void {
  const device = draft.state.policy.devices.find(({ name }) => name === order.device)
  if (device === undefined) {
    const names = draft.state.policy.devices.map(({ name }) => name)
    return refuse(
      draft,
      order,
      'unknown-device',
      `There is no power device ${order.device}. Configured: ${list(names) || 'none'}.`,
    )
  }
  const owed = Object.values(draft.state.intents).find(({ legs }) =>
    legs.some(({ ref }) => ref.device === order.device),
  )
  if (owed !== undefined && owed.barrier === 'checking') {
    return refuse(
      draft,
      order,
      'cycle-in-flight',
      `${owed.target} is being switched through ${order.device} right now.`,
    )
  }
  draft.put('pins', order.device, undefined)
  const now = draft.state.devicesNow[order.device]
  if (now !== undefined) draft.put('devicesNow', order.device, { ...now, identityOk: undefined })
  const sentence = `The next device that answers as ${order.device} is pinned. Verify each of its hosts: proxmox-watchdog outlets verify HOST.`
  draft.tell('identity-accepted', `${order.by}: ${sentence}`, { device: order.device })
  for (const host of draft.state.policy.hosts) {
    if (!host.levels.flat().some((ref) => ref.device === order.device)) continue
    const suspect = {
      at: draft.now,
      sentence: `${order.device} was replaced: the outlet of ${host.name} is not verified yet.`,
    }
    draft.putRecord(host.name, { mappingSuspect: suspect, mappingVerifiedAt: undefined })
  }
  answer(draft, true, 'accepted', sentence)
}
