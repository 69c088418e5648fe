import type { At } from '../time.ts'

/** Something that was read, and when. `At` is ours: the time of the answer. */
export type Read<T> = { readonly at: At; readonly value: T }

/** Why something could not be read. Stable codes; also metric labels. */
export const API_FAILURES = [
  'unreachable',
  'timeout',
  'tls',
  'fingerprint-mismatch',
  'unauthorized',
  'forbidden',
  'no-quorum',
  'peer-unreachable',
  'not-found',
  'not-supported',
  'rejected',
  'server-error',
  'malformed-answer',
  'too-large',
  'secret-missing',
  'wrong-cluster',
  'aborted',
] as const
export type ApiFailure = (typeof API_FAILURES)[number]

export type ReadError = { readonly at: At; readonly code: ApiFailure; readonly sentence: string }

/** The parts that are polled, each with an age and an error of its own. One that fails spoils no other. */
export const SECTIONS = [
  'version',
  'status',
  'votes',
  'qdevice',
  'ha',
  'resources',
  'tasks',
  'backups',
  'replication',
  'node',
  'storage',
  'services',
  'updates',
  'certificates',
  'guests',
  'ceph',
] as const
export type Section = (typeof SECTIONS)[number]

/** One node's own point of view, asked at its own endpoint. */
export type NodeView = {
  /** The node that was asked, by the name that it has in the cluster. */
  readonly node: string
  readonly endpoint: string
  readonly version?: Read<ApiVersion>
  readonly status?: Read<ClusterStatus>
  readonly votes?: Read<readonly NodeVotes[]>
  readonly qdevice?: Read<QDevice>
  readonly ha?: Read<HaStatus>
  readonly resources?: Read<Resources>
  readonly tasks?: Read<readonly Task[]>
  readonly backups?: Read<Backups>
  readonly replication?: Read<readonly Replication[]>
  /** What only this node can say of itself. */
  readonly own?: Read<NodeStatus>
  readonly storage?: Read<readonly StorageStatus[]>
  readonly services?: Read<readonly ServiceState[]>
  readonly updates?: Read<Updates>
  readonly certificates?: Read<readonly Certificate[]>
  /** Settings of the guests on it, by `qemu/100`. */
  readonly guests?: Read<Readonly<Record<string, GuestConfig>>>
  readonly ceph?: Read<Ceph>
  readonly errors: Readonly<Partial<Record<Section, ReadError>>>
}

/** Everything that is known of one Proxmox cluster: the views side by side, never mixed before they were compared. */
export type ClusterViews = {
  /** Our name for it, as hosts carry it in the configuration. */
  readonly cluster: string
  /** Its own name, once any view told it. */
  readonly ownName?: string
  readonly views: Readonly<Record<string, NodeView>>
  /** Endpoints that gave no view yet, with why. */
  readonly unreached: Readonly<Record<string, ReadError>>
}

export type ApiVersion = { readonly version: string; readonly release: string; readonly repoId: string }

export type ClusterStatus = {
  /** Missing on a single node that is in no cluster. */
  readonly name?: string
  readonly quorate: boolean
  readonly configVersion?: number
  readonly members: readonly Member[]
}
export type Member = {
  readonly name: string
  readonly nodeId: number
  readonly ip?: string
  readonly online: boolean
  readonly local: boolean
}

export type NodeVotes = { readonly node: string; readonly nodeId: number; readonly votes: number }

/** `none`: there is none configured. */
export type QDevice = {
  readonly state: 'none' | 'connected' | 'failed' | 'unknown'
  readonly algorithm?: string
  readonly model?: string
  readonly host?: string
  readonly tieBreaker?: string
  readonly words: string
}

export type HaStatus = {
  readonly quorate: boolean
  readonly master?: { readonly node: string; readonly timestampS: number }
  /** From 9.2; `unknown` where the version does not tell. */
  readonly armed: 'armed' | 'standby' | 'disarming' | 'disarmed' | 'unknown'
  readonly resourceMode?: string
  readonly lrms: readonly Lrm[]
  readonly services: readonly HaService[]
  /** As the manager sees the nodes: online, maintenance, unknown, fence, gone. */
  readonly nodeStates: Readonly<Record<string, string>>
}
export type Lrm = {
  readonly node: string
  readonly timestampS: number
  /** active, idle, maintenance, wait_for_agent_lock, lost_agent_lock ... as told. */
  readonly state: string
  /** `old timestamp - dead?` was said of it. */
  readonly dead: boolean
  readonly watchdog: 'active' | 'standby' | 'unknown'
  readonly words: string
}
export type HaService = {
  /** `vm:100`. */
  readonly sid: string
  readonly node: string
  readonly state: string
  readonly requestState?: string
}

