import { clause, list, spell } from '../phrase.ts'
import { feedsOf } from '../state/initial.ts'
import { type At, elapsedMs, later } from '../time.ts'
import { batteryOf } from './battery.ts'
import { costsQuorum } from './costs-quorum.ts'
import { isDeferred } from './deferring.ts'
import { isVerifiedOff, lastLifeAt, livedSince } from './host-life.ts'
import { carriesUs, isIdle, isSettled } from './host-step.ts'
import { hurryOf, isToGo } from './hurry.ts'
import { learn, learnedMs, learnedNode } from './learned.ts'
import { NOT_ASKED, type OutageEdit } from './outage-edit.ts'
import { quietHa, setCephFlags } from './quieting.ts'
import { collectGuests, rememberGuests, stopGuests } from './stop-guests.ts'
import type { HostProgress } from './types.ts'

const SHUTDOWN_LIMIT_MS = 30_000
const SITE_WAIT_MS = 45_000
const LOOK_EVERY_MS = 5_000
/** After so many tries by one way the next is tried. */
const TRIES_BY_WAY = 2
/** Life so long after a host was verified off is no late packet. */
const ALIVE_AGAIN_MS = 10_000

/** The next step of one host on its way down. */
export function shutHostDown(edit: OutageEdit, name: string): void {
  const host = edit.outage.hosts[name]
  switch (host?.step) {
    case 'preparing':
      return prepare(edit, host)
    case 'stopping-guests':
      return emptyHost(edit, host)
    case 'shutting-down':
      return watchOff(edit, host)
    case 'off':
      return watchAlive(edit, host)
    case 'not-off':
      return watchLate(edit, host)
  }
}

/** Mains may be back before the stage is committed: then nothing more of it is begun. */
function mayGoOn(edit: OutageEdit, host: HostProgress): boolean {
  return edit.outage.stages[host.stage]?.committedAt !== undefined || isCarried(edit, host)
}

function turnBack(edit: OutageEdit, host: HostProgress): void {
  edit.setHost(host.host, { step: 'running', since: edit.now, ready: undefined })
}

function prepare(edit: OutageEdit, host: HostProgress): void {
  if (!mayGoOn(edit, host)) return turnBack(edit, host)
  if (isSiteAwaited(edit, host)) return
  const ha = quietHa(edit, host.cluster)
  if (ha === 'wait') return
  if (ha === 'refused' && isDeferred(edit, host)) return
  const isAlone = carriesUs(edit.state, host) && ha === 'quiet'
  if (isAlone && !isLastLeft(edit, host)) return
  rememberGuests(edit, host.cluster)
  edit.setHost(host.host, { step: 'stopping-guests', since: edit.now })
  collectGuests(edit, host)
  shutHostDown(edit, host.host)
}

/** After a start what runs where is known a moment later: without it nobody would know what to start again. */
function isSiteAwaited(edit: OutageEdit, { cluster, since }: HostProgress): boolean {
  if (edit.site(cluster) !== undefined || !feedsOf(edit.state).peersConfigured.includes(cluster)) return false
  const leftMs = SITE_WAIT_MS - elapsedMs(since, edit.now)
  if (leftMs > 0) edit.draft.wakeIn(leftMs)
  return leftMs > 0
}

function emptyHost(edit: OutageEdit, host: HostProgress): void {
  if (!mayGoOn(edit, host)) return turnBack(edit, host)
  collectGuests(edit, host)
  if (!stopGuests(edit, host)) return
  if (host.ready !== true) edit.setHost(host.host, { ready: true })
  if (!isTurnOf(edit, host) || setCephFlags(edit, host.cluster) === 'wait') return
  commit(edit, host)
  edit.setHost(host.host, {
    step: 'shutting-down',
    since: edit.now,
    shutdownAt: edit.now,
    ready: undefined,
    ask: NOT_ASKED,
  })
  edit.tell('power-node-shutting-down', `${host.host} is shut down${withWhat(edit, host)}.`, { host: host.host })
  shutHostDown(edit, host.host)
}

function withWhat(edit: OutageEdit, { host }: HostProgress): string {
  const guests = edit.guestsOn(host)
  const left = guests.filter(({ step }) => step === 'left').map(({ name }) => name)
  if (left.length > 0) return `, and ${list(left)} with it`
  return guests.some(({ step }) => step === 'stopped') ? ': its guests are down' : ''
}

/** From the first order on the stage is finished whatever mains does; of those that go together every stage. */
function commit(edit: OutageEdit, host: HostProgress): void {
  const stages = goesTogether(edit, host) ? restOf(edit, host).map(({ stage }) => stage) : [host.stage]
  for (const stage of new Set(stages)) {
    if (edit.outage.stages[stage]?.committedAt === undefined) edit.setStage(stage, { committedAt: edit.now })
  }
  edit.draft.wakeIn(0)
}

/** HA is armed, and what would be left fences itself: then they go all at once, or none. */
function goesTogether(edit: OutageEdit, host: HostProgress): boolean {
  if (edit.cluster(host.cluster).ha !== 'refused') return false
  const going = edit.hosts().filter((one) => one.cluster === host.cluster && !isIdle(one) && one.step !== 'off')
  return costsQuorum(edit, host.cluster, going)
}

/** Those of its cluster that are still to go. */
function restOf(edit: OutageEdit, { cluster }: HostProgress): readonly HostProgress[] {
  return edit.hosts().filter((one) => one.cluster === cluster && one.stage >= 0 && !isSettled(one))
}

