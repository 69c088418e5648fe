import { isWorthTelling } from '../../core/alerts/delivery/worth-telling.ts'
import { eventKey, isFromHook } from '../../core/alerts/incidents/event-key.ts'
import { muted, whyMuted } from '../../core/alerts/incidents/muting.ts'
import { toldNow } from '../../core/alerts/incidents/remind.ts'
import type { ReceiverPolicy } from '../../core/alerts/policy.ts'
import { isQuiet } from '../../core/alerts/routing/quiet-hours.ts'
import type { AlertEvent, HeldEvent, Incident } from '../../core/alerts/types.ts'
import { announce, hold } from './announce.ts'
import { addLines } from './lines.ts'
import { openNotifications } from './open-notifications.ts'
import type { Relay } from './relay.ts'
import type { Work } from './work.ts'

/** Events a turn: what is looked at in one transaction. */
export const MOST_FLUSHED = 100

export type Flushed = {
  /** More may be due. */
  readonly more: boolean
  /** Events of which the other relay must be asked first. */
  readonly ask: readonly string[]
}

/** Puts on its way what has waited for its group, for the morning or for the other relay. */
export function flushDue(work: Work, relay: Relay): Flushed {
  const limit = MOST_FLUSHED + relay.asking
  const due = work.rows.dueHeld(work.nowMs, limit)
  const ask: string[] = []
  let waiting = 0
  for (const held of groupsOf(due)) {
    const [first] = held
    if (first === undefined) continue
    const receiver = work.setup.receiver(first.receiver)
    if (receiver === undefined) reroute(work, held)
    else {
      const group = flushGroup(work, receiver, held, relay)
      ask.push(...group.ask)
      waiting += group.waiting
    }
  }
  return { more: due.length >= limit && waiting < due.length, ask }
}

function groupsOf(due: readonly HeldEvent[]): Iterable<readonly HeldEvent[]> {
  const groups = new Map<string, HeldEvent[]>()
  for (const event of due) {
    const key = JSON.stringify([event.receiver, event.group])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [event])
    else group.push(event)
  }
  return groups.values()
}

/** The receiver was taken out of the configuration: whoever has its alerts now is told. */
function reroute(work: Work, held: readonly HeldEvent[]): void {
  work.rows.removeHeld(held.map(({ id }) => id))
  for (const { incident: id, kind, atMs } of held) {
    for (const incident of work.rows.incidents([id])) announce(work, incident, kind, atMs)
  }
}

/** `waiting`: how many stay held until the other relay has answered. */
function flushGroup(
  work: Work,
  receiver: ReceiverPolicy,
  held: readonly HeldEvent[],
  relay: Relay,
): { readonly ask: readonly string[]; readonly waiting: number } {
  const incidents = new Map(heardIncidents(work, held).map((incident) => [incident.id, incident]))
  const done: number[] = []
  const ask: string[] = []
  let waiting = 0
  const tell: AlertEvent[] = []
  for (const event of held) {
    const incident = incidents.get(event.incident)
    if (incident === undefined || !isStillTold(work, receiver, event, incident, held)) {
      done.push(event.id)
      continue
    }
    if (event.why === 'quiet-hours' && staysQuiet(work, incident)) {
      work.rows.removeHeld([event.id])
      hold(work, receiver.name, incident, eventOnly(event))
      continue
    }
    const verdict = isFromHook(incident) && work.setup.relayWaitMs > 0 ? relay.verdict(event.key) : 'deliver'
    if (verdict === 'ask') ask.push(event.key)
    if (verdict === 'ask' || verdict === 'asking') {
      waiting += 1
      continue
    }
    done.push(event.id)
    if (verdict === 'deliver') tell.push(eventOnly(event))
    else toldByOther(work, incident, event)
  }
  work.rows.removeHeld(done)
  const [first] = held
  if (tell.length > 0 && first !== undefined) {
    openNotifications(work, { receiver, group: first.group, digest: first.why === 'quiet-hours' }, tell, incidents)
  }
  return { ask, waiting }
}

/** The incidents of these events, with whether they are muted looked at once more. */
function heardIncidents(work: Work, held: readonly HeldEvent[]): readonly Incident[] {
  return work.rows.incidents([...new Set(held.map(({ incident }) => incident))]).map((incident) => {
    if (incident.status === 'resolved' && incident.told) return incident
    const cause = work.muting.causeOf(work.rows, incident, work.nowMs)
    // One that is over is not told any more what it was not told before.
    if (cause === undefined && incident.status === 'resolved') return incident
    const next = muted(incident, cause, work.nowMs)
    if (next === incident) return incident
    work.rows.updateIncident(next)
    work.muting.note(next)
    addLines(work, incident.id, [
      cause === undefined
        ? { kind: 'unmuted', sentence: 'It is told: nothing mutes it any more.' }
        : { kind: 'muted', sentence: whyMuted(cause) },
    ])
    return next
  })
}

function isStillTold(
  { rows }: Work,
  receiver: ReceiverPolicy,
  event: AlertEvent,
  incident: Incident,
  held: readonly HeldEvent[],
): boolean {
  if (incident.muted !== undefined && !(incident.told && event.kind === 'resolved')) return false
  const end = eventKey(incident, 'resolved', 0)
  const endIsTold =
    incident.status === 'resolved' && !held.some(({ key }) => key === end) && rows.knowsEvent(receiver.name, end)
  return isWorthTelling(event, incident, endIsTold)
}

function staysQuiet({ nowMs, setup }: Work, { severity }: Incident): boolean {
  return isQuiet(setup.policy.quietHours, severity, setup.quietMinute(nowMs))
}

/** Told all the same: its end has to be, too. */
function toldByOther(work: Work, incident: Incident, event: AlertEvent): void {
  addLines(work, incident.id, [{ kind: 'sent', sentence: `The other relay has told it (${event.kind}).` }])
  if (!incident.told) work.rows.updateIncident(toldNow(incident, work.setup.policy.remindEveryMs, work.nowMs))
}

function eventOnly({ incident, kind, atMs, key }: HeldEvent): AlertEvent {
  return { incident, kind, atMs, key }
}
