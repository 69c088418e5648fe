import type { AlertEventKind, AlertUpdate, Incident, TimelineKind } from '../types.ts'

/** An incident that has no row yet. */
export type NewIncident = Omit<Incident, 'id'>

export type Line = { readonly kind: TimelineKind; readonly sentence: string }

/** What comes of something for one incident: the row to write, new lines of its story, and what is to be told, in order. */
export type IncidentStep = {
  /** A new one has no id. */
  readonly incident: Incident | NewIncident
  readonly lines: readonly Line[]
  readonly events: readonly AlertEventKind[]
}

/** Whether it has a row already. */
export function hasRow(incident: Incident | NewIncident): incident is Incident {
  return 'id' in incident
}

/** The row of an alert that nothing is known of. */
export function newIncident(update: AlertUpdate, status: Incident['status'], nowMs: number): NewIncident {
  const { fingerprint, source, severity, labels, annotations, link, extra, startsMs } = update
  return {
    fingerprint,
    source,
    status,
    severity,
    labels,
    annotations,
    ...(link === undefined ? {} : { link }),
    ...(extra === undefined ? {} : { extra }),
    startsMs,
    updatedMs: nowMs,
    told: false,
  }
}
