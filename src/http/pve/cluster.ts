import type { Backups, ClusterStatus, QDevice } from '../../core/cluster/types.ts'
import { labelText, type MetricText } from '../metric-text.ts'
import type { Rows } from './resources.ts'
import type { Scope } from './scope.ts'

/** A node, guest or storage that is there and runs. What a node that is away was last said to run does not count. */
export function writeUp(status: ClusterStatus | undefined, rows: Rows | undefined, text: MetricText): void {
  text.family(
    'pve_up',
    'gauge',
    'Whether a node is online, a guest runs, a storage is available, the cluster has quorum.',
  )
  if (status?.name !== undefined) text.sample('pve_up', labelText({ id: clusterId(status) }), status.quorate)
  for (const { name, online } of status?.members ?? []) text.sample('pve_up', labelText({ id: `node/${name}` }), online)
  for (const row of rows?.guests ?? []) text.sample('pve_up', row.labels, row.alive && row.status === 'running')
  for (const row of rows?.storages ?? []) text.sample('pve_up', row.labels, row.alive && row.status === 'available')
}

/** What there is one of in a cluster. */
export function writeCluster({ status, resources, version, backups, qdevice }: Scope, text: MetricText): void {
  if (status !== undefined) {
    const levels = new Map(resources?.nodes.map(({ node, level }) => [node, level]))
    text.family('pve_node_info', 'gauge', 'A node, as labels.')
    for (const { name, nodeId } of status.members) {
      const labels = { id: `node/${name}`, level: levels.get(name) ?? '', name, nodeid: String(nodeId) }
      text.sample('pve_node_info', labelText(labels), 1)
    }
    writeClusterInfo(status, text)
  }
  if (version !== undefined) {
    text.family('pve_version_info', 'gauge', 'The version of Proxmox VE, as labels.')
    const { release, repoId, version: full } = version
    text.sample('pve_version_info', labelText({ release, repoid: repoId, version: full }), 1)
  }
  if (backups !== undefined) writeBackups(backups, status, text)
  if (qdevice !== undefined && status?.name !== undefined) writeQDevice(qdevice, clusterId(status), text)
}

const clusterId = ({ name = '' }: ClusterStatus) => `cluster/${name}`

function writeClusterInfo(status: ClusterStatus, text: MetricText): void {
  if (status.name === undefined) return
  text.family('pve_cluster_info', 'gauge', 'The cluster, as labels.')
  const labels = {
    id: clusterId(status),
    nodes: String(status.members.length),
    quorate: status.quorate ? '1' : '0',
    version: String(status.configVersion ?? ''),
  }
  text.sample('pve_cluster_info', labelText(labels), 1)
}

function writeBackups({ notBackedUp }: Backups, status: ClusterStatus | undefined, text: MetricText): void {
  text.family('pve_not_backed_up_total', 'gauge', 'Guests that no backup job covers.')
  // A single node has no cluster's name; it goes by its own.
  const name = status?.name ?? status?.members.find(({ local }) => local)?.name
  if (name !== undefined) {
    text.sample('pve_not_backed_up_total', labelText({ id: `cluster/${name}` }), notBackedUp.length)
  }
  text.family('pve_not_backed_up_info', 'gauge', 'A guest that no backup job covers.')
  for (const { id } of notBackedUp) text.sample('pve_not_backed_up_info', labelText({ id }), 1)
}

function writeQDevice(qdevice: QDevice, id: string, text: MetricText): void {
  if (qdevice.state === 'none') return
  text.family('pve_qdevice_up', 'gauge', 'Whether the QDevice is connected.')
  text.sample('pve_qdevice_up', labelText({ id }), qdevice.state === 'connected')
  text.family('pve_qdevice_info', 'gauge', 'The QDevice, as labels.')
  const labels = {
    algorithm: qdevice.algorithm ?? '',
    id,
    model: qdevice.model ?? '',
    qnetd_host: qdevice.host ?? '',
    // Its own word, such as `Connect failed`.
    state: qdevice.words.split(',')[0] ?? '',
    tie_breaker: qdevice.tieBreaker ?? '',
  }
  text.sample('pve_qdevice_info', labelText(labels), 1)
}
