import type { ObservedName } from '../alerts/own/table.ts'
import type { AlertRecord } from '../alerts/own/types.ts'
import type { Incoming } from '../alerts/types.ts'
import type { HappeningCode, Refusal, Severity } from '../codes.ts'
import type { Evidence, Verdict } from '../evidence/types.ts'
import type { Policy } from '../policy.ts'
import type { Claim, Command, CommandResult, Intent, Reading } from '../power/types.ts'
import type { At } from '../time.ts'
import type { Errand, ErrandResult } from '../ups/errands.ts'
import type { UpsReading } from '../ups/reading.ts'
import type { PowerSite } from '../ups/site.ts'
import type { LearnedTime, PowerOutage, UnitNow, UnitRow } from '../ups/types.ts'

/** A host's story that must survive a restart. */
export type HostRecord = {
  readonly host: string
  readonly outage?: Outage
  /** Sticky: cleared by hand or by sustained health. */
  readonly lockout?: { readonly at: At; readonly sentence: string }
  /** When cycles of this host began, newest last, at most 32: for the rolling day. */
  readonly cycleTimes: readonly At[]
  readonly bootGraceUntil?: At
  /** Why the mapping of host and outlet is not trusted; cleared by a verified cycle or by hand. */
  readonly mappingSuspect?: { readonly at: At; readonly sentence: string }
  readonly mappingVerifiedAt?: At
  /** A supervised cycle is waiting for the host to answer again. */
  readonly verifying?: { readonly intent: string; readonly sawSilence: boolean; readonly since: At; readonly until: At }
}

/** From the verdict `down` (or `wedged`) until health was sustained. */
export type Outage = {
  readonly id: string
  readonly startedAt: At
  readonly verdict: Verdict
  readonly cycles: number
  /** Cycles that dry-run only told. */
  readonly wouldCycles: number
  readonly wouldCycleAt?: At
  readonly recoveredAt?: At
  readonly limitTold?: boolean
}

/** The power device seen on first use. */
export type Pin = {
  readonly device: string
  readonly deviceId: string
  readonly model: string
  readonly at: At
  readonly aliases: Readonly<Record<string, string>>
}

/** What is known of one outlet across restarts. */
export type OutletRecord = {
  readonly key: string
  /** Off, and not by us. */
  readonly personOffSince?: At
  /** Off by this claim of ours, on purpose: turned on again when the claim ends. */
  readonly offOnPurpose?: { readonly claim: string; readonly target: string; readonly by: string; readonly at: At }
  readonly lastState?: 'on' | 'off' | 'unknown'
  /** A timer inside the device could not be disarmed: until then it may turn the outlet on. */
  readonly timerUntil?: At
}

export type Meta = {
  readonly key: 'meta'
  readonly epoch: number
  readonly nextId: number
  readonly lastCycleEndedAt?: At
  readonly forcedDryRun?: string
}

/** The durable collections: one row a key. */
export type Durable = {
  hosts: Record<string, HostRecord>
  claims: Record<string, Claim>
  intents: Record<string, Intent>
  commands: Record<string, Command>
  pins: Record<string, Pin>
  outlets: Record<string, OutletRecord>
  /** Alerts of ours, by alert and what it is about. */
  alerts: Record<string, AlertRecord>
  upsUnits: Record<string, UnitRow>
  powerOutages: Record<string, PowerOutage>
  learnedTimes: Record<string, LearnedTime>
  meta: Record<string, Meta>
}

/** What a fresh process reads back from its journal. */
export type Snapshot = { readonly [C in keyof Durable]: Durable[C] }

/** What is known of a host now. Lost at a restart on purpose: stale is nothing. */
export type HostNow = {
  readonly host: string
  readonly latest: Readonly<Record<string, Evidence>>
  readonly verdict: Verdict
  readonly verdictSince: At
  /** Rounds in a row without life. */
  readonly failures: number
  readonly unknownRounds: number
  /** Rounds in a row with kernel life but no userland life. */
  readonly wedgedRounds: number
  /** Since when it has been silent to us while its peers see it as a member. */
  readonly contradictedSince?: At
  /** When the last probe was sent that was answered at all; and the last that was answered by the userland. */
  readonly lastLifeAt?: At
  readonly lastUserlandLifeAt?: At
  readonly healthySince?: At
  readonly refusals: readonly Refusal[]
  readonly refusedSince?: At
  readonly heldTold?: boolean
  /** The last plan for it that was given up before anything was cut, and how many in a row. */
  readonly abandoned?: { readonly at: At; readonly times: number; readonly sentence: string }
}

