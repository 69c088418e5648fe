import { readFileSync } from 'node:fs'
import type {
  ClusterStatus,
  ClusterViews,
  GuestConfig,
  NodeStatus,
  NodeView,
  ReadError,
  Replication,
  Resources,
  Section,
  Task,
} from '../../src/core/cluster/types.ts'
import type { At } from '../../src/core/time.ts'
import { readGuestConfig } from '../../src/proxmox/reading/guest-config.ts'
import { readHa } from '../../src/proxmox/reading/ha.ts'
import { readNode } from '../../src/proxmox/reading/node.ts'
import { readQDevice } from '../../src/proxmox/reading/qdevice.ts'
import { readResources } from '../../src/proxmox/reading/resources.ts'
import { readClusterStatus } from '../../src/proxmox/reading/status.ts'
import { readStorage } from '../../src/proxmox/reading/storage.ts'
import { readVersion } from '../../src/proxmox/reading/version.ts'
import { readVotes } from '../../src/proxmox/reading/votes.ts'
import { ago, HOUR, MINUTE, NOON, SECOND } from './clock.ts'

const NODES = ['pve1', 'pve2', 'pve3']
const nowS = NOON.wallMs / 1000
const DAY_S = 86_400

const read = <T>(value: T, at: At = ago(4 * SECOND)) => ({ at, value })
const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/pve/responses/${name}.json`, import.meta.url), 'utf8')).data
const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('a recorded answer cannot be read')
  return value
}

/** What the recorded cluster of three nodes answered, and what it had nothing of: backups, replication, updates. */
export function healthyViews(): ClusterViews {
  return viewsOf('healthy', ['pve1', 'pve2', 'pve3'])
}

/** pve3 has lost its power: its peers see it go, and it answers nothing. */
export function nodeDownViews(): ClusterViews {
  const views = viewsOf('nodedown', ['pve1', 'pve2'])
  const last = healthyViews().views.pve3
  const errors = Object.fromEntries(
    (['status', 'resources', 'ha', 'tasks', 'node', 'storage'] as const).map((section) => [
      section,
      failure('timeout', 'https://10.99.0.3:8006 did not answer within 10 s.'),
    ]),
  )
  return { ...views, views: { ...views.views, pve3: aged(last as NodeView, 3 * MINUTE, errors) } }
}

/** pve3 is cut off: it sees itself alone, and its rows of the others are of long ago. */
export function cutOffViews(): ClusterViews {
  const views = viewsOf('nodedown', ['pve1', 'pve2'])
  const alone = viewOf('healthy', 'pve3')
  const status = must(alone.status).value
  const members = status.members.map((member) => ({ ...member, online: member.name === 'pve3' }))
  return {
    ...views,
    views: { ...views.views, pve3: { ...alone, status: read({ ...status, quorate: false, members }) } },
  }
}

export function failure(code: ReadError['code'], sentence: string, at = ago(10 * SECOND)): ReadError {
  return { at, code, sentence }
}

type Recorded = 'healthy' | 'nodedown'

function viewsOf(from: Recorded, nodes: readonly string[]): ClusterViews {
  return {
    cluster: 'home',
    ownName: 'lab',
    views: Object.fromEntries(nodes.map((node) => [node, viewOf(from, node)])),
    unreached: {},
  }
}

function viewOf(from: Recorded, node: string): NodeView {
  const status = must(readClusterStatus(recorded(`${from}/cluster_status`)))
  const index = NODES.indexOf(node)
  return {
    node,
    endpoint: `https://10.99.0.${index + 1}:8006`,
    version: read(must(readVersion(recorded('healthy/version'))), ago(5 * MINUTE)),
    status: read(localTo(node, status), ago((4 + index) * SECOND)),
    votes: read(must(readVotes(recorded('healthy/cluster_config_nodes')))),
    qdevice: read(must(readQDevice(recorded(`${from}/cluster_config_qdevice`)))),
    ha: read(must(readHa(recorded(`${from}/cluster_ha_status_current`), managerOf(from)))),
    resources: read(must(readResources(recorded(`${from}/cluster_resources`))), ago((4 + index) * SECOND)),
    tasks: read(TASKS),
    backups: read(BACKUPS, ago(2 * MINUTE)),
    replication: read(node === 'pve3' ? [] : REPLICATION),
    own: read(ownOf(index)),
    storage: read(must(readStorage(recorded('healthy/nodes_pve1_storage')))),
    updates: read(updatesOf(index), ago(HOUR)),
    certificates: read(certificatesOf(index), ago(HOUR)),
    guests: read(settingsOf(node), ago(MINUTE)),
    ceph: read({ health: 'HEALTH_WARN', checks: ['1 osds down'] }),
    errors: {},
  }
}

function localTo(node: string, status: ClusterStatus): ClusterStatus {
  return { ...status, members: status.members.map((member) => ({ ...member, local: member.name === node })) }
}

/** The manager was asked in the healthy cluster alone; a minute after the loss it says `unknown`. */
function managerOf(from: Recorded): unknown {
  const told = recorded('healthy/cluster_ha_status_manager_status') as {
    manager_status: { node_status: Record<string, string> }
  }
  if (from === 'healthy') return told
  const node_status = { ...told.manager_status.node_status, pve3: 'unknown' }
  return { ...told, manager_status: { ...told.manager_status, node_status } }
}

function ownOf(index: number): NodeStatus {
  const status = must(readNode(recorded('healthy/nodes_pve1_status')))
  return { ...status, cpuRatio: 0.1 * (index + 1), clockS: nowS - 4 + index * 0.7, clockOursS: nowS - 4 }
}

