import type { ApiFailure, Section } from '../../core/cluster/types.ts'

/** Sections of one lane are asked one after the other, so that a slow one delays no quick one. */
export const LANES = ['quick', 'steady', 'slow'] as const
export type Lane = (typeof LANES)[number]

type Rhythm = {
  readonly lane: Lane
  /** In polls, or in time where it does not matter how fast the rest is. */
  readonly every: { readonly polls: number } | { readonly minutes: number }
  /** The same on every node, and dear: asked of one that has quorum. */
  readonly once?: true
}

const RHYTHMS: Readonly<Record<Section, Rhythm>> = {
  status: { lane: 'quick', every: { polls: 1 } },
  resources: { lane: 'quick', every: { polls: 1 } },
  ha: { lane: 'quick', every: { polls: 1 } },
  tasks: { lane: 'steady', every: { polls: 2 } },
  node: { lane: 'steady', every: { polls: 2 } },
  storage: { lane: 'steady', every: { polls: 2 } },
  qdevice: { lane: 'steady', every: { polls: 4 } },
  votes: { lane: 'steady', every: { polls: 4 }, once: true },
  replication: { lane: 'steady', every: { polls: 4 } },
  // A pass asks only for those that need it.
  guests: { lane: 'slow', every: { polls: 1 } },
  ceph: { lane: 'slow', every: { polls: 4 }, once: true },
  version: { lane: 'slow', every: { minutes: 10 } },
  backups: { lane: 'slow', every: { minutes: 5 }, once: true },
  services: { lane: 'slow', every: { minutes: 5 } },
  certificates: { lane: 'slow', every: { minutes: 60 } },
  updates: { lane: 'slow', every: { minutes: 60 } },
}

/** What a node does not have or permit changes when people change it. */
const SELDOM_MS = 600_000
const SELDOM: ReadonlySet<ApiFailure> = new Set(['forbidden', 'not-supported'])

/** A slow one that failed for another reason is not left alone for an hour. */
const AGAIN_POLLS = 4
/** At the start these wait up to a minute, so that a cluster is not asked for everything at once. */
const SPREAD: ReadonlySet<Section> = new Set(['services', 'certificates', 'updates', 'backups'])
const SPREAD_MS = 60_000

export function laneOf(section: Section): Lane {
  return RHYTHMS[section].lane
}

export function isAskedOnce(section: Section): boolean {
  return RHYTHMS[section].once === true
}

/** How long after the beginning a section is asked first. `random`: 0 to 1. */
export function firstAfterMs(section: Section, random: number): number {
  return SPREAD.has(section) ? random * SPREAD_MS : 0
}

/** Milliseconds from one reading to the next. */
export function intervalMs(section: Section, pollMs: number, failure?: ApiFailure): number {
  const { every } = RHYTHMS[section]
  const usualMs = 'polls' in every ? every.polls * pollMs : Math.max(every.minutes * 60_000, pollMs)
  if (failure === undefined) return usualMs
  // The view itself is asked for as ever: what else would tell that it is permitted now?
  if (SELDOM.has(failure)) return section === 'status' ? usualMs : Math.max(usualMs, SELDOM_MS)
  return Math.min(usualMs, AGAIN_POLLS * pollMs)
}
