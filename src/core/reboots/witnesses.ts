import { netconsoleClues } from './clues.ts'
import type { ClueKind } from './patterns.ts'
import type { Confidence, Finding, ProofLine, RebootCause, RebootEvidence } from './types.ts'

const WORDS: readonly (readonly [ClueKind, RebootCause, Confidence])[] = [
  ['panic', 'panic', 'certain'],
  ['sysrq-reset', 'hard-reset', 'certain'],
  ['softdog-fired', 'watchdog-reset', 'certain'],
  // `reboot -f` says the same, and nothing was stopped before it.
  ['kernel-restarts', 'clean-reboot', 'probable'],
  ['kernel-powers-off', 'clean-shutdown', 'probable'],
  ['stall', 'host-stall', 'probable'],
  ['device-not-stopped', 'watchdog-reset', 'probable'],
]

/** The kernel's last words by UDP leave the machine before its reset, which its journal may not. */
export function fromNetconsole({ also }: RebootEvidence): Finding | undefined {
  const clues = netconsoleClues(also.netconsole ?? [])
  for (const [kind, cause, confidence] of WORDS) {
    const found = clues.findLast((clue) => clue.kind === kind)
    if (found !== undefined) return { cause, confidence, lines: [{ source: 'netconsole', text: found.text }] }
  }
  return undefined
}

/** What others saw of the same minutes, where the node itself recorded nothing. */
export function corroborated({ also, previous, copy }: RebootEvidence): Finding | undefined {
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

const FENCED = /fencing: acknowledged - got agent lock for node '/

/** That the survivors had to take its lock over says that HA was active on it, not what it died of. */
export function fencedByPeers({ also }: RebootEvidence): ProofLine | undefined {
  const text = also.peerLines?.find((line) => FENCED.test(line))
  return text === undefined ? undefined : { source: 'peers', text }
}
