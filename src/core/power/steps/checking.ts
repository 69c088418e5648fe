import type { Refusal } from '../../codes.ts'
import { list } from '../../phrase.ts'
import { refusalsFor } from '../../recovery/guards/evaluate.ts'
import { levelFor } from '../../recovery/level.ts'
import type { Draft } from '../../state/draft.ts'
import { recordOf } from '../../state/initial.ts'
import { elapsedMs, later, reached } from '../../time.ts'
import { hostOf, planIntent, subjectOf } from '../arbiter.ts'
import { endClaim } from '../claims.ts'
import { type Intent, outletKey } from '../types.ts'
import { issue, putIntent, slowestMs } from './command.ts'

/** Tries to reach a device before its level is given up. */
const IDENTIFY_TRIES = 3
/** How many cycle times are kept: more than any sensible limit a day. */
const KEPT_CYCLE_TIMES = 32
/** What is allowed between the hold and the moment an outlet must be on. */
const ON_SLACK_MS = 60_000
/** Where the devices took longer than this to say who they are, the host is asked yet again. */
const LOOK_FRESH_MS = 5_000
const MAPPING_CHANGED = 'The configuration of its outlets has changed.'

/** Before anything is cut: the devices say who they are, the host is asked once more, and so are the guards. */
export function stepChecking(draft: Draft, intent: Intent): void {
  if (intent.aborted !== undefined) return abandon(draft, intent, intent.aborted.code, intent.aborted.sentence)
  if (subjectOf(draft.state, intent.target)?.mappingHash !== intent.mappingHash) {
    return abandon(draft, intent, 'mapping-changed', MAPPING_CHANGED)
  }
  if (intent.finalProbe?.alive === true && !intent.verifiesMapping) {
    return abandon(
      draft,
      intent,
      'host-alive',
      `${intent.target} answered the last look (${intent.finalProbe.sentence}).`,
    )
  }
  for (const [index, leg] of intent.legs.entries()) {
    if (leg.identityOk === false) {
      return abandon(draft, intent, 'identity-mismatch', `${leg.ref.device} is not the device that was pinned.`)
    }
    if (leg.identityOk === true || leg.command !== undefined) continue
    if (leg.attempts >= IDENTIFY_TRIES) return giveUpLevel(draft, intent, leg.lastError?.sentence ?? 'no answer')
    if (leg.nextAt !== undefined && !reached(leg.nextAt, draft.now)) draft.wakeBy(leg.nextAt)
    else issue(draft, intent, index, 'identify')
  }
  const current = draft.state.intents[intent.id] as Intent
  if (current.legs.some(({ identityOk }) => identityOk !== true) || !lookIsFresh(draft, current)) return
  decideToCut(draft, current)
}

/** The last look must have been answered, and a moment ago; a stale one is asked again. */
function lookIsFresh(draft: Draft, intent: Intent): boolean {
  const look = intent.finalProbe
  if (look === undefined) return true
  if (look.answeredAt !== undefined && elapsedMs(look.answeredAt, draft.now) <= LOOK_FRESH_MS) return true
  const askAgainAt = later(look.askedAt, 2 * draft.state.policy.intervalMs)
  if (look.answeredAt === undefined && !reached(askAgainAt, draft.now)) {
    draft.wakeBy(askAgainAt)
    return false
  }
  putIntent(draft, intent.id, { finalProbe: { askedAt: draft.now } })
  draft.effect({ kind: 'probe', hosts: [intent.target] })
  return false
}

function decideToCut(draft: Draft, intent: Intent): void {
  const personOff = intent.legs.find(({ before }) => before?.state === 'off')
  if (personOff !== undefined && intent.kind === 'cycle') {
    const key = outletKey(personOff.ref)
    draft.put('outlets', key, { key, lastState: 'off', ...draft.state.outlets[key], personOffSince: draft.now })
    return abandon(draft, intent, 'switched-off-by-operator', `Outlet ${key} is already off and we did not do it.`)
  }
  const unread = intent.legs.find(({ before }) => before === undefined || before.state === 'unknown')
  if (unread !== undefined) {
    const key = outletKey(unread.ref)
    return abandon(draft, intent, 'power-device-unreachable', `Whether outlet ${key} is on cannot be read.`)
  }
  const refusals = guardsFor(draft, intent)
  if (refusals.length > 0) {
    const guards = refusals.map(({ code }) => code)
    return abandon(draft, intent, guards[0] as string, refusals.map(({ sentence }) => sentence).join(' '), guards)
  }
  beginCutting(draft, intent)
}

/** The guards' last word for a plan; asked before each OFF. */
export function guardsFor(draft: Draft, intent: Intent): Refusal[] {
  const host = subjectOf(draft.state, intent.target)
  if (host?.mappingHash !== intent.mappingHash) return [{ code: 'mapping-suspect', sentence: MAPPING_CHANGED }]
  return refusalsFor(draft.state, host, intent.purpose, draft.now, intent)
}

