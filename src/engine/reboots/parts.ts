import type { Severity } from '../../core/codes.ts'
import type { RebootWindow } from '../../core/reboots/corroborate.ts'
import type { Corroboration, RebootVerdict } from '../../core/reboots/types.ts'
import type { Told } from '../../core/state/types.ts'
import type { At } from '../../core/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import type { JournalTails, NodeKey } from '../../ports/journal-tails.ts'

/** One cluster whose nodes' reboots are explained. */
export type WatchedCluster = {
  readonly watch: ClusterWatch
  /** Whether journals may be read and kept; the token needs Sys.Syslog. */
  readonly journals: boolean
  /** Our name of a node, where it is a host of the configuration. */
  readonly hostOf: (node: string) => string | undefined
}

export type RebootWatchParts = {
  readonly clock: Clock
  readonly clusters: readonly WatchedCluster[]
  readonly tails: JournalTails
  readonly telling: RebootTelling
  /** Everything that was told in these minutes of our wall clock, oldest first. */
  readonly history: (window: RebootWindow) => readonly Told[]
  /** What a UPS and a management controller recorded of a host in these minutes, where one is configured. */
  readonly also?: (host: string, window: RebootWindow) => Pick<Corroboration, 'upsLost' | 'controller'>
  readonly log?: (level: 'info' | 'warn', sentence: string) => void
  /** How often a journal is looked at. */
  readonly followMs?: number
}

/** A reboot whose cause was judged just now. */
export type Rebooted = NodeKey & {
  readonly host?: string
  readonly verdict: RebootVerdict
  readonly severity: Severity
  /** When the new boot began, by our wall clock. */
  readonly atMs: number
}

/** Who is told. Each is called at once and must not throw. */
export type RebootTelling = {
  /** Once for each reboot. */
  readonly rebooted: (reboot: Rebooted) => void
  /** The last one that an earlier process of ours judged; said once after a start. */
  readonly remembered?: (reboot: NodeKey & Pick<Rebooted, 'verdict' | 'atMs'>) => void
  /** Its watchdog is about to reset it, or no longer: said anew after each start. */
  readonly fence: (node: NodeKey, host: string | undefined, holds: boolean, sentence: string) => void
  /** Its journal says that it is being stopped in good order. */
  readonly cleanStop: (node: NodeKey, host: string | undefined, kind: 'rebooting' | 'shut-down', at: At) => void
  /**
   * It was back without a reboot. Only where this is listened to, a goodbye that its peers heard counts as a clean stop
   * (`shut-down`: which it is they cannot tell): a corosync that is only stopped for a while says the same.
   */
  readonly stopOver?: (node: NodeKey, host: string | undefined) => void
}

export const FOLLOW_MS = 15_000
