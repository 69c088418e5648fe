import { type Clue, cluesIn, last, netconsoleClues } from './clues.ts'
import { parseLine } from './journal-line.ts'
import type {
  BootRecord,
  Confidence,
  LineSource,
  ProofLine,
  RebootCause,
  RebootEvidence,
  RebootVerdict,
} from './types.ts'
import { missingEvidence, sentenceFor } from './words.ts'

/** What was found in one boot's record, with where it was read. */
type Found = {
  readonly source: LineSource
  readonly record: BootRecord
  readonly clues: readonly Clue[]
  /** Milliseconds between a clue and the last line; undefined where the clock ran backwards in between. */
  readonly beforeEndMs: (clue: Clue) => number | undefined
}

export type Finding = {
  readonly cause: RebootCause
  readonly confidence: Confidence
  readonly lines: readonly ProofLine[]
}

/** A client that was warned of and lived on is no cause: the device fires ten seconds after an expiry. */
const FENCE_WITHIN_MS = 90_000
/** From the loss of quorum to the reset by an active watchdog: at most some 86 s, and the last 30 s may never be synced. */
const QUORUM_TO_RESET_MS = 120_000
const STALL_WITHIN_MS = 300_000

/**
 * Why a node rebooted, from what is recorded. Pure. It never says more than the record does: several causes leave the
 * same journal, and then the answer is `abrupt-undetermined`, with what would have told them apart.
 */
export function classifyReboot(evidence: RebootEvidence): RebootVerdict {
  const records = recordsOf(evidence)
  const recorded = fromRecords(evidence, records)
  const own = evidence.also.ownCycle
  if (own !== undefined && !isClean(recorded)) {
    const before = recorded !== undefined && recorded.cause !== 'power-loss' ? { before: recorded.cause } : {}
    const line: ProofLine = { source: 'watchdog', text: `${own.intent}: ${own.reason}` }
    return verdict(
      evidence,
      { cause: 'own-cycle', confidence: 'certain', lines: [line, ...(recorded?.lines ?? [])] },
      before,
    )
  }
  if (recorded !== undefined) return verdict(evidence, recorded)
  return undetermined(evidence, records)
}

function isClean(finding: Finding | undefined): boolean {
  return finding !== undefined && ['clean-reboot', 'clean-shutdown', 'update'].includes(finding.cause)
}

/** The journal of the boot, and our own copy where that goes further. */
function recordsOf({ previous, copy }: RebootEvidence): readonly Found[] {
  const all = [
    ...(previous === undefined ? [] : [found('previous', previous)]),
    ...(copy === undefined ? [] : [found('copy', copy)]),
  ]
  return all
}

function found(source: LineSource, record: BootRecord): Found {
  const clues = cluesIn(record.lines)
  const end = record.lines.findLast((text) => parseLine(text) !== undefined)
  const endMs = end === undefined ? 0 : (parseLine(end)?.timeMs ?? 0)
  return {
    source,
    record,
    clues,
    beforeEndMs: ({ line }) => {
      const ms = endMs - line.timeMs
      return ms >= -1000 ? Math.max(0, ms) : undefined
    },
  }
}

/** The first that the evidence carries, from what ends a boot for certain to what only precedes an end. */
function fromRecords(evidence: RebootEvidence, records: readonly Found[]): Finding | undefined {
  for (const rule of [clean, wordsOfTheKernel, fence, silentFence, stall]) {
    for (const record of records) {
      const finding = rule(record, evidence)
      if (finding !== undefined) return finding
    }
  }
  return fromNetconsole(evidence) ?? corroborated(evidence)
}

function proof({ source }: Found, ...clues: readonly (Clue | undefined)[]): ProofLine[] {
  return clues.flatMap((clue) => (clue === undefined ? [] : [{ source, text: clue.line.text }]))
}

