import { list } from '../phrase.ts'
import { cluesIn, last } from './clues.ts'
import { type Confidence, type Finding, REBOOT_CAUSES, type RebootCause, type RebootEvidence } from './types.ts'

/** What people read: what happened, and how sure that is. */
export function sentenceFor(
  node: string,
  { cause, confidence }: Finding,
  { before, couldBe = [] }: { readonly before?: RebootCause; readonly couldBe?: readonly RebootCause[] },
): string {
  const what = `${node}: ${REBOOT_CAUSES[cause]}`
  // Where nothing tells why, the sentence says so itself.
  const sure = tellsNothing(cause) ? '' : HOW_SURE[confidence]
  const earlier = before === undefined ? '' : ` Before that: ${REBOOT_CAUSES[before]}`
  const choices = couldBe.length === 0 ? '' : ` The same record is left by: ${list(couldBe.map(named))}.`
  return `${what}${sure}${earlier}${choices}`
}

const HOW_SURE: Readonly<Record<Confidence, string>> = {
  certain: '',
  probable: ' That is probable, not certain.',
  possible: ' That is a guess.',
}

const tellsNothing = (cause: RebootCause) => cause === 'abrupt-undetermined' || cause === 'cannot-tell'

/** `power-loss` as `power loss`. */
const named = (cause: RebootCause) => cause.replaceAll('-', ' ')

/** What was not to be had, and would have told more. Nothing where the cause is certain. */
export function missingEvidence(evidence: RebootEvidence, { cause, confidence }: Finding): string[] {
  if (confidence === 'certain') return []
  const { previous, copy, current, also } = evidence
  const missing: string[] = []
  if (previous === undefined || previous.lines.length === 0)
    missing.push('the journal of the previous boot (is it persistent? does the token have Sys.Syslog?)')
  else if (previous.endMissing) missing.push('the end of the previous boot’s journal')
  if (copy === undefined) missing.push('our own copy of the journal’s last lines')
  if (also.netconsole === undefined) missing.push('netconsole, which carries the kernel’s last words off the machine')
  if (last(cluesIn(current?.lines ?? []), 'pstore') !== undefined)
    missing.push('what pstore kept of the kernel’s last words, in /var/lib/systemd/pstore on it')
  if (!tellsNothing(cause)) return missing
  if (current === undefined) missing.push('the begin of the present boot’s journal')
  if (also.haActive === undefined) missing.push('whether HA was active on it')
  if (also.upsLost === undefined && also.outletOff === undefined) missing.push('a record of its UPS or outlet')
  if (also.controller === undefined) missing.push('the event log of its management controller')
  return missing
}