/** Nodes go in the order of their stages, the one that carries us last; a battery that ends sooner waits for nobody. */
function isTurnOf(edit: OutageEdit, host: HostProgress): boolean {
  if (goesTogether(edit, host)) {
    return restOf(edit, host).every(({ ready, step }) => ready === true || step === 'shutting-down')
  }
  const before = edit.hosts().filter(({ stage }) => stage >= 0 && stage < host.stage)
  const isFirst = before.every((one) => isSettled(one) || isIdle(one) || carriesUs(edit.state, one))
  return (isFirst && (!carriesUs(edit.state, host) || isLastLeft(edit, host))) || isOutOfTime(edit, host)
}

function isOutOfTime(edit: OutageEdit, host: HostProgress): boolean {
  const { state, policy, outage, now } = edit
  if (hurryOf(state, policy, outage, host.fed, now) === undefined) return false
  const runtimeMs = batteryOf(state, policy, outage, host.fed, now)?.runtimeMs
  return runtimeMs !== undefined && runtimeMs < (learnedMs(state, learnedNode(host.host)) ?? policy.nodeDownMs)
}

/** Everybody else on this battery who is to go has gone. */
function isLastLeft(edit: OutageEdit, own: HostProgress): boolean {
  return edit
    .hosts()
    .filter(({ host, stage }) => host !== own.host && stage >= 0)
    .every(
      (one) =>
        isSettled(one) || (isIdle(one) && !isCarried(edit, one)) || (carriesUs(edit.state, one) && one.host > own.host),
    )
}

function watchOff(edit: OutageEdit, host: HostProgress): void {
  if (isVerifiedOff(edit.state, host.host, edit.now)) return noteOff(edit, host)
  const from = host.shutdownAt ?? host.since
  const leftMs = edit.policy.nodeDeadlineMs - elapsedMs(from, edit.now)
  if (leftMs <= 0) return noteNotOff(edit, host, from)
  edit.draft.wakeIn(leftMs)
  orderShutdown(edit, host)
  look(edit, host.host)
}

function noteOff(edit: OutageEdit, host: HostProgress): void {
  edit.setHost(host.host, { step: 'off', since: edit.now, offAt: edit.now, ask: NOT_ASKED })
  const from = host.shutdownAt
  const tookMs = from === undefined ? undefined : elapsedMs(from, edit.now)
  if (tookMs !== undefined && host.step === 'shutting-down') learn(edit.draft, learnedNode(host.host), tookMs)
  const after = tookMs === undefined ? '' : ` ${spell(tookMs)} after the order`
  edit.tell('power-node-off', `${host.host} is verified off${after}.`, { host: host.host })
}

function noteNotOff(edit: OutageEdit, host: HostProgress, from: At): void {
  edit.setHost(host.host, { step: 'not-off', since: edit.now })
  const why = host.ask.lastError === undefined ? '' : ` The order was refused: ${clause(host.ask.lastError)}.`
  const way = host.fed.shutdownBy.length === 0 ? ' There is no way configured to shut it down.' : why
  edit.tell(
    'power-node-not-off',
    `${host.host} is not off ${spell(elapsedMs(from, edit.now))} after the order. The plan goes on without it; it is asked again while the battery lasts.${way}`,
    { host: host.host },
  )
}

/** Ordered once, and again only while the battery carries it: what has booted since is not shut down a second time. */
function orderShutdown(edit: OutageEdit, host: HostProgress): void {
  const { ask, fed } = host
  const ways = fed.shutdownBy
  if (ways.length === 0 || !edit.mayAsk(ask)) return
  const isAgain = ask.taken === true || ask.attempts > 0
  if (isAgain && !isCarried(edit, host) && (ask.taken === true || !isSameBoot(host, edit.now))) return
  const by = ways[Math.floor(ask.attempts / TRIES_BY_WAY) % ways.length] ?? 'api'
  const work = { do: 'shutdown-node', cluster: host.cluster, node: host.node, host: host.host, by } as const
  edit.setHost(host.host, { ask: edit.ask(ask, work, SHUTDOWN_LIMIT_MS) })
}

function isCarried({ state, policy, outage, now }: OutageEdit, host: HostProgress): boolean {
  return isToGo(state, policy, outage, host.fed, now)
}

function isSameBoot({ shutdownAt }: HostProgress, now: At): boolean {
  return shutdownAt === undefined || shutdownAt.bootId === now.bootId
}

/** Asks the host again outside the rounds: whether it is off should not take three of them. */
export function look(edit: OutageEdit, name: string): void {
  const host = edit.outage.hosts[name]
  if (host === undefined) return
  const next = host.lookedAt === undefined ? edit.now : later(host.lookedAt, LOOK_EVERY_MS)
  if (!edit.isReached(next) && host.lookedAt?.bootId === edit.now.bootId) return
  edit.draft.effect({ kind: 'probe', hosts: [name] })
  edit.setHost(name, { lookedAt: edit.now })
  edit.draft.wakeIn(LOOK_EVERY_MS)
}

/** Somebody, or its firmware, has started it while the battery still drains: it goes down once more. */
function watchAlive(edit: OutageEdit, host: HostProgress): void {
  const { offAt } = host
  const { state, policy, outage, now } = edit
  if (offAt === undefined || batteryOf(state, policy, outage, host.fed, now) === undefined) return
  const life = lastLifeAt(edit.state, host.host)
  if (life === undefined || elapsedMs(offAt, life) < ALIVE_AGAIN_MS) return
  edit.setHost(host.host, { step: 'preparing', since: edit.now, offAt: undefined, shutdownAt: undefined })
  if (host.stage >= 0) edit.setStage(host.stage, { finishedAt: undefined })
}

function watchLate(edit: OutageEdit, host: HostProgress): void {
  if (isVerifiedOff(edit.state, host.host, edit.now)) return noteOff(edit, host)
  if (!isCarried(edit, host)) return
  if (livedSince(edit.state, host.host, host.since)) orderShutdown(edit, host)
  look(edit, host.host)
}
