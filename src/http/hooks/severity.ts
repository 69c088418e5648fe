import type { AlertSeverity } from '../../core/alerts/types.ts'

/** The words that monitoring systems use, in ours. */
const WORDS = new Map<string, AlertSeverity>([
  ...words('info', ['info', 'information', 'informational', 'notice', 'none', 'ok', 'debug', 'low']),
  ...words('warning', ['warning', 'warn', 'minor', 'medium', 'unknown']),
  ...words('critical', ['critical', 'crit', 'error', 'err', 'major', 'high', 'page', 'fatal', 'alert', 'disaster']),
  ...words('emergency', ['emergency', 'emerg', 'panic']),
])

function words(severity: AlertSeverity, list: readonly string[]): [string, AlertSeverity][] {
  return list.map((word) => [word, severity])
}

/** What a word for a severity means; undefined for one that is not known. */
export function knownSeverity(word: string): AlertSeverity | undefined {
  return WORDS.get(word) ?? WORDS.get(word.trim().toLowerCase())
}

/** The same where something must be thought: a word that nobody knows is no reason to stay silent, nor to wake people. */
export function severityOf(word: unknown): AlertSeverity {
  return (typeof word === 'string' ? knownSeverity(word) : undefined) ?? 'warning'
}
