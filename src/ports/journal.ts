import type { Incoming } from '../core/alerts/types.ts'
import type { Change, Snapshot, Told } from '../core/state/types.ts'

/** Why the state could not be written: `full`, `io`, `corrupt`, `closed`. */
export type CommitOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly sentence: string }

/** The durable memory. One writer; a commit is all or nothing and on disk before it answers. */
export interface Journal {
  /** Everything durable, as it was at the last commit. */
  load(): Snapshot
  /** Writes the durable changes, the told events and what goes to the alerts' inbox in one transaction. */
  commit(changes: readonly Change[], told: readonly Told[], incoming?: readonly Incoming[]): CommitOutcome
  close(): void
}

/** One durable mark outside the database: an OFF of ours that owes an ON. */
export type Breadcrumb = {
  readonly intent: string
  readonly target: string
  readonly device: string
  readonly outlet: string
  readonly deviceId?: string
  readonly reason: string
  readonly offAtWallMs: number
  /** The boot in which it was written, and its monotonic time. */
  readonly bootId: string
  readonly offAtMonoMs: number
  readonly holdMs: number
}

export interface Breadcrumbs {
  /** Written and fsynced, file and directory, before it answers. */
  put(breadcrumb: Breadcrumb): CommitOutcome
  remove(intent: string): CommitOutcome
  /** Readable marks; unreadable files are reported by name and left where they are. */
  list(): { readonly marks: readonly Breadcrumb[]; readonly unreadable: readonly string[] }
}