function updatesOf(index: number) {
  const pending = [{ package: 'pve-manager', from: '9.2.11', to: '9.2.12' }]
  const kernels = { runningKernel: '6.17.4-1-pve', newestKernel: index === 1 ? '6.17.9-1-pve' : '6.17.4-1-pve' }
  return index === 2 ? { pending: [], pendingUnknown: true, ...kernels } : { pending, ...kernels }
}

function certificatesOf(index: number) {
  return [{ file: 'pve-ssl.pem', notAfterS: nowS + (20 + index) * DAY_S, subject: `/CN=pve${index + 1}` }]
}

const WEB: GuestConfig = must(readGuestConfig(recorded('healthy/nodes_pve1_qemu_100_config')))
const plain: GuestConfig = { onboot: false, agent: false, addresses: [] }

function settingsOf(node: string): Readonly<Record<string, GuestConfig>> {
  if (node === 'pve1') return { 'qemu/100': WEB, 'qemu/102': plain }
  return node === 'pve2' ? { 'qemu/101': { ...plain, onboot: true, order: 2 }, 'qemu/103': plain } : {}
}

const BACKUPS = {
  jobs: [{ id: 'nightly', enabled: true, schedule: '02:00' }],
  notBackedUp: [{ id: 'qemu/102', vmid: 102, name: 'app3' }],
}

const task = (over: Partial<Task> & Pick<Task, 'upid' | 'type' | 'id'>): Task => ({
  node: 'pve1',
  user: 'root@pam',
  startS: nowS - 10 * 3600,
  endS: nowS - 10 * 3600 + 240,
  status: 'OK',
  ...over,
})
const TASKS: readonly Task[] = [
  task({ upid: 'UPID:1', type: 'vzdump', id: '100' }),
  task({ upid: 'UPID:2', type: 'vzdump', id: '101', node: 'pve2', status: 'storage is full' }),
  { upid: 'UPID:3', node: 'pve2', type: 'qmigrate', id: '103', user: 'anna@pve', startS: nowS - 95 },
]

const REPLICATION: readonly Replication[] = [
  {
    ...{ id: '100-0', guest: 100, source: 'pve1', target: 'pve2', type: 'local', durationS: 3.5, failures: 0 },
    ...{ lastSyncS: nowS - 700, lastTryS: nowS - 700, nextSyncS: nowS + 200 },
  },
  {
    ...{ id: '101-0', guest: 101, source: 'pve2', target: 'pve1', type: 'local', durationS: 0, failures: 3 },
    ...{ lastSyncS: 0, lastTryS: nowS - 300, nextSyncS: nowS + 600, error: 'no tunnel IP received' },
  },
]

/** The same view, read so much earlier, and what has been failing since. */
function aged(view: NodeView, ms: number, errors: Readonly<Partial<Record<Section, ReadError>>>): NodeView {
  const older = Object.entries(view).map(([name, value]) => {
    const isRead = typeof value === 'object' && 'at' in value
    return [name, isRead ? { ...value, at: earlier(value.at as At, ms) } : value]
  })
  return { ...(Object.fromEntries(older) as NodeView), errors }
}

function earlier({ wallMs, bootId, monoMs }: At, ms: number): At {
  return { wallMs: wallMs - ms, bootId, monoMs: monoMs - ms }
}

/** A cluster of any size: each node sees all of it. */
export function largeViews(nodes: number, guests: number): ClusterViews {
  const [name] = healthyViews().views.pve1?.resources?.value.guests ?? []
  const base = viewOf('healthy', 'pve1')
  const names = Array.from({ length: nodes }, (_, index) => `node${index + 1}`)
  const members = names.map((node, index) => ({
    ...{ name: node, nodeId: index + 1, ip: `10.98.0.${index + 1}`, online: true, local: false },
  }))
  const rows: Resources = {
    guests: Array.from({ length: guests }, (_, index) => ({
      ...must(name),
      ...{ id: `qemu/${1000 + index}`, vmid: 1000 + index, name: `guest-${index}`, node: names[index % nodes] ?? '' },
      ...{ haState: index % 10 === 0 ? 'started' : undefined },
      memoryBytes: 1e9 + index * 4096,
      cpuRatio: (index % 100) / 100,
    })) as Resources['guests'],
    nodes: names.map((node) => ({ ...must(base.resources?.value.nodes[0]), node })),
    storages: names.flatMap((node) =>
      ['local', 'local-lvm', 'nfs'].map((storage) => ({
        ...{ ...must(base.resources?.value.storages[0]), id: `storage/${node}/${storage}`, node, storage },
      })),
    ),
  }
  const services = rows.guests
    .filter(({ haState }) => haState !== undefined)
    .map(({ vmid, node }) => ({ sid: `vm:${vmid}`, node, state: 'started', requestState: 'started' }))
  const views = names.map((node, index): [string, NodeView] => {
    const own = rows.guests.filter((guest) => guest.node === node)
    return [
      node,
      {
        ...base,
        node,
        endpoint: `https://10.98.0.${index + 1}:8006`,
        status: read({ name: 'large', quorate: true, configVersion: 7, members }, ago((4 + index) * SECOND)),
        votes: read(members.map(({ name: each, nodeId }) => ({ node: each, nodeId, votes: 1 }))),
        resources: read(rows, ago((4 + index) * SECOND)),
        ha: read({ ...must(base.ha).value, services }),
        guests: read(Object.fromEntries(own.map(({ id }) => [id, WEB]))),
        replication: read([]),
      },
    ]
  })
  return { cluster: 'large', ownName: 'large', views: Object.fromEntries(views), unreached: {} }
}
