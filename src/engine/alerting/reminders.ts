import { hasArrived } from '../../core/alerts/delivery/chain.ts'
import { reviewed } from '../../core/alerts/incidents/muting.ts'
import { nextReminderMs } from '../../core/alerts/incidents/remind.ts'
import { isQuiet } from '../../core/alerts/routing/quiet-hours.ts'
import type { Incident } from '../../core/alerts/types.ts'
import { announce, quietEndMs } from './announce.ts'
import type { Work } from './work.ts'
import { writeStep } from './write-step.ts'

const MOST_REMINDED = 100

/** Tells again what still fires and nobody has acknowledged. Answers whether more may be due. */
export function remind(work: Work): boolean {
  const due = work.rows.remindersDue(work.nowMs, MOST_REMINDED)
  for (const incident of due) remindOf(work, incident)
  return due.length === MOST_REMINDED
}

function remindOf(work: Work, incident: Incident): void {
  const { rows, setup, nowMs } = work
  const step = reviewed(incident, work.muting.causeOf(rows, incident, nowMs), nowMs)
  if (step !== undefined) {
    writeStep(work, step)
    return
  }
  const { remindAtMs = nowMs, ...rest } = incident
  if (isQuiet(setup.policy.quietHours, incident.severity, setup.quietMinute(nowMs))) {
    return rows.updateIncident({ ...rest, remindAtMs: quietEndMs(work) })
  }
  const nextMs = nextReminderMs(incident, setup.policy.remindEveryMs, nowMs)
  rows.updateIncident({ ...rest, ...(nextMs === undefined ? {} : { remindAtMs: nextMs }) })
  if (nextMs !== undefined && !isStillBeingTold(work, incident)) announce(work, incident, 'reminder', remindAtMs)
}

/** Nobody is reminded of what has not reached anybody yet. */
function isStillBeingTold({ rows }: Work, { id }: Incident): boolean {
  return rows.openNotificationsOf(id).some((notification) => !rows.deliveriesOf(notification.id).some(hasArrived))
}