export type DeviceNow = {
  readonly device: string
  readonly reachable: boolean | undefined
  readonly since: At
  readonly lastError?: { readonly code: string; readonly sentence: string }
  readonly readings: Readonly<Record<string, Reading>>
  /** Since when an outlet has drawn more than its limit, by outlet. */
  readonly highPower: Readonly<Record<string, { readonly since: At; readonly told: boolean }>>
  readonly troubleTold: boolean
  readonly identityOk?: boolean
  readonly failures: number
}

export type RoundNow = {
  readonly key: 'now'
  readonly round: number
  readonly at: At
  /** When this process started; a lower bound for how long anything older has lasted. */
  readonly startedAt: At
  readonly graceFrom: At
  readonly lastTickAt: At
  readonly referencesAnswer: boolean | undefined
  readonly isolatedSince?: At
  /** Since when each cluster has had too many silent hosts. */
  readonly storms: Readonly<Record<string, At>>
  readonly stormCanary?: { readonly host: string; readonly at: At }
  readonly storeOk: boolean
  readonly brokenChannels: readonly string[]
  readonly stopping: boolean
}

/** What other parts know and guards ask for: fed by later parts; a part that is not configured feeds nothing. */
export type Feeds = {
  /** What the nodes of each Proxmox cluster say, by the cluster of our hosts; missing until one has told. */
  readonly peers: Readonly<Record<string, PeersView>>
  /** Clusters whose nodes are asked. */
  readonly peersConfigured: readonly string[]
}

/** What the members of one Proxmox cluster say of our hosts. Hosts that are no nodes of it are not in it. */
export type PeersView = {
  /** When the view that is believed was read. */
  readonly at: At
  readonly quorate: boolean
  /** Hosts that are nodes of the cluster, there or away. */
  readonly nodes: readonly string[]
  /** Hosts that the quorate view sees as members. */
  readonly members: readonly string[]
  /** Who disagrees with whom, where the views do. */
  readonly viewsDisagree?: string
  readonly haBusy?: string
  /** The fenced node whose HA transition is the expected answer to its death. */
  readonly fencedNodes: readonly string[]
  readonly costsQuorum: readonly string[]
  readonly storageTrouble?: string
  readonly tasks: Readonly<Record<string, string>>
  readonly cleanStops: Readonly<Record<string, { readonly kind: 'rebooting' | 'shut-down'; readonly at: At }>>
  readonly inMaintenance: readonly string[]
  /** Hosts that carry the guest with one of our own addresses. */
  readonly carriesUs: readonly string[]
}

export type Volatile = {
  hostsNow: Record<string, HostNow>
  devicesNow: Record<string, DeviceNow>
  roundNow: Record<string, RoundNow>
  feeds: Record<string, Feeds & { readonly key: 'feeds' }>
  upsNow: Record<string, UnitNow>
  powerSites: Record<string, PowerSite>
}

export type Collections = Durable & Volatile
export type CollectionName = keyof Collections
export const DURABLE = [
  'hosts',
  'claims',
  'intents',
  'commands',
  'pins',
  'outlets',
  'alerts',
  'upsUnits',
  'powerOutages',
  'learnedTimes',
  'meta',
] as const

export type State = Readonly<{ [C in CollectionName]: Readonly<Collections[C]> }> & { readonly policy: Policy }

/** One row put (value) or removed (undefined). The only way in which state changes. */
export type Change = {
  [C in CollectionName]: {
    readonly collection: C
    readonly key: string
    readonly value: Collections[C][string] | undefined
  }
}[CollectionName]

/** Something that happened and is told: goes into the event history in the same transaction as the changes. */
export type Told = {
  readonly code: HappeningCode
  readonly severity: Severity
  readonly at: At
  readonly host?: string
  readonly device?: string
  readonly outlet?: string
  readonly intent?: string
  readonly guards?: readonly string[]
  /** For people; says what happened, why, and what comes next. Never holds a secret. */
  readonly sentence: string
}

