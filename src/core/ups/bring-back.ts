import { clause, spell } from '../phrase.ts'
import type { HostPolicy } from '../policy.ts'
import { endClaim, makeClaim } from '../power/claims.ts'
import type { Claim } from '../power/types.ts'
import { metaOf } from '../state/initial.ts'
import type { State } from '../state/types.ts'
import { type At, elapsedMs, later } from '../time.ts'
import { drawsNothing, isVerifiedOff, livedSince } from './host-life.ts'
import { isSettled } from './host-step.ts'
import { learn, learnedBoot, learnedMs } from './learned.ts'
import { NOT_ASKED, type OutageEdit } from './outage-edit.ts'
import type { FedHost } from './policy.ts'
import { look } from './shutting-down.ts'
import { isHeard, supplyOf, unitOf } from './supply.ts'
import type { HostProgress } from './types.ts'

const WAKE_LIMIT_MS = 20_000
/** A magic packet that was not heard is sent again. */
const WAKE_AGAIN_MS = 60_000
const WAKE_TRIES = 5
const CYCLE_AGAIN_MS = 30_000
const WAIT_FOR_TURN_MS = 5_000
const LONGEST_PAUSE_MS = 30 * 60_000
/** Life this long after the return began is no last packet of a host on its way down. */
const ALIVE_MS = 5_000

/** Hosts come back by rank, the last that went down first; the next rank waits for the one before, with patience. */
export function bringBack(edit: OutageEdit): void {
  const ranks = [...new Set(edit.hosts().map(({ stage }) => stage))].sort((a, b) => b - a)
  for (const rank of ranks) {
    const own = edit.hosts().filter(({ stage }) => stage === rank)
    for (const { host } of own) stepHost(edit, host)
    const waited = edit.hosts().filter((host) => host.stage === rank && (host.step === 'starting' || isSettled(host)))
    if (waited.some((host) => !isOutOfPatience(edit, host))) return
  }
}

function isOutOfPatience(edit: OutageEdit, { startBegunAt, host }: HostProgress): boolean {
  if (startBegunAt === undefined) return false
  return elapsedMs(startBegunAt, edit.now) >= edit.policy.firmwareWaitMs + 2 * patienceMs(edit, host)
}

/** How long a host may take to boot before another way is tried. */
function patienceMs(edit: OutageEdit, host: string): number {
  return Math.max(edit.policy.bootPatienceMs, 2 * (learnedMs(edit.state, learnedBoot(host)) ?? 0))
}

function stepHost(edit: OutageEdit, name: string): void {
  const host = edit.outage.hosts[name]
  if (host === undefined) return
  if (isSettled(host)) return begin(edit, host)
  if (host.step === 'starting') return start(edit, host)
  if (host.step === 'on' && edit.state.hostsNow[name]?.verdict === 'down') begin(edit, host)
}

function begin(edit: OutageEdit, host: HostProgress): void {
  // Its firmware, or somebody, was faster: nothing is waited for.
  if (host.step !== 'on' && isAlive(edit, host)) return noteOn(edit, host)
  if (!mayStart(edit, host.fed)) return
  edit.setHost(host.host, {
    step: 'starting',
    since: edit.now,
    startBegunAt: host.startBegunAt ?? edit.now,
    way: 0,
    wayAt: edit.now,
    rounds: 0,
    ask: NOT_ASKED,
  })
  edit.tell('power-node-starting', `${host.host} is to come back.`, { host: host.host, severity: 'info' })
  const begun = edit.outage.hosts[host.host]
  if (begun !== undefined) start(edit, begun)
}

/** Nothing is switched on that a second failure would take down at once. */
export function mayStart({ state, policy, now }: OutageEdit, { units, onBatteryWhen }: FedHost): boolean {
  const isGood = (name: string): boolean => {
    const unit = unitOf(policy, name)
    if (unit === undefined) return true
    // Of a UPS that is not heard nobody knows the charge; its upsd may run on what is to be started.
    const charge = isHeard(state, unit, now) ? state.upsNow[name]?.heard?.chargePercent : undefined
    return supplyOf(state, unit, now) !== 'battery' && (charge === undefined || charge >= policy.returnChargePercent)
  }
  return units.length === 0 || (onBatteryWhen === 'all' ? units.some(isGood) : units.every(isGood))
}

function start(edit: OutageEdit, host: HostProgress): void {
  if (isAlive(edit, host)) return noteOn(edit, host)
  look(edit, host.host)
  const current = edit.outage.hosts[host.host] ?? host
  const ways = current.fed.startBy
  const way = ways[current.way ?? 0]
  if (way === undefined) return pause(edit, current)
  const wayAt = current.wayAt ?? edit.now
  const limitMs = limitOf(edit, current, way)
  const leftMs = limitMs - elapsedMs(wayAt, edit.now)
  if (leftMs <= 0) return nextWay(edit, current)
  edit.draft.wakeIn(leftMs)
  if (way === 'wake') wake(edit, current)
  else if (way === 'outlet') cycle(edit, current, wayAt)
}

/** What still only stands by after a packet or two has not heard them. */
const UNHEARD_MS = 2 * 60_000

function limitOf(edit: OutageEdit, { host }: HostProgress, way: FedHost['startBy'][number]): number {
  if (way === 'firmware') return edit.policy.firmwareWaitMs
  if (way === 'wake' && drawsNothing(edit.state, host, edit.now)) return UNHEARD_MS
  return patienceMs(edit, host)
}

/**
 * What was verified off and answers is up again. One that was not off may only be slow to go down: it is on if it
 * answers long after its time to go was over.
 */
