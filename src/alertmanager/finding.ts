import type { Entry, Path } from './entry.ts'

export type FindingSeverity = 'error' | 'warning' | 'note'

/** Every trap that is known, each with a stable code. */
export const FINDING_CODES = [
  'malformed',
  'root-invalid',
  'duration-invalid',
  'matcher-invalid',
  'matcher-not-understood',
  'receiver-undefined',
  'receiver-null',
  'receiver-unnamed',
  'receiver-twice',
  'receiver-empty',
  'receiver-unused',
  'route-unreached',
  'time-interval-undefined',
  'watchdog-nowhere',
  'watchdog-shared',
  'watchdog-slow',
  'watchdog-unexpected',
  'watchdog-muted',
  'watchdog-inhibited',
  'critical-nowhere',
  'critical-muted',
  'repeat-equals-group',
  'no-relay',
  'one-relay',
  'send-resolved-off',
  'alerts-truncated',
  'url-invalid',
  'url-may-redirect',
  'follows-redirects',
  'url-redirects',
  'url-unreachable',
  'inhibits-everywhere',
] as const
export type FindingCode = (typeof FINDING_CODES)[number]

export type Finding = {
  readonly code: FindingCode
  /** `error`: alerts get lost, or Alertmanager refuses the file. `warning`: they may. `note`: worth knowing. */
  readonly severity: FindingSeverity
  readonly path: Path
  /** Whether it is the key or its value that is wrong. */
  readonly at: 'key' | 'value'
  /** What is the case. */
  readonly sentence: string
  /** Why that hurts. */
  readonly why: string
  /** What to do about it. */
  readonly remedy: string
}

export function finding(
  severity: FindingSeverity,
  code: FindingCode,
  where: Entry,
  words: Pick<Finding, 'sentence' | 'why' | 'remedy'>,
  at: Finding['at'] = 'value',
): Finding {
  return { code, severity, path: where.path, at, ...words }
}
