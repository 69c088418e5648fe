import type { At } from '../time.ts'
import type { Agreement, Standing } from './agreement.ts'
import type { QuorumMargin } from './margin.ts'
import type { Told } from './told.ts'
import type {
  Backups,
  Ceph,
  Certificate,
  GuestRow,
  HaStatus,
  Lrm,
  NodeRow,
  NodeStatus,
  NodeVotes,
  QDevice,
  ReadError,
  Replication,
  Section,
  ServiceState,
  Task,
  Updates,
} from './types.ts'

/** One Proxmox cluster, merged from the views and judged. Whatever is missing could not be read. */
export type ClusterModel = {
  readonly cluster: string
  readonly ownName?: string
  /** When it was judged. */
  readonly at: At
  readonly agreement: Agreement
  /** A fresh view with quorum tells. Otherwise rows are only what was last known. */
  readonly trusted: boolean
  /** Of the believed view. */
  readonly margin?: QuorumMargin
  /** Of each node; missing where nobody tells, and each then counts one. */
  readonly votes?: readonly NodeVotes[]
  readonly qdevice?: Told<QDevice>
  readonly ha?: Told<HaStatus>
  readonly nodes: readonly NodeModel[]
  readonly guests: readonly GuestModel[]
  readonly storages: readonly StorageModel[]
  readonly replication: readonly ReplicationModel[]
  readonly backups?: Told<Backups>
  /** All that are known, newest first; those that run have no end. */
  readonly tasks: readonly Task[]
  readonly ceph?: Told<Ceph>
  /** Of what is the same on every node: how old the newest reading is, and whether it is about now. */
  readonly sections: Readonly<Partial<Record<Section, SectionState>>>
  /** Endpoints that gave no view. */
  readonly unreached: Readonly<Record<string, ReadError>>
}

export type SectionState = { readonly node?: string; readonly ageMs?: number; readonly fresh: boolean }

export type NodeModel = {
  readonly name: string
  readonly nodeId?: number
  readonly ip?: string
  /** By the believed view; undefined where none tells. */
  readonly online?: boolean
  /** What its own view is worth; `silent` where it has no endpoint, too. */
  readonly standing: Standing
  /** It has an endpoint of its own that answered once. */
  readonly asked: boolean
  readonly viewAgeMs?: number
  /** Whether its loss would cost quorum; undefined where that is not known, and for a node that is away. */
  readonly costsQuorum?: boolean
  /** As the HA manager sees it: online, maintenance, unknown, fence, gone. */
  readonly haState?: string
  readonly lrm?: Lrm
  readonly inMaintenance: boolean
  /** Only while it is online. */
  readonly row?: NodeRow
  readonly own?: Told<NodeStatus>
  readonly uptimeS?: number
  readonly version?: string
  readonly kernel?: string
  readonly updates?: Told<Updates>
  readonly rebootRequired?: boolean
  readonly certificates?: Told<readonly Certificate[]>
  readonly services?: Told<readonly ServiceState[]>
  /** Its clock minus ours, seconds. */
  readonly clockOffsetS?: number
  readonly errors: Readonly<Partial<Record<Section, ReadError>>>
  /** Of each section of its own view, milliseconds. */
  readonly ages: Readonly<Partial<Record<Section, number>>>
}

export type GuestModel = {
  readonly id: string
  readonly vmid: number
  readonly type: 'qemu' | 'lxc'
  readonly name: string
  readonly node: string
  readonly template: boolean
  readonly tags: readonly string[]
  readonly lock?: string
  /**
   * Undefined where nobody knows: its node is away, or its row comes from a node without quorum, whose rows of others
   * say `running` long after they stopped.
   */
  readonly running?: boolean
  /** As it was last told. */
  readonly row: GuestRow
  readonly ageMs: number
  /** As HA has it: its state and what was asked of it; undefined where HA does not manage it. */
  readonly ha?: { readonly state: string; readonly requestState?: string }
  readonly onboot?: boolean
  readonly order?: number
  readonly upS?: number
  readonly downS?: number
  readonly agent?: boolean
  readonly watchdog?: string
  readonly addresses: readonly string[]
  /** Storages that it needs; undefined where they are not known. */
  readonly needs?: readonly string[]
  readonly configAgeMs?: number
  /** What runs on it now. */
  readonly task?: Task
  readonly lastBackup?: { readonly endS: number; readonly ok: boolean; readonly status: string }
  /** The end of the last one that came well, seconds. */
  readonly lastGoodBackupS?: number
  /** Whether a backup job covers it. */
  readonly backedUp?: boolean
}

export type StorageModel = {
  readonly storage: string
  readonly node: string
  readonly type: string
  readonly content: string
  readonly shared: boolean
  /** Undefined where nobody knows, such as on a node that is away. */
  readonly active?: boolean
  readonly usedBytes: number
  readonly totalBytes: number
  readonly ageMs: number
}

export type ReplicationModel = Replication & { readonly ageMs: number; readonly fresh: boolean }
