import { clause, spell } from '../phrase.ts'
import { elapsedMs, later } from '../time.ts'
import { guestOrders } from './guest-orders.ts'
import { guestKey } from './learned.ts'
import { NOT_ASKED, type OutageEdit } from './outage-edit.ts'
import type { SiteGuest } from './site.ts'
import type { GuestProgress } from './types.ts'

const START_LIMIT_MS = 2 * 60_000
/** What Proxmox starts by itself at boot, or HA once it is armed, is given this long to do so. */
const BY_ITSELF_MS = 3 * 60_000
const PATIENCE_MS = 30 * 60_000

/** Whether every guest that ran before runs again, or was given up and told. Missed ones are started, in their order. */
export function startGuests(edit: OutageEdit): boolean {
  const groups = [...guestOrders(Object.values(edit.outage.guests))].reverse()
  let isClear = true
  let areAllDone = true
  for (const group of groups) {
    for (const { cluster, guest } of group) {
      const key = guestKey({ cluster, guest })
      stepGuest(edit, key, isClear)
      const step = edit.outage.guests[key]?.step
      const isDone = step === 'running' || step === 'given-up'
      if (!isDone) areAllDone = false
      if (!isDone) isClear = false
    }
    if (isClear && !hasSettled(edit, group)) isClear = false
  }
  return areAllDone
}

/** Whether the `up=` of everything in the group has passed since it runs. */
function hasSettled(edit: OutageEdit, group: readonly GuestProgress[]): boolean {
  return group.every((guest) => {
    const { startedAt, upMs } = edit.outage.guests[guestKey(guest)] ?? guest
    return upMs === 0 || startedAt === undefined || edit.isReached(later(startedAt, upMs))
  })
}

function stepGuest(edit: OutageEdit, key: string, isItsTurn: boolean): void {
  const guest = edit.outage.guests[key]
  if (guest === undefined || guest.step === 'running' || guest.step === 'given-up') return
  // An order to stop that is still out may land yet.
  if (guest.step === 'stopping' && guest.ask.errand !== undefined && !edit.mayAsk(guest.ask)) return
  const site = edit.site(guest.cluster)
  const seen = site?.guests.find((each) => each.guest === guest.guest)
  const since = upSince(edit, guest)
  // What was read before its node came up tells nothing of now.
  const isFresh = site?.trusted === true && since !== undefined && elapsedMs(since, site.at) > 0
  if (isFresh && seen?.running === true) return edit.setGuest(key, { ...guest, step: 'running', startedAt: edit.now })
  if (since === undefined) return
  const waitedMs = elapsedMs(since, edit.now)
  if (waitedMs >= PATIENCE_MS) return giveUp(edit, key, guest)
  edit.draft.wakeIn(PATIENCE_MS - waitedMs)
  if (!isFresh || seen === undefined || seen.locked || !isItsTurn) return
  if (startsByItself(edit, guest) && waitedMs < BY_ITSELF_MS) return edit.draft.wakeIn(BY_ITSELF_MS - waitedMs)
  ask(edit, key, guest, seen)
}

/** Since when it could run again: its node is alive, and HA is as it was. */
function upSince(edit: OutageEdit, { host }: GuestProgress): GuestProgress['startedAt'] {
  const part = host === undefined ? undefined : edit.outage.hosts[host]
  if (part?.step === 'on') return part.onAt ?? part.since
  return part?.step === 'running' ? edit.outage.returningAt : undefined
}

function startsByItself(edit: OutageEdit, guest: GuestProgress): boolean {
  const isDown = guest.host !== undefined && edit.outage.hosts[guest.host]?.step === 'on'
  return guest.ha || (guest.onboot && isDown)
}

function ask(edit: OutageEdit, key: string, guest: GuestProgress, seen: SiteGuest): void {
  if (!edit.mayAsk(guest.ask)) return
  // A start that was taken and is not seen yet needs no second one for a while.
  const before = guest.step === 'starting' ? guest.ask : NOT_ASKED
  const work = { do: 'start-guest', cluster: guest.cluster, node: seen.node, guest: guest.guest } as const
  edit.setGuest(key, { ...guest, step: 'starting', ask: edit.ask(before, work, START_LIMIT_MS) })
}

function giveUp(edit: OutageEdit, key: string, guest: GuestProgress): void {
  edit.setGuest(key, { ...guest, step: 'given-up' })
  const why = guest.ask.lastError === undefined ? '' : `: ${clause(guest.ask.lastError)}`
  edit.tell(
    'power-guest-not-back',
    `${guest.name} (${guest.guest}) ran before the power failure and does not run ${spell(PATIENCE_MS)} after its node is back${why}.`,
  )
}
