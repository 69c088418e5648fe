import type { At } from '../time.ts'

/** What a Proxmox cluster tells of itself that a plan for a power failure needs. Hosts by our names. */
export type PowerSite = {
  readonly cluster: string
  readonly at: At
  /** A fresh view with quorum told it; otherwise it is what was last known. */
  readonly trusted: boolean
  readonly nodes: readonly SiteNode[]
  readonly guests: readonly SiteGuest[]
  readonly ha: SiteHa
  readonly quorum?: { readonly present: number; readonly needed: number; readonly qdeviceVotes: number }
  /** Ceph is installed and healthy enough to be asked. */
  readonly ceph: boolean
  /** What our access to its API lacks for the plan, such as `VM.PowerMgmt on /vms`; missing where that is not known. */
  readonly lacks?: readonly { readonly for: 'nodes' | 'guests' | 'ha' | 'ceph'; readonly sentence: string }[]
  readonly replication: readonly {
    readonly job: string
    readonly node: string
    readonly lastSyncMs: number
    readonly failing: boolean
  }[]
}

export type SiteNode = {
  readonly node: string
  /** Missing where no host of ours is this node. */
  readonly host?: string
  readonly online: boolean
  readonly votes: number
}

export type SiteGuest = {
  /** `qemu/100`, `lxc/101`. */
  readonly guest: string
  readonly name: string
  readonly node: string
  /** Undefined where nobody knows. */
  readonly running?: boolean
  readonly tags: readonly string[]
  readonly onboot: boolean
  /** Of `startup`: guests without one start last and stop first, as Proxmox does. */
  readonly order?: number
  readonly upMs?: number
  readonly downMs?: number
  /** HA manages it: starting and stopping it is HA's, unless HA was made to let go. */
  readonly ha: boolean
  readonly locked: boolean
}

export type SiteHa = {
  /** Nothing holds a node's watchdog for HA: nothing is managed, or it was disarmed, or everything is `ignored`. */
  readonly quiet: boolean
  /** How it can be made quiet; `none` with the reason. */
  readonly way: 'disarm' | 'ignore' | 'none'
  readonly why?: string
  /** What HA manages now, with what was asked of it. */
  readonly services: readonly { readonly sid: string; readonly request: string }[]
  /** Fence, recovery or migration under way. */
  readonly busy?: string
}
