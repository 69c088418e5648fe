import { clause, spell } from '../phrase.ts'
import { elapsedMs } from '../time.ts'
import { batteryOf } from './battery.ts'
import { guestOrders } from './guest-orders.ts'
import { hurryOf } from './hurry.ts'
import { guestKey, learn, learnedGuest, learnedMs, learnedNode } from './learned.ts'
import { runningOn } from './need.ts'
import { NOT_ASKED, type OutageEdit } from './outage-edit.ts'
import type { SiteGuest } from './site.ts'
import type { GuestProgress, HostProgress } from './types.ts'

/** After its own time to go down a guest is stopped hard; so long it is waited for that. */
const HARD_STOP_MS = 30_000
const LEAST_DOWN_MS = 20_000

/**
 * Before the first node of a cluster goes: what runs on those that are to follow. Later nobody may be left who could tell,
 * and what ran then has to run again in the end.
 */
export function rememberGuests(edit: OutageEdit, name: string): void {
  for (const host of edit.hosts()) {
    if (host.cluster !== name || host.stage < 0) continue
    for (const { cluster, guest } of runningOn(edit.state, host.host)) {
      const key = guestKey({ cluster, guest: guest.guest })
      if (edit.outage.guests[key] !== undefined) continue
      edit.setGuest(key, { ...freshGuest(edit, cluster, guest, host.host), step: 'running' })
    }
  }
}

/** Of a node without quorum nobody knows what runs: what was remembered goes with it, by its own shutdown. */
function leaveUnknown(edit: OutageEdit, host: HostProgress): void {
  const site = edit.site(host.cluster)
  for (const guest of edit.guestsOn(host.host)) {
    if (guest.step !== 'running' || guest.shed) continue
    const seen = site?.guests.find((each) => each.guest === guest.guest)
    if (seen?.running === undefined) edit.setGuest(guestKey(guest), { ...guest, step: 'left' })
  }
}

/** Writes down what runs on a host that is to go: what is shut down now is what has to run again in the end. */
export function collectGuests(edit: OutageEdit, host: HostProgress): void {
  leaveUnknown(edit, host)
  const isRefused = edit.cluster(host.cluster).ha === 'refused'
  for (const { cluster, guest } of runningOn(edit.state, host.host)) {
    const key = guestKey({ cluster, guest: guest.guest })
    const before = edit.outage.guests[key]
    if (before !== undefined && before.step !== 'running' && before.step !== 'given-up') continue
    // HA would start again what we stop; it stops its own when its node goes.
    const step = guest.ha && isRefused ? 'left' : 'to-stop'
    edit.setGuest(key, { ...freshGuest(edit, cluster, guest, host.host), step })
  }
}

function freshGuest(edit: OutageEdit, cluster: string, guest: SiteGuest, host: string | undefined): GuestProgress {
  return {
    cluster,
    guest: guest.guest,
    name: guest.name,
    node: guest.node,
    ...(host === undefined ? {} : { host }),
    ...(guest.order === undefined ? {} : { order: guest.order }),
    downMs: guest.downMs ?? edit.policy.guestDownMs,
    upMs: guest.upMs ?? 0,
    shed: false,
    ha: guest.ha,
    onboot: guest.onboot,
    step: 'to-stop',
    ask: NOT_ASKED,
  }
}

/** Whether nothing of a host is left to be waited for. */
export function stopGuests(edit: OutageEdit, host: HostProgress): boolean {
  if (elapsedMs(host.since, edit.now) >= guestDeadlineMs(edit, host)) {
    for (const guest of edit.guestsOn(host.host)) leave(edit, guest)
    return true
  }
  edit.draft.wakeIn(guestDeadlineMs(edit, host) - elapsedMs(host.since, edit.now))
  return stopGroups(edit, edit.guestsOn(host.host))
}

/** Group after group; the next begins when nothing of the one before is left. */
export function stopGroups(edit: OutageEdit, guests: readonly GuestProgress[]): boolean {
  for (const group of guestOrders(guests)) {
    for (const guest of group) stopOne(edit, guest)
    const left = group.some((guest) => isGoing(edit.outage.guests[guestKey(guest)]))
    if (left) return false
  }
  return true
}

function isGoing(guest: GuestProgress | undefined): boolean {
  return guest?.step === 'to-stop' || guest?.step === 'stopping'
}

