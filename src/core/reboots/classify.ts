import { cluesIn } from './clues.ts'
import { JOURNAL_RULES, watchdogWasOpen } from './journal-rules.ts'
import { type BootEnd, oneRecord } from './one-record.ts'
import type { Finding, ProofLine, RebootCause, RebootEvidence, RebootVerdict } from './types.ts'
import { corroborated, fencedByPeers, fromNetconsole } from './witnesses.ts'
import { missingEvidence, sentenceFor } from './words.ts'

/**
 * Why a node rebooted, from what is recorded. Pure. It never says more than the record does: several causes leave the
 * same journal, and then the answer is `abrupt-undetermined`, with what would have told them apart.
 */
export function classifyReboot(given: RebootEvidence): RebootVerdict {
  const end = oneRecord(given)
  const evidence = withHa(given, end)
  const findings = findingsOf(evidence, end)
  // What is certain goes before what merely fits, wherever it was read.
  const best = findings.find(({ confidence }) => confidence === 'certain') ?? findings[0]
  const own = evidence.also.ownCycle
  if (own !== undefined) {
    const line: ProofLine = { source: 'watchdog', text: `${own.intent}: ${own.reason}` }
    const finding: Finding = { cause: 'own-cycle', confidence: 'certain', lines: [line, ...(best?.lines ?? [])] }
    return verdict(evidence, finding, best === undefined || isOfPower(best) ? {} : { before: best.cause })
  }
  if (best === undefined) return undetermined(evidence, end)
  const earlier = isOfPower(best) ? findings.find((finding) => !isOfPower(finding)) : undefined
  if (earlier === undefined) return verdict(evidence, best)
  return verdict(evidence, { ...best, lines: [...best.lines, ...earlier.lines] }, { before: earlier.cause })
}

/** What was done to it from outside, where it may have been in trouble before. */
const isOfPower = ({ cause }: Finding) => cause === 'power-loss' || cause === 'hard-reset'

function findingsOf(evidence: RebootEvidence, end: BootEnd | undefined): readonly Finding[] {
  const recorded = end === undefined ? [] : JOURNAL_RULES.map((rule) => rule(end, evidence))
  const heard = fromNetconsole(evidence)
  const all = [...recorded, heard, corroborated(evidence)].filter((finding) => finding !== undefined)
  return heard?.cause === 'watchdog-reset' ? all.map((finding) => confirmed(finding, heard)) : all
}

/** The journal tells what starved the watchdog, the kernel that it fired: together that is certain. */
function confirmed(finding: Finding, heard: Finding): Finding {
  const starved = finding.cause === 'quorum-loss-fence' || finding.cause === 'ha-client-expired'
  if (!starved || finding.confidence === 'certain' || heard.confidence !== 'certain') return finding
  return { ...finding, confidence: 'certain', lines: [...finding.lines, ...heard.lines] }
}

/** Whether HA was active on it, by whoever knows. */
function withHa(evidence: RebootEvidence, end: BootEnd | undefined): RebootEvidence {
  if (evidence.also.haActive !== undefined) return evidence
  const wasOpen = end !== undefined && !end.endMissing && watchdogWasOpen(end)
  if (!wasOpen && fencedByPeers(evidence) === undefined) return evidence
  return { ...evidence, also: { ...evidence.also, haActive: true } }
}

/** Causes that leave the same journal: nothing of the last half minute reached the disk. */
const LEAVES_NOTHING: readonly RebootCause[] = ['power-loss', 'panic', 'hard-reset', 'watchdog-reset', 'host-stall']

function undetermined(evidence: RebootEvidence, end: BootEnd | undefined): RebootVerdict {
  const peers = fencedByPeers(evidence)
  const seen = peers === undefined ? [] : [peers]
  if (end === undefined || end.endMissing) {
    return verdict(evidence, { cause: 'cannot-tell', confidence: 'possible', lines: seen })
  }
  const lines: ProofLine[] = [
    { source: end.sourceOf(end.lines.length - 1), text: end.lines.at(-1) ?? '' },
    ...abruptSigns(evidence),
    ...seen,
  ]
  const couldBe = LEAVES_NOTHING.filter((cause) => cause !== 'watchdog-reset' || evidence.also.haActive !== false)
  return verdict(evidence, { cause: 'abrupt-undetermined', confidence: 'possible', lines }, { couldBe })
}

/** What the next boot says of the end before it. */
function abruptSigns({ current }: RebootEvidence): ProofLine[] {
  return cluesIn(current?.lines ?? [])
    .filter(({ kind }) => kind === 'recovered-disk' || kind === 'journal-unclean')
    .map(({ line }) => ({ source: 'current', text: line.text }))
}

function verdict(
  evidence: RebootEvidence,
  finding: Finding,
  more: { readonly before?: RebootCause; readonly couldBe?: readonly RebootCause[] } = {},
): RebootVerdict {
  return {
    ...finding,
    couldBe: [],
    ...more,
    sentence: sentenceFor(evidence.node, finding, more),
    missing: missingEvidence(evidence, finding),
  }
}
