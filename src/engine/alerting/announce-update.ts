import { priorityOf } from '../../core/alerts/delivery/priority.ts'
import { eventOf } from '../../core/alerts/incidents/event-key.ts'
import type { Incident, Notification } from '../../core/alerts/types.ts'
import type { Work } from './work.ts'

/** Changes that come one after the other make one edit. */
const SETTLE_MS = 3_000
/** Whose it is: no receiver's, since it goes wherever a message about the incident is. */
const NOBODY = ''

/**
 * Changes the messages about an incident where channels can do that, with all incidents that they show. A message that
 * is still on its way tells it anyway.
 */
export function announceUpdate(work: Work, incident: Incident): void {
  const { rows, setup, nowMs } = work
  let notification: Notification | undefined
  for (const { name } of setup.policy.channels) {
    const shown = setup.edits(name) ? rows.messageOf(name, incident.id) : undefined
    if (shown === undefined || rows.queuedAbout(name, [incident.id], 0, 1).length > 0) continue
    const events = rows.incidents(shown.incidents).map((each) => eventOf(each, 'update', nowMs))
    notification ??= rows.insertNotification(
      {
        receiver: NOBODY,
        group: 'update',
        step: 0,
        severity: incident.severity,
        digest: false,
        createdMs: nowMs,
        state: 'confirmed',
      },
      events,
    )
    rows.insertDelivery(
      {
        notification: notification.id,
        channel: name,
        receiver: NOBODY,
        step: 0,
        severity: incident.severity,
        priority: priorityOf([{ kind: 'update', severity: incident.severity }], false),
        state: 'queued',
        createdMs: nowMs,
        dueMs: nowMs + SETTLE_MS,
        expiresMs: nowMs + setup.policy.expireAfterMs,
        attempts: 0,
        plain: false,
        digest: false,
      },
      events,
    )
    work.after(() => work.hands.wakeChannel(name, false))
  }
}
