import { type Clue, cluesIn, last } from './clues.ts'

/** What the journal of a living node says that is about to happen to it. */
export type LiveSigns = {
  /** Its watchdog will reset it unless HA feeds it again. */
  readonly fence?: { readonly sentence: string; readonly line: string }
  /** HA was seen to be well again after the last such sign. */
  readonly fenceOver?: true
  /** It is being stopped in good order. */
  readonly stop?: { readonly kind: 'rebooting' | 'shut-down'; readonly line: string }
}

/** Reads the lines that came since the journal was last looked at, a minute ago at most. */
export function liveSigns(node: string, lines: readonly string[]): LiveSigns {
  const clues = cluesIn(lines)
  const stop = stopOf(clues)
  const danger = last(clues, 'mux-warned', 'mux-expired', 'mux-client-died', 'mux-exit-active', 'lock-lost')
  const well = last(clues, 'ha-active', 'ha-closed', 'mux-started')
  const stands = danger !== undefined && (well === undefined || well.index < danger.index)
  return {
    ...(stands ? { fence: { sentence: fenceSentence(node, danger), line: danger.line.text } } : {}),
    ...(!stands && well !== undefined ? { fenceOver: true as const } : {}),
    ...(stop === undefined ? {} : { stop }),
  }
}

/** Times: a client has 60 s, is warned of after 50 s, and the device fires 10 s after the last write to it. */
function fenceSentence(node: string, { kind }: Clue): string {
  switch (kind) {
    case 'lock-lost':
      return `${node}: HA has lost its lock; unless it gets it back, the watchdog resets the node about a minute later.`
    case 'mux-warned':
      return `${node}: HA has not fed the watchdog for 50 s; unless that resumes, it resets the node in about 20 s.`
    default:
      return `${node}: watchdog-mux no longer feeds the device; it resets the node within seconds.`
  }
}

function stopOf(clues: readonly Clue[]): LiveSigns['stop'] {
  // What systemd says goes before what the LRM makes of it: with some policies a reboot is a plain stop for it.
  const system = last(clues, 'rebooting', 'powering-off')
  if (system !== undefined) {
    return { kind: system.kind === 'rebooting' ? 'rebooting' : 'shut-down', line: system.line.text }
  }
  const lrm = last(clues, 'lrm-reboots', 'lrm-shuts-down', 'shutdown-asked')
  if (lrm === undefined) return undefined
  // Where it is not told which: a node that somebody may have switched off is left alone.
  return { kind: lrm.kind === 'lrm-reboots' ? 'rebooting' : 'shut-down', line: lrm.line.text }
}
