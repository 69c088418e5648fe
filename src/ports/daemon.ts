import type { Finding } from '../core/audit/types.ts'
import type { Says, Verdict } from '../core/evidence/types.ts'
import type { Order, State, Told } from '../core/state/types.ts'
import type { At } from '../core/time.ts'
import type { Alerting, Proof } from './alerting.ts'
import type { ClusterWatch } from './cluster.ts'
import type { NodeWatchdogs } from './node-watchdog.ts'
import type { RebootsAnswer } from './reboots.ts'
import type { UpsDesk } from './ups-desk.ts'

/** Everything that a face (HTTP, the command line, the web page) may ask of the running watchdog. */
export interface Daemon {
  readonly about: About
  /** The alert path; missing where none runs. */
  readonly alerting?: Alerting
  /** The whole state as of the last commit. Immutable: a later call answers another object. */
  state(): State
  now(): At
  /** What is thought of one host and what happens next; undefined for a name that is not watched. */
  explain(host: string): Explanation | undefined
  events(query: EventQuery): readonly StoredEvent[] | Promise<readonly StoredEvent[]>
  /** Puts an operator's order to the core and answers what it said, after the commit. Never rejects. */
  order(order: Order): Promise<OrderAnswer>
  health(): DaemonHealth
  /** Whether all is well by what was seen to work, as the heartbeats tell it; missing where nobody asks for that. */
  proof?(): Proof
  /** One entry for each channel of each host, each channel of each reference, and the loopback canary. */
  probeStats(): readonly ProbeStat[]
  /** The Proxmox clusters that are asked; missing where none is configured. */
  clusters?(): readonly ClusterWatch[]
  /**
   * Why a node of a Proxmox cluster rebooted: all that is known, or one (-1 is the newest). `node`: its name,
   * `CLUSTER/NODE`, or the host that it is. Missing where no cluster is configured.
   */
  reboots?(node: string, boot?: number): Promise<RebootsAnswer>
  /** What would reset a node, what the next loss costs, and what our own alarm hangs on. Looks now; never rejects. */
  audit?(): Promise<readonly Finding[]>
  /** Who disarms and arms the watchdogs of nodes; answers undefined where no cluster is configured. */
  nodeWatchdogs?(): NodeWatchdogs | undefined
  /** What may be asked about UPSes; answers undefined where none is configured. */
  upsDesk?(): UpsDesk | undefined
  /** Reads the configuration again, as SIGHUP does. A refused one leaves the old in force. */
  reload(): Promise<ReloadAnswer>
  /** Writes a consistent copy of the store to `file`, an absolute path that must not exist yet. */
  backup(file: string): Promise<BackupOutcome>
  /** The situation as `plan FILE` reads it. Holds no secret. */
  exportState(): unknown
  /** Called with each thing told, after its commit (or its failure to commit). Answers how to stop. */
  subscribe(listener: (told: Told) => void): () => void
}

export type About = {
  readonly version: string
  readonly startedAt: At
  readonly pid: number
  /** Where the configuration came from: an absolute path, or `environment`. */
  readonly configuration: string
  readonly stateDirectory: string
}

export type Explanation = {
  readonly host: string
  readonly verdict: Verdict
  /** Where it stands, in one sentence. */
  readonly sentence?: string
  /** Every guard that applies to this host, whether it holds or not, with what was seen. */
  readonly guards: readonly { readonly code: string; readonly holds: boolean; readonly sentence: string }[]
  /** What happens next and, where it is known, when. */
  readonly next: { readonly sentence: string; readonly at?: At }
}

/** `id` grows by one with each event and never repeats. */
export type StoredEvent = Told & { readonly id: number }

/** The newest `limit` that match, in the order of their ids; with `afterId` the first `limit` after it. */
export type EventQuery = {
  readonly host?: string
  readonly code?: string
  readonly intent?: string
  /** Not older than this, by the wall clock. */
  readonly sinceWallMs?: number
  readonly afterId?: number
  readonly limit: number
}

/** `code` is stable; `intent` is the plan that carries the order out, where it is already made. */
export type OrderAnswer = {
  readonly ok: boolean
  readonly code: string
  readonly sentence: string
  readonly intent?: string
}

/** `live`: the loop turns and the store can be written. `ready`: a first round is done besides. */
export type DaemonHealth = {
  readonly live: boolean
  readonly ready: boolean
  /** A sentence for each thing that is wrong; empty where both are true. */
  readonly reasons: readonly string[]
  /** How late the last round started. */
  readonly loopLagMs: number
  readonly lastRoundAt?: At
  readonly rounds: number
  /** Rounds that started late or were lost. */
  readonly lateRounds: number
}

/** Counts since the process started. */
export type ProbeStat = {
  readonly of: 'host' | 'reference' | 'canary'
  /** The name of the host or the reference; `loopback` for the canary. */
  readonly target: string
  /** The channel within the target, such as `icmp` or `https:8006`. */
  readonly channel: string
  /** The kind of the probe, such as `icmp` or `https`. */
  readonly kind: string
  readonly last?: {
    readonly at: At
    readonly says: Says
    readonly durationMs: number
    readonly detail: string
  }
  /** How many answers said life, silence, and that the probe itself could not work. */
  readonly life: number
  readonly silence: number
  readonly broken: number
}

export type ReloadAnswer = { readonly ok: boolean; readonly sentence: string }

export type BackupOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly sentence: string }
