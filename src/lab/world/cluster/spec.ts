/** Which release of Proxmox VE the nodes run: the API differs between them. */
export type ProxmoxVersion = '7.4' | '8.4' | '9.2'

export type GuestSpec = {
  readonly vmid: number
  /** Default `qemu`. */
  readonly type?: 'qemu' | 'lxc'
  readonly name: string
  readonly node: string
  /** Default true. */
  readonly running?: boolean
  readonly template?: boolean
  readonly tags?: readonly string[]
  readonly onboot?: boolean
  /** As in its configuration: `order=1,up=30,down=60`. */
  readonly startup?: string
  readonly agent?: boolean
  readonly lock?: string
  /** `model=i6300esb,action=reset`. */
  readonly watchdog?: string
  readonly addresses?: readonly string[]
  /** Default 1 and 512 MiB. */
  readonly cores?: number
  readonly memoryMiB?: number
  /** Where its disk lies; default the first storage. */
  readonly storage?: string
  /** What HA is asked for; missing: not managed by HA. */
  readonly ha?: 'started' | 'stopped' | 'ignored' | 'disabled'
}

export type StorageSpec = {
  readonly name: string
  /** `dir`, `nfs`, `zfspool`; default `dir`. */
  readonly type?: string
  readonly content?: string
  /** Default false: each node has its own. */
  readonly shared?: boolean
  /** The lab's host that serves it: without that host it is not active. */
  readonly servedBy?: string
  readonly totalBytes?: number
  readonly usedBytes?: number
}

export type ReplicationSpec = {
  /** `100-0`. */
  readonly id: string
  readonly target: string
  readonly everyMs?: number
}

export type BackupJobSpec = {
  readonly id: string
  readonly schedule: string
  readonly storage: string
  /** Missing: all guests. */
  readonly vmids?: readonly number[]
  readonly enabled?: boolean
}

export type QDeviceSpec = { readonly algorithm: 'ffsplit' | 'lms'; readonly host: string }

export type NodeSpec = {
  readonly host: string
  /** Default 1. */
  readonly votes?: number
  /** In the network of its cluster, default `10.99.0.N`; on real sockets that of its host. */
  readonly address?: string
  readonly cpus?: number
  readonly memoryBytes?: number
  /** Packages that wait to be updated. */
  readonly updates?: readonly { readonly package: string; readonly from: string; readonly to: string }[]
  readonly runningKernel?: string
  readonly newestKernel?: string
  /** Until its certificate expires; default 600 days. */
  readonly certificateLeftMs?: number
  /** How far its clock is off. */
  readonly clockSkewMs?: number
}

/** A Proxmox cluster of the lab: some of its hosts, and what runs on them. */
export type ClusterSpec = {
  /** As its hosts carry it. */
  readonly name: string
  /** As corosync calls it; default `lab`. */
  readonly ownName?: string
  /** Default `9.2`. */
  readonly version?: ProxmoxVersion
  /** Default: every host of the cluster, one vote each. */
  readonly nodes?: readonly NodeSpec[]
  readonly qdevice?: QDeviceSpec
  readonly guests?: readonly GuestSpec[]
  /** Default one `local` on each node. */
  readonly storages?: readonly StorageSpec[]
  readonly replications?: readonly ReplicationSpec[]
  readonly backupJobs?: readonly BackupJobSpec[]
  /** How long the nodes have been up at the beginning; default 40 days. */
  readonly upForMs?: number
  /** Default true; the simulation of many nights does without. */
  readonly journals?: boolean
}
