import type { Rate } from '../core/alerts/policy.ts'
import type { AlertSeverity } from '../core/alerts/types.ts'
import type { Pinning } from '../tls/pinning.ts'
import type { Secret } from './secret.ts'

/** The alert path as it was configured. `settings` are the output of the integration's own schema. */
export type AlertingConfiguration = {
  readonly channels: readonly ChannelConfiguration[]
  readonly alerts: AlertsConfiguration
  readonly hooks?: HooksConfiguration
  readonly relay?: RelayConfiguration
  readonly heartbeats: readonly HeartbeatConfiguration[]
  readonly expectations: readonly ExpectationConfiguration[]
}

export type ChannelConfiguration = {
  readonly name: string
  /** `url`: which one it is, the URL says, once it is revealed. */
  readonly type: string
  readonly local?: boolean
  readonly rate?: Rate
  readonly settings: unknown
}

export type ReceiverConfiguration = {
  readonly name: string
  readonly chain: readonly (readonly string[])[]
  readonly escalateAfterMs: number
  readonly criticalAllAtOnce: boolean
  readonly until: 'delivered' | 'acknowledged'
}

export type RouteConfiguration = {
  readonly matchers: readonly string[]
  readonly severities: readonly AlertSeverity[]
  readonly receivers: readonly string[]
  readonly goOn: boolean
}

export type AlertsConfiguration = {
  readonly sender?: string
  readonly receivers: readonly ReceiverConfiguration[]
  readonly routes: readonly RouteConfiguration[]
  readonly inhibit: readonly {
    readonly source: readonly string[]
    readonly target: readonly string[]
    readonly equal: readonly string[]
  }[]
  readonly groupWaitMs: number
  readonly groupBy: readonly string[]
  readonly remindEveryMs: number
  readonly expireAfterMs: number
  /** Minutes of the local day. */
  readonly quietHours?: { readonly fromMinute: number; readonly toMinute: number; readonly timeZone?: string }
  readonly runbookUrl?: string
  readonly disable: readonly string[]
  readonly drill: { readonly everyMs: number; readonly atMinute?: number }
}

export type HooksConfiguration = {
  readonly token?: Secret
  readonly username?: string
  readonly password?: Secret
  readonly maxBodyBytes: number
}

export type RelayConfiguration = {
  readonly token: Secret
  readonly peer: string
  readonly tls?: Pinning
  readonly waitMs: number
}

export type HeartbeatConfiguration = {
  readonly name: string
  readonly type: string
  readonly everyMs: number
  readonly settings: unknown
}

export type ExpectationConfiguration = {
  readonly name: string
  readonly everyMs?: number
  readonly graceMs?: number
  readonly alert?: readonly string[]
  readonly token?: Secret
}
