import type { ApiFailure, ClusterViews, Section } from '../core/cluster/types.ts'

/** What came of a call. The sentence is for people and holds no secret. */
export type ApiOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ApiFailure; readonly sentence: string }

/** Journal lines as the API gives them (`Nov 20 18:47:14 pve1 pvestatd[128]: ...`), with the cursors around them. */
export type JournalPart = {
  readonly lines: readonly string[]
  readonly startCursor?: string
  readonly endCursor?: string
  /** Of the end cursor: `b=`. */
  readonly bootId?: string
  /** There was more than was taken. */
  readonly truncated: boolean
}
export type JournalQuery = {
  readonly sinceS?: number
  readonly untilS?: number
  readonly lastEntries?: number
  readonly startCursor?: string
  readonly maxBytes?: number
}

/** One point of Proxmox's round-robin data; a value that it does not have is missing. */
export type HistoryPoint = { readonly timeS: number; readonly values: Readonly<Record<string, number>> }
export type HistoryQuery = {
  /** `node/pve1`, `qemu/100`, `storage/pve1/local`. */
  readonly target: string
  readonly timeframe: 'hour' | 'day' | 'week' | 'month' | 'year'
  readonly cf: 'AVERAGE' | 'MAX'
}

export type TaskEnd = { readonly upid: string; readonly exitStatus: string; readonly ok: boolean }

/** What a plan for a power failure asks of a cluster. */
export type PowerAction =
  /** A clean shutdown, and a hard stop after `timeoutS`. Ends with its task. `guest`: `qemu/100`. */
  | { readonly do: 'stop-guest'; readonly node: string; readonly guest: string; readonly timeoutS: number }
  | { readonly do: 'shutdown-node'; readonly node: string }
  /** By a magic packet of another node. */
  | { readonly do: 'wake-node'; readonly node: string }
  /** `sid`: `vm:100`. */
  | { readonly do: 'ha-state'; readonly sid: string; readonly state: string }
  | { readonly do: 'ceph-flag'; readonly flag: string; readonly set: boolean }
  | { readonly do: 'replicate'; readonly node: string; readonly job: string }

export type CallStat = {
  readonly endpoint: string
  readonly section: string
  readonly calls: number
  readonly bytes: number
  readonly errors: Readonly<Partial<Record<ApiFailure, number>>>
  readonly lastDurationMs: number
}

export type EndpointState = {
  readonly endpoint: string
  readonly node?: string
  readonly ok: boolean
  readonly lastError?: { readonly code: ApiFailure; readonly sentence: string }
}

/** One Proxmox cluster: what is seen of it, and the few things that may be asked of it. Nothing here throws. */
export interface ClusterWatch {
  readonly cluster: string
  /** How often what changes fast is read, by which others tell what is stale. 15 s where it is missing. */
  readonly pollMs?: number
  /** As of the last answers. Immutable: a later call answers another object. */
  views(): ClusterViews
  /** Called after each change of the views. Answers how to stop. */
  subscribe(listener: () => void): () => void
  stats(): readonly CallStat[]
  endpoints(): readonly EndpointState[]
  /** Polls these sections now, outside the rhythm: after an action, or for a question. */
  refresh(sections: readonly Section[]): Promise<void>

  journal(node: string, query: JournalQuery, signal?: AbortSignal): Promise<ApiOutcome<JournalPart>>
  history(query: HistoryQuery, signal?: AbortSignal): Promise<ApiOutcome<readonly HistoryPoint[]>>
  /** Path to the privileges that the token has on it. */
  permissions(signal?: AbortSignal): Promise<ApiOutcome<Readonly<Record<string, readonly string[]>>>>

  startGuest(guest: string, node: string, signal?: AbortSignal): Promise<ApiOutcome<TaskEnd>>
  disarmHa(mode: 'freeze' | 'ignore', signal?: AbortSignal): Promise<ApiOutcome<void>>
  armHa(signal?: AbortSignal): Promise<ApiOutcome<void>>
  actOnPower(action: PowerAction, signal?: AbortSignal): Promise<ApiOutcome<TaskEnd | undefined>>
  close(): Promise<void>
}
