import type { AlertSeverity, HeldEvent, Labels } from '../types.ts'

/**
 * What waits together for one receiver: alerts with the same values of the labels of `groupBy`, equally loud, and held
 * for the same reason, so that what waits for the morning holds nothing else back.
 */
export function groupOf(
  why: HeldEvent['why'],
  alert: { readonly labels: Labels; readonly severity: AlertSeverity },
  groupBy: readonly string[],
): string {
  const values = groupBy.map((label) => (Object.hasOwn(alert.labels, label) ? alert.labels[label] : '') ?? '')
  return JSON.stringify([why, alert.severity, ...values])
}