/** The budget is spent and the ON is owed in the same transaction that queues the first command towards OFF. */
function beginCutting(draft: Draft, intent: Intent): void {
  const slowest = Math.max(...intent.legs.map((leg) => slowestMs(draft, leg)))
  const cycles = countCycle(draft, intent)
  const seen = draft.state.hostsNow[intent.target]
  if (seen !== undefined) {
    draft.put('hostsNow', intent.target, {
      ...seen,
      refusedSince: undefined,
      heldTold: undefined,
      abandoned: undefined,
    })
  }
  putIntent(draft, intent.id, {
    barrier: 'all-off',
    othersAlive: othersAlive(draft, intent),
    ...(intent.kind === 'cycle' ? { mustBeOnBy: later(draft.now, 3 * slowest + intent.holdMs + ON_SLACK_MS) } : {}),
    legs: intent.legs.map((leg) => ({
      ...leg,
      attempts: 0,
      nextAt: undefined,
      step: intent.kind === 'cycle' ? 'arming' : 'turning-off',
    })),
  })
  const outlets = list(intent.legs.map(({ ref }) => outletKey(ref)))
  const code = intent.kind === 'cycle' ? 'cycle-begun' : 'switched-off'
  const what = intent.kind === 'cycle' ? 'power-cycled' : 'switched off'
  draft.tell(code, `${intent.target} is being ${what} by outlet ${outlets}${cycles}: ${intent.reason}.`, {
    host: intent.target,
    intent: intent.id,
  })
  draft.wakeIn(0)
}

function countCycle(draft: Draft, intent: Intent): string {
  if (intent.kind !== 'cycle' || intent.purpose !== 'recovery') return ''
  const record = recordOf(draft.state, intent.target)
  if (record.outage === undefined) return ''
  const outage = { ...record.outage, cycles: record.outage.cycles + 1 }
  draft.putRecord(intent.target, { outage, cycleTimes: [...record.cycleTimes, draft.now].slice(-KEPT_CYCLE_TIMES) })
  return ` (cycle ${outage.cycles} of ${draft.state.policy.maxCyclesPerOutage})`
}

/** Hosts that answer now: those on the same devices and of the same cluster, as many as are worth asking again. */
function othersAlive(draft: Draft, intent: Intent): string[] {
  const own = hostOf(draft.state, intent.target)
  const devices = new Set(intent.legs.map(({ ref }) => ref.device))
  const names: string[] = []
  for (const host of draft.state.policy.hosts) {
    if (host.name === intent.target || names.length >= 64) continue
    const now = draft.state.hostsNow[host.name]
    if (now?.verdict !== 'up' || now.failures > 0) continue
    const near = host.cluster === own?.cluster || host.levels.flat().some(({ device }) => devices.has(device))
    if (near) names.push(host.name)
  }
  return names
}

/** Ends a plan that has cut nothing. Its claim ends with it; recovery decides anew from fresh evidence. */
export function abandon(draft: Draft, intent: Intent, code: string, sentence: string, guards = [code]): void {
  draft.put('intents', intent.id, undefined)
  endClaim(draft, intent.claim.id)
  const seen = draft.state.hostsNow[intent.target]
  if (seen !== undefined && intent.purpose === 'recovery') {
    const times = (seen.abandoned?.times ?? 0) + 1
    draft.put('hostsNow', intent.target, { ...seen, abandoned: { at: draft.now, times, sentence } })
  }
  draft.tell(
    'cycle-abandoned',
    `The planned ${intent.kind} of ${intent.target} is given up, nothing was switched: ${sentence}`,
    {
      host: intent.target,
      intent: intent.id,
      guards,
    },
  )
}

/** A level whose devices do not answer hands over to the next; without one the plan ends and the guard holds. */
function giveUpLevel(draft: Draft, intent: Intent, reason: string): void {
  if (!fallBack(draft, intent, reason)) abandon(draft, intent, 'power-device-unreachable', reason)
}

/** Plans the same wish on the next level. False where there is none. The old plan must have left nothing off. */
export function fallBack(draft: Draft, intent: Intent, reason: string): boolean {
  const host = hostOf(draft.state, intent.target)
  const claim = draft.state.claims[intent.claim.id]
  const level = host === undefined ? undefined : levelFor(draft.state, host, intent.level + 1)
  const refs = level === undefined ? undefined : host?.levels[level]
  if (claim === undefined || level === undefined || refs === undefined) return false
  draft.put('intents', intent.id, undefined)
  draft.tell(
    'cycle-fallback',
    `The next power device of ${intent.target} takes over (${list(refs.map(outletKey))}): ${reason}`,
    {
      host: intent.target,
      intent: intent.id,
    },
  )
  planIntent(draft, claim, level, refs)
  return true
}
