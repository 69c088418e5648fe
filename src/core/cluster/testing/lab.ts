import { type At, later } from '../../time.ts'
import type {
  ClusterStatus,
  ClusterViews,
  GuestConfig,
  GuestRow,
  HaStatus,
  NodeRow,
  NodeStatus,
  NodeView,
  Read,
  Replication,
  StorageRow,
  Task,
} from '../types.ts'

/** Now, in every test of the cluster. */
export const NOW: At = { wallMs: 1_800_000_000_000, bootId: 'ours', monoMs: 10_000_000 }
export const NOW_S = NOW.wallMs / 1000

export function ago(seconds: number, now = NOW): At {
  return later(now, -seconds * 1000)
}

export function read<T>(value: T, ageS = 5, now = NOW): Read<T> {
  return { at: ago(ageS, now), value }
}

/** What one node is like, where it differs from a healthy one. */
export type NodeSpec = {
  /** Whom it sees as members. */
  readonly sees?: readonly string[]
  readonly quorate?: boolean
  readonly ageS?: number
  readonly configVersion?: number
  /** It has no endpoint that answered. */
  readonly silent?: boolean
  readonly view?: Partial<NodeView>
}

export type LabSpec = {
  readonly nodes?: readonly string[]
  readonly specs?: Readonly<Record<string, NodeSpec>>
  readonly guests?: readonly GuestRow[]
  readonly configs?: Readonly<Record<string, GuestConfig>>
  readonly tasks?: readonly Task[]
  readonly storages?: readonly StorageRow[]
  readonly ha?: Partial<HaStatus>
  readonly replication?: readonly Replication[]
  /** In every view, in place of what is there. */
  readonly view?: Partial<NodeView>
  readonly now?: At
}

/** The views of a cluster of three that is well, but for what `spec` says. */
export function lab(spec: LabSpec = {}): ClusterViews {
  const { nodes = ['pve1', 'pve2', 'pve3'], specs = {} } = spec
  const views = nodes.filter((node) => specs[node]?.silent !== true).map((node) => viewOf(node, nodes, spec))
  return {
    cluster: 'home',
    ownName: 'lab',
    views: Object.fromEntries(views.map((view) => [view.node, view])),
    unreached: {},
  }
}

function viewOf(node: string, nodes: readonly string[], spec: LabSpec): NodeView {
  const own: NodeSpec = spec.specs?.[node] ?? {}
  const { ageS = 5, sees = nodes, quorate = sees.length * 2 > nodes.length } = own
  const { now = NOW, guests = [], tasks = [], storages = [], ha = {}, configs = {}, replication = [] } = spec
  const put = <T>(value: T) => read(value, ageS, now)
  const status: ClusterStatus = {
    name: 'lab',
    quorate,
    configVersion: own.configVersion ?? nodes.length,
    members: nodes.map((name, index) => ({
      name,
      nodeId: index + 1,
      ip: `10.0.0.${index + 1}`,
      online: sees.includes(name),
      local: name === node,
    })),
  }
  return {
    node,
    endpoint: `https://${node}:8006`,
    status: put(status),
    resources: put({ guests, storages, nodes: nodes.map((name) => nodeRow(name, sees.includes(name))) }),
    ha: put(haStatus(nodes, ha)),
    tasks: put(tasks),
    own: put(nodeStatus()),
    guests: put(
      Object.fromEntries(guests.flatMap(({ id, node: at }) => (at === node && configs[id] ? [[id, configs[id]]] : []))),
    ),
    replication: put(replication.filter(({ source }) => source === node)),
    qdevice: put({ state: 'none', words: 'none' }),
    errors: {},
    ...spec.view,
    ...own.view,
  }
}

export function haStatus(nodes: readonly string[], ha: Partial<HaStatus> = {}): HaStatus {
  return {
    quorate: true,
    master: { node: nodes[0] ?? '', timestampS: NOW_S },
    armed: 'unknown',
    lrms: nodes.map((node) => lrm(node)),
    services: [],
    nodeStates: Object.fromEntries(nodes.map((node) => [node, 'online'])),
    ...ha,
  }
}

export function lrm(node: string, state = 'idle', dead = false): HaStatus['lrms'][number] {
  return { node, timestampS: NOW_S, state, dead, watchdog: 'standby', words: `${node} (${state}, watchdog standby)` }
}

export function nodeStatus(own: Partial<NodeStatus> = {}): NodeStatus {
  return {
    uptimeS: 500_000,
    bootId: 'boot-1',
    kernel: '6.14.8-2-pve',
    pveVersion: 'pve-manager/9.2',
    loads: [0, 0, 0],
    cpuRatio: 0,
    cpus: 4,
    memoryBytes: 1,
    memoryMaxBytes: 2,
    rootUsedBytes: 1,
    rootTotalBytes: 2,
    clockS: NOW_S,
    clockOursS: NOW_S,
    ...own,
  }
}

function nodeRow(node: string, online: boolean): NodeRow {
  // An offline node can still be told to be well by HA.
  const base = { node, online, haState: 'online', uptimeS: online ? 500_000 : 0, cpuRatio: 0, cpus: 4, level: '' }
  return { ...base, memoryBytes: 1, memoryMaxBytes: 2, diskBytes: 1, diskMaxBytes: 2 }
}

export function guest(vmid: number, node: string, more: Partial<GuestRow> = {}): GuestRow {
  const type = more.type ?? 'qemu'
  return {
    id: `${type}/${vmid}`,
    vmid,
    type,
    name: `g${vmid}`,
    node,
    status: 'running',
    template: false,
    tags: [],
    uptimeS: 100,
    cpuRatio: 0,
    cpus: 1,
    memoryBytes: 1,
    memoryMaxBytes: 2,
    diskBytes: 0,
    diskMaxBytes: 1,
    netInBytes: 0,
    netOutBytes: 0,
    diskReadBytes: 0,
    diskWriteBytes: 0,
    ...more,
  }
}

export function config(more: Partial<GuestConfig> = {}): GuestConfig {
  return { onboot: true, agent: false, addresses: [], ...more }
}

export function storage(node: string, name: string, more: Partial<StorageRow> = {}): StorageRow {
  const base = { id: `storage/${node}/${name}`, node, storage: name, status: 'available', shared: false }
  return { ...base, content: 'images,rootdir', pluginType: 'dir', usedBytes: 10, totalBytes: 100, ...more }
}

let serial = 0
/** A task that runs, unless `more` ends it. `user` as at the end of its UPID. */
export function task(type: string, node: string, id = '', more: Partial<Task> & { readonly by?: string } = {}): Task {
  serial += 1
  const { by = 'root@pam', ...rest } = more
  const upid = `UPID:${node}:${serial.toString(16)}:0:0:${type}:${id}:${by}:`
  return { upid, node, type, id, user: by, startS: NOW_S - 60, ...rest }
}

export function job(id: string, source: string, more: Partial<Replication> = {}): Replication {
  return {
    id,
    guest: Number(id.split('-')[0]),
    source,
    target: 'pve2',
    type: 'local',
    lastSyncS: NOW_S - 300,
    lastTryS: NOW_S - 300,
    nextSyncS: NOW_S + 600,
    failures: 0,
    durationS: 3,
    schedule: '*/15',
    ...more,
  }
}
