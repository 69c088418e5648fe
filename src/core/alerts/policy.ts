import type { AlertSeverity } from './types.ts'

/** What deciding about alerts needs to know of the configuration. Holds no secret. */
export type AlertPolicy = {
  /** Every channel by name, in the order of the file. */
  readonly channels: readonly ChannelPolicy[]
  readonly receivers: readonly ReceiverPolicy[]
  /** The first that matches has it, and with `goOn` the next that matches as well. Never empty: the last matches all. */
  readonly routes: readonly RoutePolicy[]
  readonly inhibitions: readonly InhibitionPolicy[]
  readonly groupWaitMs: number
  /** Labels whose values make a group within a receiver. */
  readonly groupBy: readonly string[]
  /** 0: never. */
  readonly remindEveryMs: number
  /** Undelivered after this, a message goes to the dead letters. */
  readonly expireAfterMs: number
  readonly quietHours?: QuietHours
  /** How long the second relay waits for the first; 0 for the first. Missing where there is no other relay. */
  readonly relayWaitMs?: number
  /** Alerts of ours that are told to nobody, by name. */
  readonly disabled: readonly string[]
  /** Where the runbook of the owner's copy is. */
  readonly runbookUrl?: string
}

export type ChannelPolicy = {
  readonly name: string
  readonly type: string
  /** Works when our own uplink does not. */
  readonly local: boolean
  /** The channel hands alerts to Alertmanager, which brings them back: no way to a person by itself. */
  readonly loops: boolean
  readonly rate: Rate
}

/** `burst` messages at once, then one every `refillMs`. */
export type Rate = { readonly burst: number; readonly refillMs: number }

export type ReceiverPolicy = {
  readonly name: string
  /** The channels of one step get a message together; the next step has it where nothing was confirmed in time. */
  readonly chain: readonly (readonly string[])[]
  readonly escalateAfterMs: number
  /** Critical alerts go to every step at once. */
  readonly criticalAllAtOnce: boolean
  /** What ends a chain: a channel's word that it has it, or a person's. */
  readonly until: 'delivered' | 'acknowledged'
}

export type RoutePolicy = {
  /** Alertmanager's form: `name=value`, `!=`, `=~`, `!~`; all must match. Empty: everything. */
  readonly matchers: readonly string[]
  readonly severities: readonly AlertSeverity[]
  readonly receivers: readonly string[]
  readonly goOn: boolean
}

/** While an incident fires that matches `source`, those that match `target` and are about the same thing are folded. */
export type InhibitionPolicy = {
  readonly source: readonly string[]
  readonly target: readonly string[]
  /** `host` or `host=node`: the label of the source, and that of the target. One pair that agrees is enough. */
  readonly equal: readonly string[]
}

/** Minutes of the local day; `from` may be later than `to` (over midnight). */
export type QuietHours = { readonly fromMinute: number; readonly toMinute: number; readonly timeZone?: string }
