import type { AlertEventKind, AlertSeverity } from '../types.ts'

/** Lower goes first. What fires by its severity, then what is over, then digests, then mere changes. */
const FIRING: Readonly<Record<AlertSeverity, number>> = { emergency: 0, critical: 10, warning: 20, info: 30 }
const REMINDER = 5
const RESOLVED = 50
const DIGEST = 60
const UPDATE = 70

/** What is at least this urgent is tried at once, even on a channel that is waiting to be tried again. */
export const URGENT = FIRING.critical

export function priorityOf(
  told: readonly { readonly kind: AlertEventKind; readonly severity: AlertSeverity }[],
  digest: boolean,
): number {
  if (digest) return DIGEST
  return told.reduce((most, { kind, severity }) => Math.min(most, priority(kind, severity)), UPDATE)
}

function priority(kind: AlertEventKind, severity: AlertSeverity): number {
  if (kind === 'resolved') return RESOLVED
  if (kind === 'update') return UPDATE
  return FIRING[severity] + (kind === 'reminder' ? REMINDER : 0)
}