/** A clean end says so with its last lines. The watchdog's `did not stop` stands there as well: systemd takes it over. */
function clean(record: Found, { current }: RebootEvidence): Finding | undefined {
  const stopped = last(record.clues, 'journal-stopped')
  const target = last(record.clues, 'rebooting', 'powering-off')
  const stands = (clue: Clue | undefined) =>
    clue !== undefined && (record.beforeEndMs(clue) ?? Infinity) < FENCE_WITHIN_MS
  if (stopped === undefined && !(stands(target) && target?.line.identifier === 'systemd')) return undefined
  const lines = proof(record, target, stopped)
  const confidence = stopped === undefined ? 'probable' : 'certain'
  if (target?.kind === 'powering-off') return { cause: 'clean-shutdown', confidence, lines }
  const before = last(record.clues, 'kernel-version')?.line.message
  const after = current === undefined ? undefined : last(cluesIn(current.lines), 'kernel-version')
  const isNew = before !== undefined && after !== undefined && versionOf(before) !== versionOf(after.line.message)
  if (!isNew) return { cause: 'clean-reboot', confidence, lines }
  const booted: ProofLine = { source: 'current', text: after.line.text }
  return { cause: 'update', confidence, lines: [...lines, booted] }
}

const versionOf = (message: string) => message.split(' ')[2]

function wordsOfTheKernel(record: Found): Finding | undefined {
  const panic = last(record.clues, 'panic')
  if (panic !== undefined) return { cause: 'panic', confidence: 'certain', lines: proof(record, panic) }
  const reset = last(record.clues, 'sysrq-reset')
  return reset && { cause: 'hard-reset', confidence: 'certain', lines: proof(record, reset) }
}

/** What watchdog-mux said at the very end. */
function fence(record: Found): Finding | undefined {
  const { clues } = record
  // A mux that was started anew has nothing to do with what the one before it said.
  const since = last(clues, 'mux-started')?.index ?? -1
  const recent = clues.filter((clue) => clue.index > since && (record.beforeEndMs(clue) ?? Infinity) < FENCE_WITHIN_MS)
  const quorum = lostQuorum(record)
  const expired = last(recent, 'mux-expired')
  if (expired !== undefined) {
    const lines = proof(record, quorum, last(clues, 'lock-lost'), last(recent, 'mux-warned'), expired)
    return { cause: quorum === undefined ? 'ha-client-expired' : 'quorum-loss-fence', confidence: 'certain', lines }
  }
  const died = last(recent, 'mux-client-died')
  if (died !== undefined) return { cause: 'ha-client-died', confidence: 'certain', lines: proof(record, died) }
  const exit = last(recent, 'mux-exit-active')
  if (exit !== undefined) {
    const asked = last(recent, 'mux-terminate')
    const confidence = asked === undefined ? 'probable' : 'certain'
    return { cause: 'watchdog-daemon-stopped', confidence, lines: proof(record, asked, exit) }
  }
  const killed = last(recent, 'mux-killed')
  const open = last(recent, 'device-not-stopped')
  if (killed !== undefined) {
    return { cause: 'watchdog-daemon-crashed', confidence: 'certain', lines: proof(record, open, killed) }
  }
  const fired = last(recent, 'softdog-fired')
  if (fired !== undefined) return { cause: 'watchdog-reset', confidence: 'certain', lines: proof(record, fired) }
  if (open !== undefined) return { cause: 'watchdog-reset', confidence: 'probable', lines: proof(record, open) }
  const warned = last(recent, 'mux-warned')
  // The warning is a second's notice of ten; a record that goes on for longer tells of a client that came back.
  if (warned === undefined || (record.beforeEndMs(warned) ?? Infinity) > 15_000) return undefined
  const cause = quorum === undefined ? 'ha-client-expired' : 'quorum-loss-fence'
  return { cause, confidence: 'probable', lines: proof(record, quorum, warned) }
}

function lostQuorum({ clues }: Found): Clue | undefined {
  const lost = last(clues, 'quorum-lost')
  const back = last(clues, 'quorum-back')
  return lost !== undefined && (back === undefined || back.index < lost.index) ? lost : undefined
}

/** An older watchdog-mux syncs no word of an expiry: quorum lost a minute before, with HA active, is all that is left. */
function silentFence(record: Found, { also }: RebootEvidence): Finding | undefined {
  const quorum = lostQuorum(record)
  if (quorum === undefined || (record.beforeEndMs(quorum) ?? Infinity) > QUORUM_TO_RESET_MS) return undefined
  if (!watchdogWasOpen(record) && also.haActive !== true) return undefined
  const lines = proof(record, last(record.clues, 'ha-active'), quorum, last(record.clues, 'lock-lost'))
  return { cause: 'quorum-loss-fence', confidence: 'probable', lines }
}

