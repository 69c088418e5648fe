import { list } from '../phrase.ts'
import type { Finding } from './classify.ts'
import { REBOOT_CAUSES, type RebootCause, type RebootEvidence } from './types.ts'

/** What people read: what happened, and how sure that is. */
export function sentenceFor(
  node: string,
  { cause, confidence }: Finding,
  { before, couldBe = [] }: { readonly before?: RebootCause; readonly couldBe?: readonly RebootCause[] },
): string {
  const what = `${node}: ${REBOOT_CAUSES[cause]}`
  const sure = confidence === 'probable' ? ' That is probable, not certain.' : ''
  const earlier = before === undefined ? '' : ` Before that: ${REBOOT_CAUSES[before]}`
  const choices = couldBe.length === 0 ? '' : ` The same record is left by: ${list(couldBe.map(named))}.`
  return `${what}${sure}${earlier}${choices}`
}

/** `power-loss` as `power loss`. */
const named = (cause: RebootCause) => cause.replaceAll('-', ' ')

/** What was not to be had, and would have told more. Nothing where the cause is certain. */
export function missingEvidence(evidence: RebootEvidence, { cause, confidence }: Finding): string[] {
  if (confidence === 'certain') return []
  const { previous, copy, current, also } = evidence
  const missing: string[] = []
  if (previous === undefined)
    missing.push('the journal of the previous boot (is it persistent? does the token have Sys.Syslog?)')
  else if (previous.endMissing) missing.push('the end of the previous boot’s journal')
  if (copy === undefined) missing.push('our own copy of the journal’s last lines')
  if (also.netconsole === undefined) missing.push('netconsole, which carries the kernel’s last words off the machine')
  if (cause !== 'abrupt-undetermined' && cause !== 'cannot-tell') return missing
  if (current === undefined) missing.push('the begin of the present boot’s journal')
  if (also.haActive === undefined) missing.push('whether HA was active on it')
  if (also.upsLost === undefined && also.outletOff === undefined) missing.push('a record of its UPS or outlet')
  if (also.controller === undefined) missing.push('the event log of its management controller')
  return missing
}
