import { type At, elapsedMs } from '../time.ts'
import type { Read, Section } from './types.ts'

/** How often the quickest sections are read, unless configured otherwise. */
export const USUAL_POLL_MS = 15_000

/** A view older than this decides nothing. The guards have the same limit. */
export const VIEW_LIMIT_MS = 60_000

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** So many readings may be missed before what a section told is no longer about now. */
const LIMITS: Readonly<Record<Section, { readonly polls: number } | { readonly ms: number }>> = {
  status: { polls: 4 },
  resources: { polls: 4 },
  ha: { polls: 4 },
  tasks: { polls: 8 },
  node: { polls: 8 },
  storage: { polls: 8 },
  qdevice: { polls: 16 },
  votes: { polls: 16 },
  replication: { polls: 16 },
  ceph: { polls: 16 },
  // Read a part at a time; what was read once changes seldom.
  guests: { ms: 2 * HOUR },
  version: { ms: 2 * HOUR },
  backups: { ms: 30 * MINUTE },
  services: { ms: 30 * MINUTE },
  certificates: { ms: 4 * HOUR },
  updates: { ms: 4 * HOUR },
}

/** How old a reading of `section` may be and still be about now, in milliseconds. */
export function limitMs(section: Section, pollMs = USUAL_POLL_MS): number {
  const limit = LIMITS[section]
  return 'ms' in limit ? limit.ms : Math.max(VIEW_LIMIT_MS, limit.polls * pollMs)
}

export function isFresh(section: Section, read: Read<unknown> | undefined, now: At, pollMs = USUAL_POLL_MS): boolean {
  return read !== undefined && elapsedMs(read.at, now) <= limitMs(section, pollMs)
}