/** What the outside tells the core. */
export type Event =
  | { readonly kind: 'started'; readonly breadcrumbs: readonly FoundBreadcrumb[]; readonly storeLost?: string }
  /** `moved`: hosts that are asked elsewhere or otherwise now. */
  | { readonly kind: 'configured'; readonly policy: Policy; readonly moved?: readonly string[] }
  | { readonly kind: 'round'; readonly round: number; readonly evidence: readonly Evidence[] }
  /** A probe outside the rounds: the last look before an OFF, or a mapping check. */
  | { readonly kind: 'probed'; readonly evidence: readonly Evidence[] }
  | {
      readonly kind: 'device-read'
      readonly device: string
      readonly identity?: { readonly deviceId: string; readonly model: string }
      readonly readings: Readonly<Record<string, Reading>>
    }
  | { readonly kind: 'device-failed'; readonly device: string; readonly code: string; readonly sentence: string }
  | { readonly kind: 'command-result'; readonly command: string; readonly result: CommandResult }
  | { readonly kind: 'operator'; readonly order: Order }
  | { readonly kind: 'fed'; readonly feeds: Feeds }
  | { readonly kind: 'ups-read'; readonly readings: readonly UpsReading[] }
  /** What a Proxmox cluster tells that a plan for a power failure needs. */
  | { readonly kind: 'power-site'; readonly site: PowerSite }
  | { readonly kind: 'errand-result'; readonly errand: string; readonly result: ErrandResult }
  | { readonly kind: 'store'; readonly ok: boolean; readonly sentence: string }
  /** Something outside the core that is to be told and kept: a refused configuration, a late round. */
  | {
      readonly kind: 'noted'
      readonly code: HappeningCode
      readonly sentence: string
      readonly host?: string
      /** Where it is not that of the code. */
      readonly severity?: Severity
    }
  /**
   * Another part says how it stands with one of its own alerts; nothing comes of saying the same again. After a start
   * each says anew how it stands: what it says nothing of stays as it was.
   */
  | {
      readonly kind: 'observed'
      readonly name: ObservedName
      /** Which one, such as a channel; empty where there is only one. */
      readonly subject: string
      readonly holds: boolean
      /** Why it holds, or how it ended. For people, without secrets. */
      readonly sentence: string
    }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'wake' }

export type FoundBreadcrumb = {
  readonly intent: string
  readonly target: string
  readonly device: string
  readonly outlet: string
  readonly deviceId?: string
  readonly reason: string
  readonly offAt: At
  readonly holdMs: number
}

/** What an operator may ask for. `by` is who asked, for the history. */
export type Order = { readonly by: string } & (
  | {
      readonly order: 'switch'
      readonly target: string
      readonly goal: 'on' | 'off' | 'cycle'
      readonly reason: string
      readonly protected: boolean
      readonly verify?: boolean
      readonly holdMs?: number
      readonly untilMs?: number | 'release'
    }
  | { readonly order: 'pause'; readonly target: string; readonly forMs?: number; readonly reason: string }
  | { readonly order: 'resume'; readonly target: string }
  | { readonly order: 'maintenance'; readonly host: string; readonly forMs: number; readonly reason: string }
  | { readonly order: 'maintenance-end'; readonly host: string }
  | { readonly order: 'clear-lockout'; readonly host: string }
  | { readonly order: 'accept-device'; readonly device: string }
)

/** What the engine does after the commit. `probe` asks hosts outside the rounds and answers with a `probed` event. */
export type Effect =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'probe'; readonly hosts: readonly string[] }
  /** Asked of the world only once it is committed; answers with an `errand-result` event. */
  | { readonly kind: 'errand'; readonly errand: Errand }
  | { readonly kind: 'breadcrumb-remove'; readonly intent: string }
  | {
      readonly kind: 'answer'
      readonly ok: boolean
      readonly code: string
      readonly sentence: string
      readonly intent?: string
    }

export type Decision = {
  readonly changes: readonly Change[]
  readonly told: readonly Told[]
  /** What goes to the alerts' inbox in the same transaction, in its order. */
  readonly incoming: readonly Incoming[]
  readonly effects: readonly Effect[]
  /** When to wake the core if nothing else happens before. */
  readonly wakeAt?: At
}
