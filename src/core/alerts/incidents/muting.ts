import type { AlertEventKind, Incident, Silence } from '../types.ts'
import type { IncidentStep, NewIncident } from './step.ts'
import { summaryOf } from './summary.ts'

/** Why an incident is told to nobody now. */
export type MuteCause =
  | { readonly by: 'silence'; readonly silence: Silence }
  | { readonly by: 'inhibition'; readonly source: Incident }

/** The incident as it is with this cause, or without any; the same object where nothing changes. */
export function muted<I extends Incident | NewIncident>(incident: I, cause: MuteCause | undefined, nowMs: number): I {
  if (cause === undefined) {
    if (incident.muted === undefined) return incident
    const { muted: _, ...heard } = incident
    return heard as I
  }
  const id = cause.by === 'silence' ? cause.silence.id : cause.source.id
  if (incident.muted?.by === cause.by && incident.muted.id === id) return incident
  return { ...incident, muted: { by: cause.by, id, sinceMs: nowMs } }
}

/** What comes of a look at whether an incident that fires is muted; undefined where that is as it was. */
export function reviewed(incident: Incident, cause: MuteCause | undefined, nowMs: number): IncidentStep | undefined {
  const next = muted(incident, cause, nowMs)
  if (next === incident) return undefined
  if (cause !== undefined) return { incident: next, lines: [{ kind: 'muted', sentence: whyMuted(cause) }], events: [] }
  // What was told before it was muted still fires: that is said again.
  const events: AlertEventKind[] = !incident.told ? ['firing'] : incident.acknowledged === undefined ? ['reminder'] : []
  return { incident: next, lines: [{ kind: 'unmuted', sentence: 'It is told again: it still fires.' }], events }
}

export function whyMuted(cause: MuteCause): string {
  if (cause.by === 'inhibition') return `It is folded into another alert: ${summaryOf(cause.source)}.`
  const { id, by, comment } = cause.silence
  return `It is silenced by ${by} (silence ${id}${comment === '' ? '' : `: ${comment}`}).`
}

/**
 * What of these is told of an incident as it is. Of one that is muted nothing is, but for the end of what was told
 * before it was folded; under a silence that end only changes the messages that are there.
 */
export function tellable(
  incident: Incident | NewIncident,
  events: readonly AlertEventKind[],
): readonly AlertEventKind[] {
  const { muted: by, told } = incident
  if (by === undefined) return events
  if (!told) return []
  return events.flatMap((kind): AlertEventKind[] => {
    if (kind === 'resolved') return [by.by === 'silence' ? 'update' : 'resolved']
    return kind === 'update' ? ['update'] : []
  })
}