/** HA had opened the watchdog and not closed it again, as far as the record goes. */
function watchdogWasOpen({ clues }: Found): boolean {
  const opened = last(clues, 'ha-active')
  const closed = last(clues, 'ha-closed')
  return opened !== undefined && (closed === undefined || closed.index < opened.index)
}

function stall(record: Found): Finding | undefined {
  const blocked = record.clues.filter((clue) => {
    return clue.kind === 'stall' && (record.beforeEndMs(clue) ?? Infinity) < STALL_WITHIN_MS
  })
  if (blocked.length === 0) return undefined
  return { cause: 'host-stall', confidence: 'probable', lines: proof(record, ...blocked.slice(-3)) }
}

/** The kernel's last words by UDP leave the machine before its reset, which its journal may not. */
function fromNetconsole({ also }: RebootEvidence): Finding | undefined {
  const clues = netconsoleClues(also.netconsole ?? [])
  const line = (kind: string) => clues.findLast((clue) => clue.kind === kind)
  const by = (kind: string, cause: RebootCause, confidence: Confidence): Finding | undefined => {
    const found = line(kind)
    return found && { cause, confidence, lines: [{ source: 'netconsole', text: found.text }] }
  }
  return (
    by('panic', 'panic', 'certain') ??
    by('sysrq-reset', 'hard-reset', 'certain') ??
    by('softdog-fired', 'watchdog-reset', 'certain') ??
    by('stall', 'host-stall', 'probable') ??
    by('device-not-stopped', 'watchdog-reset', 'probable')
  )
}

/** What others saw of the same minutes, where the node itself recorded nothing. */
function corroborated({ also, previous, copy }: RebootEvidence): Finding | undefined {
  if (previous === undefined && copy === undefined && also.netconsole === undefined) return undefined
  const told = (cause: RebootCause, confidence: Confidence, text: string): Finding => {
    return { cause, confidence, lines: [{ source: 'watchdog', text }] }
  }
  if (also.outletOff !== undefined) return told('power-loss', 'certain', also.outletOff)
  if (also.upsLost !== undefined) return told('power-loss', 'certain', also.upsLost)
  if (also.controller !== undefined) return told('hard-reset', 'certain', also.controller)
  const together = also.diedTogether ?? []
  if (together.length === 0) return undefined
  return told('power-loss', 'probable', `Died in the same half minute: ${together.join(', ')}.`)
}

/** Causes that leave the same journal: nothing of the last half minute reached the disk. */
const LEAVES_NOTHING: readonly RebootCause[] = ['power-loss', 'panic', 'hard-reset', 'watchdog-reset', 'host-stall']

function undetermined(evidence: RebootEvidence, records: readonly Found[]): RebootVerdict {
  const whole = records.some(({ record }) => !record.endMissing && record.lines.length > 0)
  if (!whole) return verdict(evidence, { cause: 'cannot-tell', confidence: 'possible', lines: [] })
  const recovered = evidence.current === undefined ? [] : cluesIn(evidence.current.lines)
  const abrupt = recovered.filter(({ kind }) => kind === 'recovered-disk' || kind === 'journal-unclean')
  const lines = abrupt.map(({ line }): ProofLine => ({ source: 'current', text: line.text }))
  const end = records.at(0)?.record.lines.at(-1)
  const proofs: ProofLine[] = [...(end === undefined ? [] : [{ source: 'previous' as const, text: end }]), ...lines]
  const haActive = evidence.also.haActive ?? (records.some(watchdogWasOpen) ? true : undefined)
  const couldBe = LEAVES_NOTHING.filter((cause) => cause !== 'watchdog-reset' || haActive !== false)
  const known = haActive === undefined ? evidence : { ...evidence, also: { ...evidence.also, haActive } }
  return verdict(known, { cause: 'abrupt-undetermined', confidence: 'possible', lines: proofs }, { couldBe })
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
