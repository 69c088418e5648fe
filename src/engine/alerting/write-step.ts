import { muted, tellable, whyMuted } from '../../core/alerts/incidents/muting.ts'
import { hasRow, type IncidentStep, type Line } from '../../core/alerts/incidents/step.ts'
import type { Incident } from '../../core/alerts/types.ts'
import { announce } from './announce.ts'
import { addLines } from './lines.ts'
import { reviewNotificationsOf } from './review-notification.ts'
import type { Work } from './work.ts'

const DISABLED: Line = { kind: 'muted', sentence: 'It is told to nobody: the configuration has switched it off.' }

/** Writes down what came of something for one incident, and puts on its way what is to be told of it. */
export function writeStep(work: Work, step: IncidentStep, atMs = work.nowMs): Incident {
  const fresh = !hasRow(step.incident)
  const cause = fresh ? work.muting.causeOf(work.rows, step.incident, work.nowMs) : undefined
  const row = fresh ? muted(step.incident, cause, work.nowMs) : step.incident
  const incident = hasRow(row) ? row : work.rows.insertIncident(row)
  if (!fresh) work.rows.updateIncident(incident)
  const off = isDisabled(work, incident)
  const lines = [
    ...step.lines,
    ...(cause === undefined ? [] : [{ kind: 'muted' as const, sentence: whyMuted(cause) }]),
    ...(off && fresh ? [DISABLED] : []),
  ]
  addLines(work, incident.id, lines, atMs)
  const folded = work.muting.folds(incident)
  work.muting.note(incident)
  lookAgain(work, incident, folded)
  if (off) return incident
  for (const kind of tellable(incident, step.events)) announce(work, incident, kind, atMs)
  if (incident.status === 'resolved' && !fresh) reviewNotificationsOf(work, incident.id)
  return incident
}

function isDisabled({ setup }: Work, { source, labels }: Incident): boolean {
  return source === 'own' && setup.policy.disabled.includes(labels.alertname ?? '')
}

/** A source that begins folds what fires already; one that ends gives back what it had folded. */
function lookAgain(work: Work, incident: Incident, folded: boolean): void {
  const folds = work.muting.folds(incident)
  if (folds && !folded) work.after(() => work.hands.lookAgain('firing'))
  if (incident.status === 'resolved' && work.rows.foldedInto(incident.id) > 0) {
    work.after(() => work.hands.lookAgain('muted'))
  }
}