function stopOne(edit: OutageEdit, guest: GuestProgress): void {
  if (!isGoing(guest)) return
  if (hasStopped(edit, guest)) return noteStopped(edit, guest)
  const { stopAskedAt, ask } = guest
  if (stopAskedAt !== undefined) {
    const leftMs = guest.downMs + HARD_STOP_MS - elapsedMs(stopAskedAt, edit.now)
    if (leftMs <= 0) return leave(edit, guest)
    edit.draft.wakeIn(leftMs)
  }
  if (!edit.mayAsk(ask)) return
  const timeoutMs = timeoutOf(edit, guest)
  const work = {
    do: 'stop-guest',
    cluster: guest.cluster,
    node: guest.node,
    guest: guest.guest,
    timeoutMs,
  } as const
  edit.setGuest(guestKey(guest), {
    ...guest,
    step: 'stopping',
    ask: edit.ask(ask, work, timeoutMs + HARD_STOP_MS),
    stopAskedAt: stopAskedAt ?? edit.now,
  })
}

/** As was read after it was asked: an answer that was lost on its way is seen so all the same. */
function hasStopped(edit: OutageEdit, { cluster, guest, ask, step }: GuestProgress): boolean {
  const site = edit.site(cluster)
  if (site === undefined || step !== 'stopping' || ask.askedAt === undefined) return false
  const isSince = elapsedMs(ask.askedAt, site.at) > 0
  return isSince && site.guests.find((each) => each.guest === guest)?.running === false
}

export function noteStopped(edit: OutageEdit, guest: GuestProgress): void {
  edit.setGuest(guestKey(guest), { ...guest, ask: NOT_ASKED, step: 'stopped', stoppedAt: edit.now })
  const { stopAskedAt, ask } = guest
  // Only what was stopped at the first asking tells how long it takes.
  if (stopAskedAt !== undefined && ask.attempts === 1) {
    learn(edit.draft, learnedGuest(guest.cluster, guest.guest), elapsedMs(stopAskedAt, edit.now))
  }
  edit.tell('power-guest-stopped', `${guest.name} (${guest.guest}) on ${guest.node} is shut down.`)
}

/** In a hurry nobody gets more than what the battery has left beside the shutdown of the node. */
function timeoutOf(edit: OutageEdit, { downMs, host }: GuestProgress): number {
  const part = host === undefined ? undefined : edit.outage.hosts[host]
  if (part === undefined || !isInHurry(edit, part)) return downMs
  return Math.min(downMs, Math.max(LEAST_DOWN_MS, spareMs(edit, part) - HARD_STOP_MS))
}

function guestDeadlineMs(edit: OutageEdit, host: HostProgress): number {
  const { guestDeadlineMs } = edit.policy
  if (!isInHurry(edit, host)) return guestDeadlineMs
  const passedMs = elapsedMs(host.since, edit.now)
  return Math.min(guestDeadlineMs, Math.max(LEAST_DOWN_MS + HARD_STOP_MS, passedMs + spareMs(edit, host)))
}

function isInHurry({ state, policy, outage, now }: OutageEdit, { fed }: HostProgress): boolean {
  return hurryOf(state, policy, outage, fed, now) !== undefined
}

/** What the battery has for guests, or no limit where it does not tell. */
function spareMs(edit: OutageEdit, host: HostProgress): number {
  const { state, policy, outage, now } = edit
  const runtimeMs = batteryOf(state, policy, outage, host.fed, now)?.runtimeMs
  if (runtimeMs === undefined) return Number.MAX_SAFE_INTEGER
  return Math.max(0, runtimeMs - (learnedMs(state, learnedNode(host.host)) ?? policy.nodeDownMs))
}

function leave(edit: OutageEdit, guest: GuestProgress): void {
  if (!isGoing(guest)) return
  edit.setGuest(guestKey(guest), { ...guest, step: 'left' })
  const waited = guest.stopAskedAt === undefined ? '' : ` within ${spell(elapsedMs(guest.stopAskedAt, edit.now))}`
  const why = guest.ask.lastError === undefined ? '' : `: ${clause(guest.ask.lastError)}`
  edit.tell('power-guest-left', `${guest.name} (${guest.guest}) on ${guest.node} did not stop${waited}${why}.`)
}

/** Guests with one of the tags, wherever they run on a host that is on battery: to spare the battery. */
export function shedGuests(edit: OutageEdit, tags: readonly string[]): void {
  const { state, policy, outage, now } = edit
  for (const host of edit.hosts()) {
    if (host.step !== 'running' || batteryOf(state, policy, outage, host.fed, now) === undefined) continue
    for (const { cluster, guest } of runningOn(state, host.host)) {
      const key = guestKey({ cluster, guest: guest.guest })
      // One that HA manages is started again at once, unless HA has let go.
      const step = edit.outage.guests[key]?.step ?? 'running'
      if (guest.ha || step !== 'running' || !guest.tags.some((tag) => tags.includes(tag))) continue
      edit.setGuest(key, { ...freshGuest(edit, cluster, guest, host.host), shed: true })
    }
  }
}
