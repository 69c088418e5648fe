import type { AlertEvent, AlertEventKind, Incident } from '../types.ts'

/** What is told of an incident where one message has several events of it: the one that says the most. */
const WEIGHT: readonly AlertEventKind[] = ['update', 'reminder', 'notice', 'firing', 'escalated', 'resolved']

/** One event an incident, in the order in which the incidents first appear. */
export function weightiest(events: readonly AlertEvent[]): readonly AlertEvent[] {
  const found = new Map<number, AlertEvent>()
  for (const event of events) {
    const known = found.get(event.incident)
    if (known === undefined || WEIGHT.indexOf(event.kind) > WEIGHT.indexOf(known.kind)) {
      found.set(event.incident, event)
    }
  }
  return [...found.values()]
}

export function incidentsOf(events: readonly AlertEvent[]): readonly number[] {
  return [...new Set(events.map(({ incident }) => incident))]
}

/**
 * Whether an event still has something to say: that something fires has not once its end was told, and a reminder or a
 * mere change has not once it is over.
 */
export function isWorthTelling(event: AlertEvent, incident: Incident, endIsTold: boolean): boolean {
  if (incident.status !== 'resolved' || event.kind === 'resolved') return true
  if (event.kind === 'reminder') return false
  return event.kind === 'update' || !endIsTold
}
