import type { Host, HostState } from '../types.ts'
import type { BackupJobSpec, ProxmoxVersion, ReplicationSpec } from './spec.ts'

/** What a node knows of another one by its own ears. */
export type Peer = {
  /** Whether its messages arrive now. */
  heard: boolean
  heardSinceMs: number
  /** Whether it counts it as a member: some seconds behind what it hears. */
  member: boolean
  /** When it last counted it as a member, and what then ran on it: what it goes on telling. */
  lostMs: number
  ranWhenLost: readonly string[]
}

export type LrmState = 'wait_for_agent_lock' | 'active' | 'lost_agent_lock' | 'maintenance'
export type Lrm = {
  state: LrmState
  sinceMs: number
  /** Since when it could be active and is not, or has nothing to do and still is. */
  waitsSinceMs: number | undefined
  /** Its last word in the cluster file system; it goes on while it runs and has quorum. */
  stampMs: number
  /** The agent lock was last renewed then; free 120 s later. */
  lockMs: number
  /** Since when watchdog-mux has not heard from it although it is its client. */
  starvedSinceMs: number | undefined
  /** Which of the words on the way to the reset were already said. */
  fenceWords: number
}

/** `serial` counts the lines of a node over all its boots. */
export type JournalEntry = {
  readonly serial: number
  readonly atMs: number
  readonly who: string
  readonly text: string
}
export type Boot = {
  readonly id: string
  readonly number: number
  readonly startMs: number
  endMs: number | undefined
  readonly lines: JournalEntry[]
  /** Lines up to here are on the disk whatever happens. */
  syncedMs: number
}

/** How the present or last boot of a node came to its end. */
export type BootEnd = 'clean-reboot' | 'clean-shutdown' | 'abrupt'

/** What the cluster file system held when a node lost quorum: it goes on telling this. */
export type Picture = {
  readonly atMs: number
  readonly guestNodes: Readonly<Record<string, string>>
  readonly services: readonly ServiceView[]
  readonly master: string | undefined
  readonly masterStampMs: number
  readonly nodeStates: Readonly<Record<string, NodeState>>
  readonly lrms: Readonly<Record<string, { readonly state: LrmState; readonly stampMs: number }>>
}

export type Node = {
  readonly name: string
  readonly id: number
  readonly votes: number
  /** In the cluster's network. */
  address: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly host: Host
  /** corosync and the daemons of Proxmox run. */
  running: boolean
  /** What was last seen of the host. */
  hostState: HostState
  hostEpoch: number
  bootedMs: number
  /** It is being stopped in good order: it stops its guests, and is still a member. */
  stopping: 'restart' | 'shutdown' | undefined
  /** It said goodbye before it went. */
  leftCleanly: boolean
  lastEnd: BootEnd
  readonly peers: Record<string, Peer>
  quorate: boolean
  quorumSinceMs: number
  picture: Picture | undefined
  readonly lrm: Lrm
  readonly boots: Boot[]
  bootCount: number
  lineCount: number
  /** The boot whose guests were started with it. */
  autostarted: number
  maintenance: boolean
  clockSkewMs: number
  updates: readonly { readonly package: string; readonly from: string; readonly to: string }[]
  runningKernel: string
  newestKernel: string
  readonly certificateUntilMs: number
  /** watchdog-mux was stopped: nobody feeds the device. */
  muxStopped: boolean
}

export type Guest = {
  /** `qemu/100`. */
  readonly id: string
  readonly vmid: number
  readonly type: 'qemu' | 'lxc'
  readonly name: string
  node: string
  running: boolean
  sinceMs: number
  /** Its process starts to run then. */
  startsAtMs: number | undefined
  readonly template: boolean
  tags: readonly string[]
  onboot: boolean
  readonly startup: string | undefined
  readonly agent: boolean
  lock: string | undefined
  readonly watchdog: string | undefined
  readonly addresses: readonly string[]
  readonly cores: number
  readonly memoryBytes: number
  readonly storage: string
}

export type ServiceState =
  | 'started'
  | 'stopped'
  | 'fence'
  | 'recovery'
  | 'error'
  | 'freeze'
  | 'ignored'
  | 'disabled'
  | 'migrate'
export type ServiceView = {
  /** `vm:100`, `ct:101`. */
  readonly sid: string
  readonly guest: string
  readonly requested: 'started' | 'stopped' | 'ignored' | 'disabled'
  readonly state: ServiceState
  readonly node: string
}
export type Service = { -readonly [K in keyof ServiceView]: ServiceView[K] } & {
  sinceMs: number
  target: string | undefined
}

export type NodeState = 'online' | 'unknown' | 'fence' | 'maintenance'
export type Ha = {
  readonly services: Service[]
  master: string | undefined
  /** The manager lock was last renewed then, where the master is not well any more. */
  masterStampMs: number
  masterWell: boolean
  /** It was given back, so that nobody waits for it. */
  masterReleased: boolean
  readonly nodeStates: Record<string, NodeState>
  readonly unknownSinceMs: Record<string, number>
  armed: 'armed' | 'disarming' | 'disarmed'
  mode: 'freeze' | 'ignore' | undefined
  armedSinceMs: number
}

export type Storage = {
  readonly name: string
  readonly type: string
  readonly content: string
  readonly shared: boolean
  readonly servedBy: string | undefined
  readonly totalBytes: number
  readonly usedBytes: number
  full: boolean
}

export type Task = {
  readonly node: string
  readonly type: string
  readonly id: string
  readonly user: string
  readonly startMs: number
  readonly serial: number
  endMs: number | undefined
  status: string | undefined
  /** When it ends by itself, and with what. */
  readonly endsAtMs: number
  readonly endsAs: string
}

/** A job of replication. When it ran is worked out from how long it has been well. */
export type Replication = ReplicationSpec & {
  readonly guest: string
  readonly everyMs: number
  failing: boolean
  wellSinceMs: number
  brokenSinceMs: number | undefined
  lastSyncMs: number
}

export type QDevice = { readonly algorithm: 'ffsplit' | 'lms'; readonly host: string; up: boolean }

export type Cluster = {
  readonly name: string
  readonly ownName: string
  readonly version: ProxmoxVersion
  readonly nodes: Node[]
  readonly qdevice: QDevice | undefined
  readonly guests: Guest[]
  readonly storages: Storage[]
  readonly replications: Replication[]
  readonly backupJobs: readonly BackupJobSpec[]
  readonly tasks: Task[]
  taskCount: number
  /** `a>b`: what a says does not reach b. */
  readonly cutLinks: Set<string>
  readonly ha: Ha
  backupsFail: boolean
  readonly keepsJournals: boolean
  /** The next step is queued for then. */
  nextMs: number | undefined
  /** The step that runs now changed something: everything is looked at once more. */
  changed: boolean
  /** Of the ring that corosync formed last. */
  ring: number
}
