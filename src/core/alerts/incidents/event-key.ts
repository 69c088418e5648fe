import type { AlertEvent, AlertEventKind, Incident } from '../types.ts'

type Told = Pick<Incident, 'id' | 'fingerprint' | 'severity' | 'startsMs'>

/**
 * The key of a fact, the same whoever tells it. What may be told more than once has what tells one time from the other:
 * an escalation its severity, a reminder or an update its time.
 */
export function eventKey(incident: Omit<Told, 'id'>, kind: AlertEventKind, atMs: number): string {
  const key = `${incident.fingerprint}:${kind}:${incident.startsMs}`
  if (kind === 'escalated') return `${key}:${incident.severity}`
  return kind === 'reminder' || kind === 'update' ? `${key}:${atMs}` : key
}

export function eventOf(incident: Told, kind: AlertEventKind, atMs: number): AlertEvent {
  return { incident: incident.id, kind, atMs, key: eventKey(incident, kind, atMs) }
}
