import { type Clue, cluesIn, last } from './clues.ts'
import { type BootEnd, proof } from './one-record.ts'
import type { Confidence, Finding, ProofLine, RebootEvidence } from './types.ts'

/** A client that was warned of and lived on is no cause: the device fires ten seconds after an expiry. */
const FENCE_WITHIN_MS = 90_000
/** The warning is a second's notice of ten; a record that goes on for longer tells of a client that came back. */
const WARNED_WITHIN_MS = 15_000
/** From the loss of quorum to the reset by an active watchdog: at most some 86 s, and the last 30 s may never be synced. */
const QUORUM_TO_RESET_MS = 120_000
const STALL_WITHIN_MS = 300_000
/** `Journal stopped` is the last line but for stragglers. */
const MOST_LAST_LINES = 3

/** What the record of the boot says itself, from what ends a boot for certain to what only precedes an end. */
export const JOURNAL_RULES: readonly ((end: BootEnd, evidence: RebootEvidence) => Finding | undefined)[] = [
  clean,
  wordsOfTheKernel,
  fence,
  silentFence,
  stall,
]

/** What only fits an end that was seen is a guess where the end is missing. */
function fits({ endMissing }: BootEnd): Confidence {
  return endMissing ? 'possible' : 'probable'
}

/** A clean end says so with its last lines. The watchdog's `did not stop` stands there as well: systemd takes it over. */
function clean(end: BootEnd, { current, also }: RebootEvidence): Finding | undefined {
  const stopped = atTheVeryEnd(end, last(end.clues, 'journal-stopped'))
  const target = last(end.clues, 'rebooting', 'powering-off')
  const stands = target !== undefined && (end.beforeEndMs(target) ?? Infinity) < FENCE_WITHIN_MS
  if (stopped === undefined && !(stands && target.line.identifier === 'systemd')) return undefined
  const lines = proof(end, target, stopped)
  const confidence = stopped === undefined ? 'probable' : 'certain'
  if (target?.kind === 'powering-off') return { cause: 'clean-shutdown', confidence, lines }
  const booted = current === undefined ? undefined : last(cluesIn(current.lines), 'kernel-version')
  const before = also.kernels?.before ?? versionOf(last(end.clues, 'kernel-version'))
  const after = also.kernels?.after ?? versionOf(booted)
  if (before === undefined || after === undefined || before === after)
    return { cause: 'clean-reboot', confidence, lines }
  const shown: ProofLine =
    booted === undefined
      ? { source: 'watchdog', text: `Kernel ${before} before, ${after} now.` }
      : { source: 'current', text: booted.line.text }
  return { cause: 'update', confidence, lines: [...lines, shown] }
}

/** A journald that is only restarted says the same, and its successor writes on. */
function atTheVeryEnd({ lines }: BootEnd, clue: Clue | undefined): Clue | undefined {
  return clue !== undefined && lines.length - clue.index <= MOST_LAST_LINES ? clue : undefined
}

const versionOf = (clue: Clue | undefined) => clue?.line.message.split(' ')[2]

function wordsOfTheKernel(end: BootEnd): Finding | undefined {
  // Nothing follows these: in a record that goes on, somebody else wrote them.
  const words = end.clues.filter((clue) => (end.beforeEndMs(clue) ?? 0) < FENCE_WITHIN_MS)
  const panic = last(words, 'panic')
  if (panic !== undefined) return { cause: 'panic', confidence: 'certain', lines: proof(end, panic) }
  const reset = last(words, 'sysrq-reset')
  return reset && { cause: 'hard-reset', confidence: 'certain', lines: proof(end, reset) }
}

/** What watchdog-mux said at the very end. */
function fence(end: BootEnd): Finding | undefined {
  const { clues } = end
  // A mux that was started anew has nothing to do with what the one before it said.
  const since = last(clues, 'mux-started')?.index ?? -1
  const recent = clues.filter((clue) => clue.index > since && (end.beforeEndMs(clue) ?? Infinity) < FENCE_WITHIN_MS)
  const quorum = lostQuorum(end)
  const cause = quorum === undefined ? 'ha-client-expired' : 'quorum-loss-fence'
  const warned = last(recent, 'mux-warned')
  const expired = last(recent, 'mux-expired')
  if (expired !== undefined) {
    const lines = proof(end, quorum, last(clues, 'lock-lost'), warned, expired)
    return { cause, confidence: 'certain', lines }
  }
  const died = last(recent, 'mux-client-died')
  if (died !== undefined) return { cause: 'ha-client-died', confidence: 'certain', lines: proof(end, died) }
  const ended = muxEnded(end, recent)
  if (ended !== undefined) return ended
  if (warned === undefined || (end.beforeEndMs(warned) ?? Infinity) > WARNED_WITHIN_MS) return undefined
  return { cause, confidence: fits(end), lines: proof(end, quorum, warned) }
}

/** watchdog-mux ended with the device open, or the device fired. */
function muxEnded(end: BootEnd, recent: readonly Clue[]): Finding | undefined {
  const exit = last(recent, 'mux-exit-active')
  if (exit !== undefined) {
    const asked = last(recent, 'mux-terminate')
    const confidence = asked === undefined ? 'probable' : 'certain'
    return { cause: 'watchdog-daemon-stopped', confidence, lines: proof(end, asked, exit) }
  }
  const open = last(recent, 'device-not-stopped')
  const killed = last(recent, 'mux-killed')
  if (killed !== undefined) {
    return { cause: 'watchdog-daemon-crashed', confidence: 'certain', lines: proof(end, open, killed) }
  }
  const fired = last(recent, 'softdog-fired')
  if (fired !== undefined) return { cause: 'watchdog-reset', confidence: 'certain', lines: proof(end, fired) }
  if (open === undefined) return undefined
  return { cause: 'watchdog-reset', confidence: fits(end), lines: proof(end, open) }
}

function lostQuorum({ clues }: BootEnd): Clue | undefined {
  const lost = last(clues, 'quorum-lost')
  const back = last(clues, 'quorum-back')
  return lost !== undefined && (back === undefined || back.index < lost.index) ? lost : undefined
}

/** An older watchdog-mux syncs no word of an expiry: quorum lost a minute before, with HA active, is all that is left. */
function silentFence(end: BootEnd, { also }: RebootEvidence): Finding | undefined {
  const quorum = lostQuorum(end)
  if (quorum === undefined || (end.beforeEndMs(quorum) ?? Infinity) > QUORUM_TO_RESET_MS) return undefined
  if (!watchdogWasOpen(end) && also.haActive !== true) return undefined
  const lines = proof(end, last(end.clues, 'ha-active'), quorum, last(end.clues, 'lock-lost'))
  return { cause: 'quorum-loss-fence', confidence: fits(end), lines }
}

/** HA had opened the watchdog and not closed it again, as far as the record goes. */
export function watchdogWasOpen({ clues }: BootEnd): boolean {
  const opened = last(clues, 'ha-active')
  const closed = last(clues, 'ha-closed')
  return opened !== undefined && (closed === undefined || closed.index < opened.index)
}

function stall(end: BootEnd): Finding | undefined {
  const blocked = end.clues.filter((clue) => {
    return clue.kind === 'stall' && (end.beforeEndMs(clue) ?? Infinity) < STALL_WITHIN_MS
  })
  if (blocked.length === 0) return undefined
  return { cause: 'host-stall', confidence: fits(end), lines: proof(end, ...blocked.slice(-3)) }
}
