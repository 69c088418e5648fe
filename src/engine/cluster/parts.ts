import type { AlertRecord } from '../../core/alerts/own/types.ts'
import type { CleanStop } from '../../core/cluster/clean-stops.ts'
import type { Clues } from '../../core/cluster/conditions/rule.ts'
import type { ClusterHost } from '../../core/cluster/feeds.ts'
import type { Event, Feeds } from '../../core/state/types.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'

/** One cluster that is watched. The watch is begun and closed by whoever made it. */
export type DeskCluster = {
  readonly watch: ClusterWatch
  /** As configured: from it follows how old what was read may be. */
  readonly pollMs?: number
  /** Start guests again that a boot of their node has not started. */
  readonly startMissed: boolean
}

export type ClusterDeskParts = {
  readonly clock: Clock
  /** Takes an event into the core; `Engine.feed`. */
  readonly feed: (event: Event) => void
  /** What the core was last fed, of which only the peers are ours. */
  readonly feeds: () => Feeds
  /** The core's rows of alerts: which of ours were said to hold, across restarts, too. */
  readonly alerts: () => Readonly<Record<string, AlertRecord>>
  readonly hostsOf: (cluster: string) => readonly ClusterHost[]
  /** Addresses of this machine. */
  readonly ownAddresses: () => readonly string[]
  /** Hosts in maintenance, being updated, off on order or by the plan for power failures. */
  readonly hostsInHands?: () => readonly string[]
  /** What the plan for power failures is doing there; undefined where it does nothing. */
  readonly powerFailure?: (cluster: string) => string | undefined
  /** What nodes' journals tell, by node. Whatever is missing is judged by nobody here. */
  readonly clues?: (cluster: string) => Omit<Clues, 'inHands' | 'powerFailure'>
  /** Clean ends that nodes' journals tell of, by node. */
  readonly cleanStops?: (cluster: string) => Readonly<Record<string, CleanStop>>
}
