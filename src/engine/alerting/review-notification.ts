import { moveOf, postsOf, stepAfter } from '../../core/alerts/delivery/chain.ts'
import { incidentsOf } from '../../core/alerts/delivery/worth-telling.ts'
import { eventKey } from '../../core/alerts/incidents/event-key.ts'
import type { ReceiverPolicy } from '../../core/alerts/policy.ts'
import type {
  AlertEvent,
  AlertEventKind,
  Delivery,
  DeliveryState,
  Incident,
  Notification,
} from '../../core/alerts/types.ts'
import { list, spell } from '../../core/phrase.ts'
import { addLines } from './lines.ts'
import { post } from './post.ts'
import type { Work } from './work.ts'

const HAS: readonly (DeliveryState | undefined)[] = ['delivered', 'dropped']
const BEGINS: readonly AlertEventKind[] = ['firing', 'escalated', 'reminder']

export function reviewNotificationsOf(work: Work, incident: number): void {
  for (const { id } of work.rows.openNotificationsOf(incident)) reviewNotification(work, id)
}

/** Looks whether a chain is done, goes on by a step, or is at its end. */
export function reviewNotification(work: Work, id: number): void {
  const notification = work.rows.notification(id)
  if (notification?.state !== 'open') return
  const { rows, setup, nowMs } = work
  const receiver = setup.receiver(notification.receiver)
  const events = rows.notificationEvents(id)
  const about = rows.incidents(incidentsOf(events))
  const deliveries = rows.deliveriesOf(id)
  const nextStep = stepAfter(receiver, notification.step, setup.isThere)
  const begun = begunAndOn(events, about)
  const move = moveOf({
    notification,
    deliveries,
    nextStep,
    loops: setup.loops,
    elsewhere: receiver !== undefined && isElsewhere(work, notification, receiver, events, about, deliveries),
    waitsForPerson: receiver?.until === 'acknowledged' && begun.some((each) => each.acknowledged === undefined),
    acknowledged: begun.length > 0 && begun.every((each) => each.acknowledged !== undefined),
    nowMs,
  })
  if (move === 'wait') return restUntilOutcome(work, notification, nextStep)
  if (move !== 'next-step' || receiver === undefined || nextStep === undefined) {
    return rows.updateNotification(ended(notification, move === 'confirmed' ? 'confirmed' : 'exhausted'))
  }
  takeStep(work, notification, receiver, nextStep, events, about)
}

function takeStep(
  work: Work,
  notification: Notification,
  receiver: ReceiverPolicy,
  step: number,
  events: readonly AlertEvent[],
  about: readonly Incident[],
): void {
  const { rows, setup, nowMs } = work
  const { nextStepMs: _, ...rest } = notification
  const further = stepAfter(receiver, step, setup.isThere)
  const next = {
    ...rest,
    step,
    ...(further === undefined ? {} : { nextStepMs: nowMs + receiver.escalateAfterMs }),
  }
  rows.updateNotification(next)
  const posts = postsOf(receiver, step, step, setup.isThere)
  const names = list(posts.map(({ channel }) => channel))
  const waited = spell(nowMs - notification.createdMs)
  addLines(
    work,
    about.map(({ id }) => id),
    [{ kind: 'failed', sentence: `Nobody has confirmed it for ${waited}: the next step is ${names}.` }],
  )
  post(work, next, posts, events, about)
}

/** A due time that has passed, where there is no step left to take, must not be found due for ever. */
function restUntilOutcome({ rows, nowMs }: Work, notification: Notification, nextStep: number | undefined): void {
  if (nextStep !== undefined || notification.nextStepMs === undefined || notification.nextStepMs > nowMs) return
  const { nextStepMs: _, ...rest } = notification
  rows.updateNotification(rest)
}

function ended(notification: Notification, state: 'confirmed' | 'exhausted'): Notification {
  const { nextStepMs: _, ...rest } = notification
  return { ...rest, state }
}

/** What it tells of as begun, and that still fires and is heard. */
function begunAndOn(events: readonly AlertEvent[], about: readonly Incident[]): readonly Incident[] {
  const begun = new Set(events.filter(({ kind }) => BEGINS.includes(kind)).map(({ incident }) => incident))
  return about.filter(({ id, status, muted }) => begun.has(id) && status === 'firing' && muted === undefined)
}

/**
 * Whether a channel of the chain so far that had all of it already, by another receiver, has delivered it. Who has the
 * end of something has all of it.
 */
function isElsewhere(
  work: Work,
  notification: Notification,
  receiver: ReceiverPolicy,
  events: readonly AlertEvent[],
  about: readonly Incident[],
  deliveries: readonly Delivery[],
): boolean {
  const { rows, setup } = work
  const has = (channel: string, key: string) => HAS.includes(rows.keyOn(channel, key))
  if (events.length === 0 || deliveries.some(({ state }) => state === 'delivered')) return false
  const own = new Set(deliveries.map(({ channel }) => channel))
  const others = postsOf(receiver, 0, notification.step, setup.isThere).filter(
    ({ channel }) => !own.has(channel) && !setup.loops(channel),
  )
  return others.some(({ channel }) =>
    about.every((incident) => {
      if (incident.status === 'resolved' && has(channel, eventKey(incident, 'resolved', 0))) return true
      return events.every(({ incident: id, key }) => id !== incident.id || has(channel, key))
    }),
  )
}
