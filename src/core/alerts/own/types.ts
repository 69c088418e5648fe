import type { At } from '../../time.ts'
import type { AlertSeverity, Labels } from '../types.ts'

/** What an alert is about; decides its labels. `target`: a host, or a bare outlet as `outlet:DEVICE/OUTLET`. */
export type About =
  | 'host'
  | 'target'
  | 'device'
  | 'outlet'
  | 'cluster'
  | 'probe'
  | 'channel'
  | 'ups'
  | 'watchdog'
  | AboutInCluster

/** Something of a Proxmox cluster: its subject is `CLUSTER/` and its name there, or `CLUSTER` alone. */
export type AboutInCluster = 'node' | 'guest' | 'guest-or-node' | 'storage' | 'job'

/** One alert of ours, as literal data: from the table of these the reference is generated. */
export type OwnAlert = {
  readonly severity: AlertSeverity
  readonly about: About
  /**
   * `condition`: read off the state. `raised`: begun by something that happened, ended by the state. `observed`: another
   * part says when it begins and ends. `notice`: something that happened and is over; told once.
   */
  readonly kind: 'condition' | 'raised' | 'observed' | 'notice'
  /** What it means, for people. */
  readonly means: string
  /** How long it must hold before it fires. */
  readonly forMs: number
  /** How long it must be over before it resolves; of a notice: how long it is not told again. */
  readonly keepFiringMs: number
  /** Each time is told, however often it comes and goes: acts of ours. Others are damped where they flap. */
  readonly everyTime?: boolean
}

/** One alert of ours across restarts. What is neither pending nor firing nor was lately has no row. */
export type AlertRecord = {
  /** `NAME/SUBJECT`. */
  readonly key: string
  /** As in the table; a row of another version may hold a name that is not there. */
  readonly name: string
  /** The host, device, outlet ... that it is about; empty for the watchdog itself. */
  readonly subject: string
  /** `quiet`: it resolved lately, which is kept to notice flapping. */
  readonly state: 'pending' | 'firing' | 'quiet'
  /** Since when it is in this state. */
  readonly since: At
  /** Since when what it says no longer holds, while it keeps firing. */
  readonly overSince?: At
  /** As it was told: what resolves must bear the labels of what fired, whatever was configured meanwhile. */
  readonly fired?: {
    readonly labels: Labels
    readonly fingerprint: string
    readonly summary: string
    readonly startsMs: number
  }
  /** It came and went too often: it keeps firing until it was quiet for long. */
  readonly flapping?: boolean
  /** When it resolved lately, newest last. */
  readonly resolvedAt?: readonly At[]
  /** Of what is raised or observed: whether it holds, and what was said of it. */
  readonly raised?: { readonly holds: boolean; readonly sentence: string }
}

/**
 * What the state says of an alert. `unsure`: nothing that would change it, such as a verdict that is not known yet.
 * `ended`: it is over at once, without waiting for quiet: nobody is to be alarmed any more.
 */
export type Judgement = 'holds' | 'over' | 'ended' | 'unsure'
