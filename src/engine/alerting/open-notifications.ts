import { firstLast, type Post, postsOf, stepAfter } from '../../core/alerts/delivery/chain.ts'
import { chunksOf } from '../../core/alerts/delivery/chunks.ts'
import { incidentsOf } from '../../core/alerts/delivery/worth-telling.ts'
import { toldNow } from '../../core/alerts/incidents/remind.ts'
import { loudest } from '../../core/alerts/incidents/summary.ts'
import type { OwnAlertName } from '../../core/alerts/own/table.ts'
import type { ReceiverPolicy } from '../../core/alerts/policy.ts'
import type { AlertEvent, Incident, Notification } from '../../core/alerts/types.ts'
import { bury } from './bury.ts'
import { addLines } from './lines.ts'
import { newDelivery, post } from './post.ts'
import { reviewNotification } from './review-notification.ts'
import type { Work } from './work.ts'

export type Group = { readonly receiver: ReceiverPolicy; readonly group: string; readonly digest: boolean }

/** More deliveries about one incident than a chain ever has steps and channels. */
const MOST_DELIVERIES = 100
const NO_CHANNEL = 'none'
const UPLINK_DOWN: OwnAlertName = 'WatchdogUplinkDown'

/** Puts events of a group on their way along the chain of its receiver, and notes that their incidents are told. */
export function openNotifications(
  work: Work,
  group: Group,
  events: readonly AlertEvent[],
  incidents: ReadonlyMap<number, Incident>,
): void {
  for (const chunk of chunksOf(events)) {
    const about = incidentsOf(chunk).flatMap((id) => incidents.get(id) ?? [])
    openNotification(work, group, chunk, about)
    for (const incident of about) {
      work.rows.updateIncident(toldNow(incident, work.setup.policy.remindEveryMs, work.nowMs))
    }
  }
}

function openNotification(
  work: Work,
  { receiver, group, digest }: Group,
  events: readonly AlertEvent[],
  about: readonly Incident[],
): void {
  const { isThere } = work.setup
  const severity = loudest(about.map((incident) => incident.severity))
  const reached = firstLast(receiver, severity, reachedStep(work, receiver.name, events))
  const first = postsOf(receiver, 0, reached, isThere)
  const step = first.length > 0 ? reached : (stepAfter(receiver, reached, isThere) ?? reached)
  const posts = withLocal(work, first.length > 0 ? first : postsOf(receiver, step, step, isThere), about)
  const next = stepAfter(receiver, step, isThere)
  const notification = work.rows.insertNotification(
    {
      receiver: receiver.name,
      group,
      step,
      severity,
      digest,
      createdMs: work.nowMs,
      ...(next === undefined ? {} : { nextStepMs: work.nowMs + receiver.escalateAfterMs }),
      state: 'open',
    },
    events,
  )
  if (posts.length === 0) return leaveUndelivered(work, notification, receiver, events, about)
  // Every channel has it already, by another receiver: nothing will come back that would move this one.
  if (post(work, notification, posts, events, about) === 0) reviewNotification(work, notification.id)
}

/** That our own uplink is down can be told by what needs no uplink, whoever else is to have it. */
function withLocal({ setup }: Work, posts: readonly Post[], about: readonly Incident[]): readonly Post[] {
  if (!about.some(({ source, labels }) => source === 'own' && labels.alertname === UPLINK_DOWN)) return posts
  const local = setup.policy.channels.filter(
    ({ name, local: isLocal }) => isLocal && setup.isThere(name) && !posts.some(({ channel }) => channel === name),
  )
  return [...posts, ...local.map(({ name }) => ({ channel: name, step: 0 }))]
}

/** An end goes as far along the chain as the begin went. */
function reachedStep({ listDeliveries }: Work, receiver: string, events: readonly AlertEvent[]): number {
  let reached = 0
  for (const incident of incidentsOf(events.filter(({ kind }) => kind === 'resolved'))) {
    for (const delivery of listDeliveries({ incident, limit: MOST_DELIVERIES })) {
      if (delivery.receiver === receiver) reached = Math.max(reached, delivery.step)
    }
  }
  return reached
}

/** No channel of the receiver is configured any more: it is a dead letter, since somebody was to have it. */
function leaveUndelivered(
  work: Work,
  notification: Notification,
  receiver: ReceiverPolicy,
  events: readonly AlertEvent[],
  about: readonly Incident[],
): void {
  const channel = receiver.chain.flat()[0] ?? NO_CHANNEL
  const why = `No channel of the receiver ${receiver.name} is configured.`
  const fresh = { ...newDelivery(work, notification, channel, 0, events, about), state: 'queued' as const }
  const delivery = work.rows.insertDelivery(fresh, events)
  if (delivery !== undefined) return bury(work, delivery, 'channel-gone', why)
  addLines(
    work,
    about.map(({ id }) => id),
    [{ kind: 'failed', sentence: why }],
  )
}
