import type { Finding, NodeFacts } from '../core/audit/types.ts'
import type { DisarmRow } from '../core/node-watchdog/types.ts'
import type { At } from '../core/time.ts'

export type NodeWatchdogAnswer = { readonly ok: boolean; readonly code: string; readonly sentence: string }

/** `cluster` may be missing where only one has a node of this name. */
export type NodeName = { readonly cluster?: string; readonly node: string }

export type DisarmRequest = NodeName & {
  readonly by: string
  readonly reason?: string
  /** For a time; without it for good. */
  readonly forMs?: number
  readonly mode: 'freeze' | 'ignore'
  readonly acceptsQuorumLoss: boolean
}

/** What is being done about one node, or was done last. */
export type NodeWatchdogWork = {
  readonly row?: DisarmRow
  /** It goes on: the end is not reached yet. */
  readonly working: boolean
  /** Oldest first; `id` grows by one. */
  readonly steps: readonly { readonly id: number; readonly at: At; readonly sentence: string }[]
}

export type NodeWatchdogStatus = NodeWatchdogWork & {
  readonly cluster: string
  readonly facts: NodeFacts
  readonly armed: string
  /** Of the audit, as far as they are about this node or its quorum. */
  readonly findings: readonly Finding[]
}

/** Disarms and arms the watchdogs of nodes, and remembers what is to be armed again. Nothing here throws. */
export interface NodeWatchdogs {
  rows(): readonly DisarmRow[]
  /** Looks now: takes seconds. Undefined for a node that no cluster has. */
  status(name: NodeName): Promise<NodeWatchdogStatus | undefined>
  work(name: NodeName): NodeWatchdogWork | undefined
  /** Answers once it is begun or refused; `work` tells how it goes on. */
  disarm(request: DisarmRequest): Promise<NodeWatchdogAnswer>
  arm(name: NodeName & { readonly by: string }): Promise<NodeWatchdogAnswer>
}

/** Where it is remembered. A row that was put is on disk. */
export interface DisarmStore {
  load(): readonly DisarmRow[]
  put(row: DisarmRow): boolean
  remove(row: DisarmRow): boolean
}
