import { acknowledged } from '../../core/alerts/incidents/acknowledge.ts'
import { summaryOf } from '../../core/alerts/incidents/summary.ts'
import type { AlertAnswer } from '../../ports/alerting.ts'
import { answer, refusal } from './answers.ts'
import { reviewNotificationsOf } from './review-notification.ts'
import type { Work } from './work.ts'
import { writeStep } from './write-step.ts'

/** A person has it: what waits for a person's word goes no further. */
export function acknowledge(work: Work, id: number, by: string, comment: string): AlertAnswer {
  const [incident] = work.rows.incidents([id])
  if (incident === undefined) return refusal('unknown-alert', `There is no alert ${id}.`)
  const what = summaryOf(incident)
  if (incident.status !== 'firing') return refusal('not-firing', `It does not fire any more: ${what}.`)
  if (incident.acknowledged !== undefined) {
    return answer('already-acknowledged', `${incident.acknowledged.by} has it already: ${what}.`)
  }
  writeStep(work, acknowledged(incident, by, comment, work.nowMs))
  reviewNotificationsOf(work, id)
  return answer('acknowledged', `Acknowledged: ${what}.`)
}
