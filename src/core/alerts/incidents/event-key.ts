import type { AlertEvent, AlertEventKind, AlertSource, Incident } from '../types.ts'

type Told = Pick<Incident, 'id' | 'fingerprint' | 'source' | 'severity' | 'startsMs'>

/** Alerts that the other relay gets as well. */
const FROM_HOOKS: readonly AlertSource[] = ['alertmanager', 'proxmox', 'generic']

export function isFromHook({ source }: Pick<Incident, 'source'>): boolean {
  return FROM_HOOKS.includes(source)
}

/**
 * The key of a fact, the same whoever tells it: two relays that got the same hook agree on it. Of what was decided here
 * nobody else tells, and its begin may be moved when the clock is set: there the incident stands for it. What may be told
 * more than once has what tells one time from the other: an escalation its severity, a reminder or an update its time.
 */
export function eventKey(incident: Told, kind: AlertEventKind, atMs: number): string {
  const begin = isFromHook(incident) ? incident.startsMs : `#${incident.id}`
  const key = `${incident.fingerprint}:${kind}:${begin}`
  if (kind === 'escalated') return `${key}:${incident.severity}`
  return kind === 'reminder' || kind === 'update' ? `${key}:${atMs}` : key
}

export function eventOf(incident: Told, kind: AlertEventKind, atMs: number): AlertEvent {
  return { incident: incident.id, kind, atMs, key: eventKey(incident, kind, atMs) }
}
