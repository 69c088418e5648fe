import type { ClusterModel } from '../cluster/model-types.ts'
import type { Lrm } from '../cluster/types.ts'
import type { InsideFacts } from '../node-watchdog/inside.ts'
import type { DisarmRow } from '../node-watchdog/types.ts'
import type { ProxmoxFeature } from './access/features.ts'
import type { Permissions } from './access/missing.ts'
import type { AuditCode } from './codes.ts'
import type { MuxJournal } from './mux-journal.ts'

export type FindingSeverity = 'info' | 'warning' | 'critical'

export type Finding = {
  readonly code: AuditCode
  readonly severity: FindingSeverity
  readonly cluster?: string
  readonly node?: string
  /** What was found. */
  readonly sentence: string
  readonly why: string
  /** What to do. */
  readonly remedy: string
}

/** What is known of one node's watchdog. What could not be read is missing. */
export type NodeFacts = {
  readonly node: string
  readonly online?: boolean
  readonly lrm?: Lrm
  /** It is the HA manager now. */
  readonly master: boolean
  readonly journal?: MuxJournal
  /** Why it has no journal. */
  readonly journalTrouble?: string
  readonly inside?: InsideFacts
  readonly insideTrouble?: string
}

export type AuditedEndpoint = {
  readonly url: string
  readonly trust: 'fingerprint' | 'ca' | 'system' | 'nothing'
}

/** What is stopped by the end of a phase of the plan for power failures, and whether HA can be disarmed before. */
export type UpsPhase = {
  readonly name: string
  readonly stops: readonly string[]
  readonly disarmsHa: boolean
  /** Why it cannot. */
  readonly why?: string
}

export type AuditedCluster = {
  readonly cluster: string
  /** Missing where nothing of it is known. */
  readonly model?: ClusterModel
  readonly nodes: readonly NodeFacts[]
  readonly endpoints: readonly AuditedEndpoint[]
  readonly features: readonly ProxmoxFeature[]
  readonly permissions?: Permissions
  readonly disarmed: readonly DisarmRow[]
  readonly upsPhases?: readonly UpsPhase[]
}

/** Something on our way to a dead host or to a person. Addresses as they were resolved; empty where that failed. */
export type Relied = {
  readonly what: 'power-device' | 'name-server' | 'gateway' | 'channel' | 'relay' | 'heartbeat'
  readonly name: string
  readonly addresses: readonly string[]
}

/** What our own alarm hangs on. What is only known to the running watchdog is missing without it. */
export type OwnPath = {
  readonly nowMs: number
  readonly ownAddresses: readonly string[]
  readonly relied: readonly Relied[]
  readonly channels: readonly string[]
  /** Those outside who notice when we fall silent. */
  readonly heartbeats: readonly string[]
  readonly relay: boolean
  readonly drill?: { readonly lastMs?: number; readonly lastOk?: boolean; readonly lastOkMs?: number }
  readonly fping: boolean
  readonly stateDirectory: string
  readonly stateOnTmpfs: boolean
  /** The container image that we run from, where that is known. */
  readonly image?: { readonly reference: string; readonly pinned: boolean }
}

export type AuditInput = { readonly clusters: readonly AuditedCluster[]; readonly path: OwnPath }
