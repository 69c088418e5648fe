import { eventKey, eventOf, isFromHook } from '../../core/alerts/incidents/event-key.ts'
import { groupOf } from '../../core/alerts/routing/group.ts'
import { isQuiet, nextMinuteMs } from '../../core/alerts/routing/quiet-hours.ts'
import { receiversFor } from '../../core/alerts/routing/routing.ts'
import {
  ALERT_SEVERITIES,
  type AlertEvent,
  type AlertEventKind,
  type HeldEvent,
  type Incident,
} from '../../core/alerts/types.ts'
import { announceUpdate } from './announce-update.ts'
import type { Work } from './work.ts'

/** Puts an event on its way: it waits for its group, for the morning or for the other relay, once for each receiver. */
export function announce(work: Work, incident: Incident, kind: AlertEventKind, atMs: number): void {
  if (kind === 'update') return announceUpdate(work, incident)
  const event = eventOf(incident, kind, atMs)
  for (const receiver of receiversOf(work, incident, kind)) hold(work, receiver, incident, event)
}

export function hold(work: Work, receiver: string, incident: Incident, event: AlertEvent): void {
  const { nowMs, setup } = work
  const { policy } = setup
  const { severity } = incident
  const relayMs = isFromHook(incident) ? setup.relayWaitMs : 0
  const quiet = isQuiet(policy.quietHours, severity, setup.quietMinute(nowMs))
  const why: HeldEvent['why'] = quiet ? 'quiet-hours' : relayMs > 0 ? 'relay' : 'group'
  const groupMs = severity === 'emergency' ? 0 : policy.groupWaitMs
  work.rows.hold({
    ...event,
    receiver,
    group: groupOf(why, incident, policy.groupBy),
    severity,
    why,
    heldAtMs: nowMs,
    dueMs: quiet ? quietEndMs(work) + relayMs : nowMs + Math.max(groupMs, relayMs),
  })
}

/** The end of the quiet hours that are now. */
export function quietEndMs({ nowMs, setup }: Work): number {
  return nextMinuteMs(setup.policy.quietHours?.toMinute ?? 0, setup.quietMinute(nowMs), nowMs)
}

/** An end is told to whoever was told of the begin, however loud it was then. */
function receiversOf({ rows, setup }: Work, incident: Incident, kind: AlertEventKind): readonly string[] {
  const receivers = receiversFor(setup.routing, incident)
  if (kind !== 'resolved') return receivers
  const keys = [
    eventKey(incident, 'firing', 0),
    ...ALERT_SEVERITIES.map((severity) => eventKey({ ...incident, severity }, 'escalated', 0)),
  ]
  const told = setup.routing.receivers.filter(
    (receiver) => !receivers.includes(receiver) && keys.some((key) => rows.knowsEvent(receiver, key)),
  )
  return [...receivers, ...told]
}
