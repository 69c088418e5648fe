import type { Severity } from '../codes.ts'
import type { RebootCause, RebootVerdict } from './types.ts'

const IN_ORDER: ReadonlySet<RebootCause> = new Set(['clean-reboot', 'clean-shutdown', 'update', 'own-cycle'])
/** Nothing says that anything is wrong with the machine: somebody or something cut its power, or no record tells. */
const WORTH_A_LOOK: ReadonlySet<RebootCause> = new Set(['power-loss', 'hard-reset', 'cannot-tell'])

/** Somebody wanted it, or we did it and told of that already. */
export function isExpected({ cause }: Pick<RebootVerdict, 'cause'>): boolean {
  return IN_ORDER.has(cause)
}

/** How loud it is told. */
export function severityOf({ cause }: Pick<RebootVerdict, 'cause'>): Severity {
  if (IN_ORDER.has(cause)) return 'info'
  return WORTH_A_LOOK.has(cause) ? 'warning' : 'critical'
}
