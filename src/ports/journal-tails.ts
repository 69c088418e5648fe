import type { RebootVerdict } from '../core/reboots/types.ts'
import type { CommitOutcome } from './journal.ts'

/** One node of one Proxmox cluster, by the names that we know them by. */
export type NodeKey = { readonly cluster: string; readonly node: string }

/** One line of netconsole, with when it arrived by our wall clock. */
export type KernelLine = { readonly atMs: number; readonly text: string }

/** What was last seen of a node: what the next look is compared with, also after a restart of ours. */
export type SeenNode = NodeKey & {
  readonly bootId?: string
  /** When this boot began, by our wall clock. */
  readonly bootedMs: number
  /** Its last answer, by our wall clock, and its uptime then. */
  readonly seenMs: number
  readonly uptimeS: number
  readonly kernel?: string
  /** Whether HA was active on it. */
  readonly haActive?: boolean
  /** Where its journal was read up to. */
  readonly cursor?: string
}

/** Why one boot of a node ended, as it was judged when the next had begun. */
export type JudgedReboot = NodeKey & {
  /** Grows with each; missing until it is written. */
  readonly id?: number
  /** Of the boot that began. */
  readonly bootId?: string
  /** When that boot began, by our wall clock. */
  readonly atMs: number
  /** The last sign of life of the boot before. */
  readonly lastLifeMs?: number
  readonly verdict: RebootVerdict
}

/**
 * What is kept of nodes off the nodes: the ends of their journals, their kernels' last words, and why they rebooted.
 * Bounded. What is added is known at once and on disk by the next `flush`; nothing here throws, and nothing waits.
 */
export interface JournalTails {
  /** Lines at the end of one boot's journal. `boot`: its id, or a name of ours where that is not known. */
  add(node: NodeKey, boot: string, lines: readonly string[]): void
  tail(node: NodeKey, boot: string): readonly string[]
  addKernelLine(host: string, line: KernelLine): void
  /** Oldest first; undefined where nothing was ever received from this host. */
  kernelLines(host: string, sinceMs: number): readonly KernelLine[] | undefined
  /** Replaces what was seen of a node. */
  see(node: SeenNode): void
  seen(node: NodeKey): SeenNode | undefined
  judge(reboot: JudgedReboot): void
  /** Newest first. */
  judged(node: NodeKey, limit: number): readonly JudgedReboot[]
  /** Writes a bounded part of what waits, in one transaction. `more`: there is more. */
  flush(): CommitOutcome & { readonly more?: boolean }
}
