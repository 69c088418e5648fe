import type { AlertEvent } from '../types.ts'
import { incidentsOf } from './worth-telling.ts'

/** What is said by changing the message that is there already. Whatever fires or gets louder is posted anew. */
export function mayEdit(events: readonly AlertEvent[]): boolean {
  return events.every(({ kind }) => kind === 'resolved' || kind === 'update')
}

export function onlyUpdates(events: readonly AlertEvent[]): boolean {
  return events.every(({ kind }) => kind === 'update')
}

/** The message to change: one that shows just the incidents of these events, no more and no less. */
export function editOf(
  events: readonly AlertEvent[],
  shownBy: (incident: number) => { readonly ref: string; readonly incidents: readonly number[] } | undefined,
): string | undefined {
  const incidents = incidentsOf(events)
  const [first] = incidents
  const shown = first === undefined ? undefined : shownBy(first)
  if (shown === undefined || shown.incidents.length !== incidents.length) return undefined
  const all = new Set(shown.incidents)
  return incidents.every((incident) => all.has(incident)) ? shown.ref : undefined
}