export type Resources = {
  readonly guests: readonly GuestRow[]
  readonly nodes: readonly NodeRow[]
  readonly storages: readonly StorageRow[]
}
export type GuestRow = {
  /** `qemu/100`, `lxc/101`. */
  readonly id: string
  readonly vmid: number
  readonly type: 'qemu' | 'lxc'
  readonly name: string
  readonly node: string
  readonly status: string
  readonly template: boolean
  readonly tags: readonly string[]
  readonly lock?: string
  readonly haState?: string
  readonly uptimeS: number
  readonly cpuRatio: number
  readonly cpus: number
  readonly memoryBytes: number
  readonly memoryMaxBytes: number
  readonly diskBytes: number
  readonly diskMaxBytes: number
  readonly netInBytes: number
  readonly netOutBytes: number
  readonly diskReadBytes: number
  readonly diskWriteBytes: number
}
export type NodeRow = {
  readonly node: string
  readonly online: boolean
  readonly haState?: string
  readonly uptimeS: number
  readonly cpuRatio: number
  readonly cpus: number
  readonly memoryBytes: number
  readonly memoryMaxBytes: number
  readonly diskBytes: number
  readonly diskMaxBytes: number
  readonly level: string
}
export type StorageRow = {
  /** `storage/pve1/local`. */
  readonly id: string
  readonly node: string
  readonly storage: string
  readonly status: string
  readonly shared: boolean
  readonly content: string
  readonly pluginType: string
  readonly usedBytes: number
  readonly totalBytes: number
}

export type Task = {
  readonly upid: string
  readonly node: string
  readonly type: string
  /** The guest or what else it is about. */
  readonly id: string
  readonly user: string
  readonly startS: number
  readonly endS?: number
  /** `OK`, `WARNINGS: n` or the error; missing while it runs. */
  readonly status?: string
}

export type Backups = {
  readonly jobs: readonly {
    readonly id: string
    readonly enabled: boolean
    readonly schedule?: string
    readonly nextRunS?: number
  }[]
  /** Guests in no job. */
  readonly notBackedUp: readonly { readonly id: string; readonly vmid: number; readonly name: string }[]
}

export type Replication = {
  readonly id: string
  readonly guest: number
  readonly source: string
  readonly target: string
  readonly type: string
  readonly lastSyncS: number
  readonly lastTryS: number
  readonly nextSyncS: number
  readonly failures: number
  readonly durationS: number
  readonly error?: string
  readonly schedule?: string
}

export type NodeStatus = {
  readonly uptimeS: number
  readonly bootId?: string
  readonly kernel: string
  readonly pveVersion: string
  readonly loads: readonly number[]
  readonly cpuRatio: number
  readonly cpus: number
  readonly memoryBytes: number
  readonly memoryMaxBytes: number
  readonly rootUsedBytes: number
  readonly rootTotalBytes: number
  /** Its own clock when it answered, seconds; and ours in the middle of the call. For the skew. */
  readonly clockS?: number
  readonly clockOursS?: number
}

export type StorageStatus = {
  readonly storage: string
  readonly type: string
  readonly content: string
  readonly enabled: boolean
  readonly active: boolean
  readonly shared: boolean
  readonly usedBytes: number
  readonly totalBytes: number
}
export type ServiceState = { readonly name: string; readonly state: string; readonly unitState: string }

export type Updates = {
  readonly pending: readonly {
    readonly package: string
    readonly from?: string
    readonly to: string
    readonly origin?: string
  }[]
  /** The list could not be read, which needs Sys.Modify: `pending` is empty and tells nothing. */
  readonly pendingUnknown?: boolean
  readonly runningKernel?: string
  /** The newest kernel that is installed; minding a pin is the caller's. */
  readonly newestKernel?: string
}

export type Certificate = {
  readonly file: string
  readonly notAfterS: number
  readonly fingerprint?: string
  readonly subject?: string
}

export type GuestConfig = {
  readonly onboot: boolean
  readonly order?: number
  readonly upS?: number
  readonly downS?: number
  readonly agent: boolean
  readonly lock?: string
  /** `model=i6300esb,action=reset`. */
  readonly watchdog?: string
  /** The storages of its disks, where they were read. */
  readonly storages?: readonly string[]
  /** Addresses that its configuration or its agent told. */
  readonly addresses: readonly string[]
}

export type Ceph = {
  readonly health: 'HEALTH_OK' | 'HEALTH_WARN' | 'HEALTH_ERR' | 'unknown'
  readonly checks: readonly string[]
}