function isAlive(edit: OutageEdit, host: HostProgress): boolean {
  const verdict = edit.state.hostsNow[host.host]?.verdict
  const from =
    host.offAt ?? (host.shutdownAt === undefined ? undefined : later(host.shutdownAt, edit.policy.nodeDeadlineMs))
  if (from === undefined) return verdict === 'up'
  return verdict === 'up' && livedSince(edit.state, host.host, later(from, ALIVE_MS))
}

function noteOn(edit: OutageEdit, host: HostProgress): void {
  endOwnClaims(edit, host.host)
  const way = host.fed.startBy[host.way ?? 0]
  if (host.wayAt !== undefined && (way === 'wake' || way === 'outlet')) {
    learn(edit.draft, learnedBoot(host.host), elapsedMs(host.wayAt, edit.now))
  }
  edit.setHost(host.host, { step: 'on', since: edit.now, onAt: edit.now, ask: NOT_ASKED })
  edit.tell('power-node-back', `${host.host} is alive again.`, { host: host.host })
}

function nextWay(edit: OutageEdit, host: HostProgress): void {
  endOwnClaims(edit, host.host)
  edit.setHost(host.host, { way: (host.way ?? 0) + 1, wayAt: edit.now, ask: NOT_ASKED })
  edit.draft.wakeIn(0)
}

/** All ways were tried: told, and after a pause they are tried anew, for ever. */
function pause(edit: OutageEdit, host: HostProgress): void {
  const rounds = host.rounds ?? 0
  if (host.toldLate !== true) {
    edit.setHost(host.host, { toldLate: true })
    const took = host.startBegunAt === undefined ? '' : ` for ${spell(elapsedMs(host.startBegunAt, edit.now))}`
    const ways =
      host.fed.startBy.length === 0 ? 'there is no way configured to start it' : 'every way to start it was tried'
    const why = host.ask.lastError === undefined ? '' : ` (${clause(host.ask.lastError)})`
    edit.tell('power-node-not-back', `${host.host} does not come back${took}: ${ways}${why}. Go there.`, {
      host: host.host,
    })
  }
  const waitMs = Math.min(LONGEST_PAUSE_MS, 60_000 * 2 ** Math.min(rounds, 5))
  const leftMs = waitMs - elapsedMs(host.wayAt ?? edit.now, edit.now)
  if (leftMs > 0 || host.fed.startBy.length === 0) return edit.draft.wakeIn(Math.max(60_000, leftMs))
  edit.setHost(host.host, { way: 0, wayAt: edit.now, rounds: rounds + 1, ask: NOT_ASKED })
  edit.draft.wakeIn(0)
}

function wake(edit: OutageEdit, host: HostProgress): void {
  if (host.ask.attempts >= WAKE_TRIES || !edit.mayAsk(host.ask)) return
  const { cluster, node, fed } = host
  const work = {
    do: 'wake',
    cluster,
    node,
    host: host.host,
    ...(fed.mac === undefined ? {} : { mac: fed.mac }),
  } as const
  const ask = edit.ask(host.ask, work, WAKE_LIMIT_MS)
  edit.draft.wakeIn(WAKE_AGAIN_MS)
  edit.setHost(host.host, { ask })
}

/**
 * Off and on again, once it is certain that nothing runs there: what merely boots slowly is not cut. Once a turn of this
 * way, and one host at a time; a cycle that was given up before it cut anything is wished for again.
 */
function cycle(edit: OutageEdit, host: HostProgress, wayAt: At): void {
  const { state, now, policy } = edit
  const cycled = state.hosts[host.host]?.bootGraceUntil
  const wasCycled = cycled !== undefined && elapsedMs(wayAt, cycled) > (hostPolicy(state, host.host)?.bootGraceMs ?? 0)
  if (wasCycled || ownClaims(edit, host.host).length > 0 || !edit.mayAsk(host.ask)) return
  const ended = metaOf(state).lastCycleEndedAt
  const spacingMs = ended === undefined ? 0 : state.policy.cycleSpacingMs - elapsedMs(ended, now)
  const isOthersTurn = Object.values(state.intents).some(({ kind }) => kind === 'cycle') || anyCycleClaim(edit)
  if (spacingMs > 0 || isOthersTurn) {
    // Its time to boot has not begun: it waits for its turn.
    edit.setHost(host.host, { wayAt: now })
    return edit.draft.wakeIn(Math.max(WAIT_FOR_TURN_MS, spacingMs))
  }
  // One that never was off hangs: it may draw what it likes.
  const isDead = host.offAt === undefined && state.hostsNow[host.host]?.verdict === 'down'
  if (!isDead && !isVerifiedOff(state, host.host, now)) return
  makeClaim(edit.draft, {
    target: host.host,
    purpose: 'ups',
    by: 'ups',
    reason: 'it was shut down for a power failure and is to start again',
    goal: 'cycle',
    blocks: [],
    until: { at: later(now, patienceMs(edit, host.host)) },
    holdMs: policy.outletHoldMs,
  })
  edit.setHost(host.host, { ask: { attempts: host.ask.attempts + 1, nextAt: later(now, CYCLE_AGAIN_MS) } })
}

function hostPolicy(state: State, host: string): HostPolicy | undefined {
  return state.policy.hosts.find(({ name }) => name === host)
}

function anyCycleClaim({ state }: OutageEdit): boolean {
  return Object.values(state.claims).some(({ purpose, goal }) => purpose === 'ups' && goal === 'cycle')
}

function ownClaims({ state }: OutageEdit, host: string): readonly Claim[] {
  return Object.values(state.claims).filter(
    ({ target, purpose, goal }) => target === host && purpose === 'ups' && goal === 'cycle',
  )
}

function endOwnClaims(edit: OutageEdit, host: string): void {
  for (const { id } of ownClaims(edit, host)) endClaim(edit.draft, id)
}
