import type { InsideFacts } from '../core/node-watchdog/inside.ts'

/**
 * `host-key`: another machine answers than the one that was known. `not-configured`: the node has no address to be
 * reached at.
 */
export type ShellFailureCode =
  | 'not-configured'
  | 'not-installed'
  | 'unreachable'
  | 'unauthorized'
  | 'host-key'
  | 'timeout'
  | 'aborted'
  | 'refused'
  | 'failed'
  | 'malformed-answer'

/** `mayHaveHappened`: it is not known whether it was done; look. */
export type ShellFailure = {
  readonly ok: false
  readonly code: ShellFailureCode
  readonly sentence: string
  readonly mayHaveHappened: boolean
}

/** The few things that are ever done on a node from inside. Each looks again itself before it does anything. */
export const NODE_ACTS = ['mask-mux', 'stop-mux', 'unload-softdog', 'unmask-mux', 'start-mux', 'shut-down'] as const
export type NodeAct = (typeof NODE_ACTS)[number]

/** The inside of the nodes of one cluster. Nothing here throws; every call has a deadline of its own. */
export interface NodeShell {
  readonly cluster: string
  /** Whether the node can be looked at from inside at all. */
  reaches(node: string): boolean
  look(node: string, signal?: AbortSignal): Promise<{ readonly ok: true; readonly facts: InsideFacts } | ShellFailure>
  act(node: string, act: NodeAct, signal?: AbortSignal): Promise<{ readonly ok: true } | ShellFailure>
}
