import type { AlertUpdate, Delivery, Incident, Incoming, Silence, TimelineEntry } from '../core/alerts/types.ts'
import type { ChannelQueue, DeliveryQuery, IncidentQuery } from './alert-store.ts'
import type { CommitOutcome } from './journal.ts'
import type { KeyState } from './relay-peer.ts'

export type AlertAnswer = { readonly ok: boolean; readonly code: string; readonly sentence: string }

export type IncidentDetail = {
  readonly incident: Incident
  readonly timeline: readonly TimelineEntry[]
  readonly deliveries: readonly Delivery[]
  readonly folded: number
}

export type SilenceRequest = {
  readonly matchers: readonly string[]
  readonly forMs: number
  readonly by: string
  readonly comment: string
}

/** One leg of a drill or a test message: what came of it on one channel. */
export type LegResult = {
  readonly channel: string
  readonly ok: boolean
  /** `read-back`: seen in the channel; `accepted`: the channel's word; `returned`: it came back by Alertmanager's hook. */
  readonly proof?: 'accepted' | 'read-back' | 'returned'
  readonly latencyMs?: number
  readonly sentence: string
}

export type DrillReport = {
  readonly startedMs: number
  readonly ok: boolean
  readonly legs: readonly LegResult[]
}

export type ChannelStatus = ChannelQueue & {
  readonly type: string
  readonly local: boolean
  readonly lastDeliveredMs?: number
  readonly failingSinceMs?: number
  readonly lastError?: { readonly code: string; readonly sentence: string }
  readonly delivered: number
  readonly failures: Readonly<Record<string, number>>
}

export type HeartbeatInStatus = {
  readonly name: string
  readonly lastMs?: number
  readonly periodMs?: number
  readonly dueMs?: number
  readonly state: 'waiting' | 'well' | 'ill' | 'missing'
  readonly sentence: string
}

export type HeartbeatOutStatus = {
  readonly name: string
  readonly type: string
  readonly lastSentMs?: number
  readonly lastOk?: boolean
  readonly sentence?: string
}

export type AlertingStatus = {
  readonly channels: readonly ChannelStatus[]
  readonly inbox: number
  readonly firing: Readonly<Record<string, number>>
  readonly drill?: DrillReport
  /** When the last drill was begun in which every leg worked. */
  readonly drillOkMs?: number
  readonly drillDueMs?: number
  readonly heartbeatsOut: readonly HeartbeatOutStatus[]
  readonly heartbeatsIn: readonly HeartbeatInStatus[]
  readonly hooks: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export type HeartbeatIn = { readonly well: boolean; readonly reasons: readonly string[]; readonly sender?: string }

/** Everything that a face may ask of the alert path. Nothing here throws for what may happen. */
export interface Alerting {
  status(): AlertingStatus
  list(query: IncidentQuery): readonly Incident[]
  show(id: number): IncidentDetail | undefined
  deliveries(query: DeliveryQuery): readonly Delivery[]
  acknowledge(id: number, by: string, comment: string): AlertAnswer
  silences(): readonly Silence[]
  silence(request: SilenceRequest): AlertAnswer & { readonly id?: number }
  endSilence(id: number, by: string): AlertAnswer
  /** Puts dead letters back into the queue: these, or all of a channel, or all. */
  replay(which: { readonly ids?: readonly number[]; readonly channel?: string }, by: string): AlertAnswer
  /** Sends a marked message through one channel, or each; answers when all have said what came of it. */
  test(channel: string | undefined): Promise<readonly LegResult[]>
  drill(channel: string | undefined): Promise<DrillReport>
  /** What hooks took in. Answers after the commit. */
  accept(incoming: readonly Incoming[]): Promise<CommitOutcome>
  /** A heartbeat came in; `unknown` where none of this name is expected. */
  heartbeat(name: string, beat: HeartbeatIn): Promise<AlertAnswer>
  /** For the other relay. */
  relayStates(keys: readonly string[]): Readonly<Record<string, KeyState>>
  /** Counts what a hook answered, for the metrics: `accepted`, `unauthorized`, `invalid`, `too-large`, `unavailable`. */
  countHook(hook: string, result: string): void
}

/** What the hooks need to know of the configuration. `check` compares in constant time and never shows what it compares. */
export type HookGate = {
  /** Undefined where hooks are not configured. */
  readonly check?: (authorization: string | undefined, query: string | undefined) => boolean
  readonly relayCheck?: (authorization: string | undefined) => boolean
  /** `checkHeartbeat` for heartbeats with a token of their own. */
  readonly checkHeartbeat?: (name: string, authorization: string | undefined, query: string | undefined) => boolean
  readonly maxBodyBytes: number
}

/** Who expects heartbeats of others. Its own alerts (missing, ill, back) go through `accept` like any other. */
export interface HeartbeatsIn {
  /** Undefined where none of this name is expected. */
  take(name: string, beat: HeartbeatIn, atWallMs: number): AlertAnswer | undefined
  /** An alert that is expected as a sign of life (Alertmanager's `Watchdog`) is taken as one, and told to nobody. */
  takesAlert(update: AlertUpdate, atWallMs: number): boolean
  status(): readonly HeartbeatInStatus[]
}

/** Whether the watchdog may say of itself that all is well, and if not, why: sentences without secrets. */
export type Proof = { readonly well: boolean; readonly reasons: readonly string[] }
