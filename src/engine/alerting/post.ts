import type { Post } from '../../core/alerts/delivery/chain.ts'
import { priorityOf, URGENT } from '../../core/alerts/delivery/priority.ts'
import { isWorthTelling } from '../../core/alerts/delivery/worth-telling.ts'
import { eventKey, eventOf } from '../../core/alerts/incidents/event-key.ts'
import type { AlertEvent, Delivery, Incident, Notification } from '../../core/alerts/types.ts'
import type { Work } from './work.ts'

/** One delivery for each channel; what a channel has or had already it is not given again. Answers how many were made. */
export function post(
  work: Work,
  notification: Notification,
  posts: readonly Post[],
  events: readonly AlertEvent[],
  about: readonly Incident[],
): number {
  let made = 0
  const all = withEnds(events, about)
  for (const { channel, step } of posts) {
    const told = worthTellingOn(work, channel, all, about)
    if (told.length === 0) continue
    const fresh = { ...newDelivery(work, notification, channel, step, told, about), state: 'queued' as const }
    const delivery = work.rows.insertDelivery(fresh, told)
    if (delivery === undefined) continue
    made += 1
    work.after(() => work.hands.wakeChannel(channel, delivery.priority <= URGENT))
  }
  return made
}

export function newDelivery(
  { nowMs, setup }: Work,
  notification: Notification,
  channel: string,
  step: number,
  events: readonly AlertEvent[],
  about: readonly Incident[],
): Omit<Delivery, 'id' | 'state'> {
  const severityOf = new Map(about.map(({ id, severity }) => [id, severity]))
  const told = events.map(({ kind, incident }) => ({
    kind,
    severity: severityOf.get(incident) ?? notification.severity,
  }))
  return {
    notification: notification.id,
    channel,
    receiver: notification.receiver,
    step,
    severity: notification.severity,
    priority: priorityOf(told, notification.digest),
    createdMs: nowMs,
    dueMs: nowMs,
    expiresMs: nowMs + setup.policy.expireAfterMs,
    attempts: 0,
    plain: false,
    digest: notification.digest,
  }
}

/** Whoever is told now of a begin whose end is known is told of both, so that the end is not told a second time. */
function withEnds(events: readonly AlertEvent[], about: readonly Incident[]): readonly AlertEvent[] {
  const ends = about
    .filter(({ status, muted }) => status === 'resolved' && muted === undefined)
    .map((incident) => eventOf(incident, 'resolved', incident.endsMs ?? incident.updatedMs))
  return [...events, ...ends.filter(({ key }) => !events.some((event) => event.key === key))]
}

/** A channel that has the end of an incident, or is to have it, is told nothing else of it any more. */
function worthTellingOn(
  { rows }: Work,
  channel: string,
  events: readonly AlertEvent[],
  about: readonly Incident[],
): readonly AlertEvent[] {
  const over = about.filter(({ status }) => status === 'resolved')
  if (over.length === 0) return events
  const ended = new Map(
    over.map((incident) => [incident, rows.keyOn(channel, eventKey(incident, 'resolved', 0)) !== undefined]),
  )
  return events.filter((event) => {
    const incident = over.find(({ id }) => id === event.incident)
    return incident === undefined || isWorthTelling(event, incident, ended.get(incident) === true)
  })
}
