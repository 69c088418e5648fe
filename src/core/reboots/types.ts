/** Every answer to "why did it reboot". Stable: also a label and part of events. */
export const REBOOT_CAUSES = {
  'quorum-loss-fence': 'It lost quorum while HA was active, and its watchdog reset it (self-fence).',
  'ha-client-expired': 'HA stopped feeding the watchdog although quorum was not lost, and the watchdog reset it.',
  'ha-client-died': 'An HA daemon died without closing the watchdog, and the watchdog reset it.',
  'watchdog-daemon-stopped': 'watchdog-mux was stopped or restarted while HA was active, and the watchdog reset it.',
  'watchdog-daemon-crashed': 'watchdog-mux died, and the watchdog reset it.',
  'watchdog-reset': 'Its watchdog reset it; what it was starved by is not recorded.',
  'host-stall': 'It stalled (blocked tasks, lockups or I/O errors) until something reset it.',
  panic: 'Its kernel panicked.',
  'power-loss': 'It lost its power.',
  'hard-reset': 'It was reset by hand or by its management controller.',
  'own-cycle': 'proxmox-watchdog power-cycled it.',
  'clean-reboot': 'It was rebooted cleanly.',
  'clean-shutdown': 'It was shut down cleanly, and started again.',
  update: 'It was rebooted cleanly into a new kernel.',
  'abrupt-undetermined': 'It ended abruptly, and nothing tells why.',
  'cannot-tell': 'The record of the previous boot is missing or cut off.',
} as const satisfies Record<string, string>
export type RebootCause = keyof typeof REBOOT_CAUSES

/** `certain`: the record itself says it. `probable`: it fits, and nothing fits better. `possible`: a guess worth a look. */
export type Confidence = 'certain' | 'probable' | 'possible'

export type LineSource = 'previous' | 'current' | 'copy' | 'netconsole' | 'peers' | 'watchdog'

/** A line that shows it, as it was recorded, with where it was read. */
export type ProofLine = { readonly source: LineSource; readonly text: string }

export type Finding = {
  readonly cause: RebootCause
  readonly confidence: Confidence
  readonly lines: readonly ProofLine[]
}

export type RebootVerdict = {
  readonly cause: RebootCause
  readonly confidence: Confidence
  /** One or two sentences for people. */
  readonly sentence: string
  readonly lines: readonly ProofLine[]
  /** Evidence that there is not, and that would have made it certain or told causes apart. */
  readonly missing: readonly string[]
  /** With `abrupt-undetermined`: what all leaves this record. */
  readonly couldBe: readonly RebootCause[]
  /** Why it was dead or down before its power was cut, where that is recorded. */
  readonly before?: RebootCause
}

/** Journal lines of one boot, oldest first. */
export type BootRecord = {
  readonly lines: readonly string[]
  /** The end of the boot is not in it: it was cut off while it was read, or is a copy that stops before. */
  readonly endMissing: boolean
}

/** What others know about the same minutes. Whatever is not configured says nothing. */
export type Corroboration = {
  /** We turned its outlet off between its last sign of life and its return: plan and reason. */
  readonly ownCycle?: { readonly intent: string; readonly reason: string }
  /** A person turned its outlet off, or the strip lost its power. */
  readonly outletOff?: string
  /** What a UPS recorded, such as `ups1 shut its load off`. */
  readonly upsLost?: string
  /** What its management controller recorded, such as `Power Button pressed, Hard reset`. */
  readonly controller?: string
  /** Other machines that died in the same half minute. */
  readonly diedTogether?: readonly string[]
  /** Whether HA was active on it when it was last seen; undefined where that is not known. */
  readonly haActive?: boolean
  /** Kernel releases as the API told them, such as `6.14.8-2-pve`: the end of a journal does not hold its begin. */
  readonly kernels?: { readonly before: string; readonly after: string }
  /** What the survivors' HA manager said of it. */
  readonly peerLines?: readonly string[]
  /** Lines of netconsole since a minute before it fell silent; undefined where none is received from it. */
  readonly netconsole?: readonly string[]
}

export type RebootEvidence = {
  readonly node: string
  readonly previous?: BootRecord
  /** The begin of the present boot. */
  readonly current?: BootRecord
  /** Our own copy of the end of the previous boot, which may hold lines that never reached its disk. */
  readonly copy?: BootRecord
  readonly also: Corroboration
}
