import { hash } from '../../world/cluster/journal.ts'
import { reachesQdevice } from '../../world/cluster/quorum.ts'
import { findNode, viewOf } from '../../world/index.ts'
import { type Answer, type Call, isNine } from './call.ts'

const VERSIONS = {
  '7.4': { version: '7.4-17', release: '7.4', repoid: '513c62be' },
  '8.4': { version: '8.4.14', release: '8.4', repoid: 'b502d23c55afcba1' },
  '9.2': { version: '9.2.11', release: '9.2', repoid: '14a22df3deadbeef' },
} as const

export const version: Answer = ({ version: which }) => VERSIONS[which]

export function managerVersion({ version: which }: Call): string {
  const { version: full, repoid } = VERSIONS[which]
  return `pve-manager/${full}/${repoid}`
}

/** No votes are told here, and with the QDevice lost it says `quorate: 1` all the same. */
export const clusterStatus: Answer = ({ world, cluster, node, faults }) => {
  const { members, quorate } = viewOf(world, cluster, node)
  const name = faults.ownName ?? cluster.ownName
  const row = { type: 'cluster', id: 'cluster', name, version: 4, nodes: cluster.nodes.length, quorate: flag(quorate) }
  const nodes = cluster.nodes.map((other) => ({
    type: 'node',
    id: `node/${other.name}`,
    name: other.name,
    nodeid: other.id,
    ip: other.address,
    online: flag(members.includes(other.name)),
    local: flag(other === node),
    level: '',
  }))
  return [row, ...nodes]
}

/** Numbers are strings here: they are read from corosync.conf as they stand. */
export const configNodes: Answer = ({ cluster }) => {
  return cluster.nodes.map(({ name, id, votes, address }) => {
    return { node: name, name, nodeid: `${id}`, quorum_votes: `${votes}`, ring0_addr: address }
  })
}

export const configQdevice: Answer = ({ world, cluster, node, wall }) => {
  const { qdevice } = cluster
  if (qdevice === undefined) return {}
  const connected = reachesQdevice(cluster, node)
  const at = new Date(wall.ms(world.nowMs - 4_000)).toISOString().slice(0, 19)
  return {
    Algorithm: qdevice.algorithm === 'lms' ? 'LMS' : 'Fifty-Fifty split',
    Model: 'Net',
    'QNetd host': `${qdevice.host}:5403`,
    'Tie-breaker': 'Node with lowest node ID',
    ...(connected ? { 'Last poll call': `${at} (cast vote)` } : {}),
    State: connected ? 'Connected' : 'Connect failed',
  }
}

export const options: Answer = ({ cluster }) => {
  const tags = [...new Set(cluster.guests.flatMap((guest) => guest.tags))].toSorted()
  return { keyboard: 'en-us', mac_prefix: 'BC:24:11', description: '', 'allowed-tags': tags }
}

/** A peer that is not a member has no uptime and no load, and says nothing of either. */
export const nodes: Answer = (call) => {
  return call.cluster.nodes.map((node) => {
    const { hastate: _ha, 'cgroup-mode': _mode, ...row } = nodeRow(call, node.name)
    return { ...row, ssl_fingerprint: fingerprint(node.name) }
  })
}

function fingerprint(name: string): string {
  const bytes = Array.from({ length: 32 }, (_, index) => hash(`${name}/${index}`) % 256)
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(':')
}

/** A row of a node as `/cluster/resources` has it. */
export function nodeRow(call: Call, name: string): Record<string, unknown> {
  const { world, cluster, node: viewer, wall } = call
  const found = findNode(world, name)
  const view = viewOf(world, cluster, viewer)
  const online = view.members.includes(name)
  const memory = found?.node.memoryBytes ?? 0
  const row = {
    type: 'node',
    id: `node/${name}`,
    node: name,
    status: online ? 'online' : 'offline',
    level: '',
    maxcpu: found?.node.cpus ?? 0,
    maxmem: memory,
    maxdisk: DISK_BYTES,
    ...(isNine(call) ? { 'cgroup-mode': 2 } : {}),
    ...(cluster.ha.services.length === 0 ? {} : { hastate: view.ha.nodeStates[name] ?? 'online' }),
  }
  if (!online || found === undefined) return row
  const uptime = wall.spanS(world.nowMs - found.node.bootedMs)
  return { ...row, cpu: busy(call, name), mem: Math.floor(memory * 0.4), disk: DISK_USED_BYTES, uptime }
}

export const DISK_BYTES = 270_553_174_016
export const DISK_USED_BYTES = 36_682_629_120

/** A number that has a fraction, as a load has. */
export function busy({ world }: Call, name: string): number {
  return 0.05 + ((hash(`${name}@${Math.floor(world.nowMs / 10_000)}`) % 4_000) + 0.5) / 10_000
}

export function flag(value: boolean): 0 | 1 {
  return value ? 1 : 0
}
