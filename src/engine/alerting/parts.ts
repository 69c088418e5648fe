import type { AlertPolicy } from '../../core/alerts/policy.ts'
import type { AlertStore } from '../../ports/alert-store.ts'
import type { HeartbeatOutStatus, HeartbeatsIn } from '../../ports/alerting.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Notifier } from '../../ports/notifier.ts'
import type { RelayPeer } from '../../ports/relay-peer.ts'

/**
 * What the alert path notices about itself, for the core to make alerts of: that something begins, and that it is over.
 * `dead-letter` comes at most once an hour for a channel; `dead-letter-gone` when none of it is left.
 */
export const ALERT_OBSERVATIONS = [
  'channel-failing',
  'channel-works',
  'dead-letter',
  'dead-letter-gone',
  'uplink-down',
  'uplink-back',
  'drill-failed',
  'drill-passed',
  'alert-path-mistake',
] as const
export type AlertObservation = {
  readonly code: (typeof ALERT_OBSERVATIONS)[number]
  readonly sentence: string
  /** Of those about a channel. */
  readonly channel?: string
}

export type DrillSettings = {
  readonly everyMs: number
  /** The minute of the local day at which it is due; any where missing. */
  readonly atMinute?: number
}

export type LogLevel = 'info' | 'warn' | 'error'

export type AlertPathParts = {
  readonly clock: Clock
  readonly store: AlertStore
  readonly policy: AlertPolicy
  /** One for each channel of the policy, by name. */
  readonly channels: readonly Notifier[]
  /** Minutes since local midnight, from 0 to 1439; UTC where the zone is missing. */
  readonly minuteOfDay: (wallMs: number, timeZone: string | undefined) => number
  /** From 0 up to 1. */
  readonly random: () => number
  readonly sender: string
  readonly timeZone?: string
  /** The other relay. */
  readonly peer?: RelayPeer
  readonly heartbeatsIn?: HeartbeatsIn
  readonly heartbeatsOut?: () => readonly HeartbeatOutStatus[]
  readonly drill?: DrillSettings
  readonly onObserved: (observation: AlertObservation) => void
  readonly log: (level: LogLevel, sentence: string) => void
}

/** What a reload may change. */
export type Reconfigured = Pick<AlertPathParts, 'policy' | 'channels'> &
  Partial<Pick<AlertPathParts, 'sender' | 'timeZone' | 'peer' | 'drill' | 'heartbeatsIn' | 'heartbeatsOut'>>
