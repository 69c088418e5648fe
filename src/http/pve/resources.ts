import type { GuestRow, NodeRow, Resources, StorageRow } from '../../core/cluster/types.ts'
import { labelText, type MetricText } from '../metric-text.ts'
import { GUEST_STATES, LOCKS, NODE_STATES, stateLines } from './state-lines.ts'

/** Rows with what is written of each of them, made once: many families speak of the same ones. */
export type Rows = {
  readonly guests: readonly (GuestRow & { readonly labels: string; readonly alive: boolean })[]
  readonly nodes: readonly (NodeRow & { readonly id: string; readonly labels: string })[]
  readonly storages: readonly (StorageRow & { readonly labels: string; readonly alive: boolean })[]
}

/** `alive`: its node is there. Rows of a node that is away look as they did when it was last heard of. */
export function rowsOf({ guests, nodes, storages }: Resources): Rows {
  const away = new Set(nodes.filter(({ online }) => !online).map(({ node }) => node))
  const labelled = <T extends { readonly id: string; readonly node: string }>(row: T) => ({
    ...row,
    labels: labelText({ id: row.id }),
    alive: !away.has(row.node),
  })
  return {
    guests: guests.map(labelled),
    nodes: nodes.map((row) => ({ ...row, id: `node/${row.node}`, labels: labelText({ id: `node/${row.node}` }) })),
    storages: storages.map(labelled),
  }
}

/** What the rows of guests, nodes and storages tell of size, use, traffic and state. */
export function writeResources(rows: Rows, text: MetricText): void {
  writeSizes(rows, text)
  writeTraffic(rows, text)
  writeLoad(rows, text)
  writeStates(rows, text)
  writeInfo(rows, text)
}

function writeSizes({ guests, nodes, storages }: Rows, text: MetricText): void {
  text.family('pve_disk_size_bytes', 'gauge', 'Size of a storage, of the root disk of a node, or of a guest.')
  // What is not active tells no size.
  const sized = storages.filter(({ totalBytes, status }) => totalBytes > 0 || status === 'available')
  for (const row of guests) text.sample('pve_disk_size_bytes', row.labels, row.diskMaxBytes)
  for (const row of nodes) text.sample('pve_disk_size_bytes', row.labels, row.diskMaxBytes)
  for (const row of sized) text.sample('pve_disk_size_bytes', row.labels, row.totalBytes)
  text.family(
    'pve_disk_usage_bytes',
    'gauge',
    'Used part of it; 0 for a virtual machine, whose disk is its own affair.',
  )
  for (const row of guests) if (row.alive) text.sample('pve_disk_usage_bytes', row.labels, row.diskBytes)
  for (const row of nodes) if (row.online) text.sample('pve_disk_usage_bytes', row.labels, row.diskBytes)
  for (const row of sized) if (row.alive) text.sample('pve_disk_usage_bytes', row.labels, row.usedBytes)
  text.family('pve_memory_size_bytes', 'gauge', 'Memory that a node has, or that a guest may have.')
  for (const row of guests) text.sample('pve_memory_size_bytes', row.labels, row.memoryMaxBytes)
  for (const row of nodes) text.sample('pve_memory_size_bytes', row.labels, row.memoryMaxBytes)
  text.family('pve_memory_usage_bytes', 'gauge', 'Used memory of a node or a guest.')
  for (const row of guests) if (row.alive) text.sample('pve_memory_usage_bytes', row.labels, row.memoryBytes)
  for (const row of nodes) if (row.online) text.sample('pve_memory_usage_bytes', row.labels, row.memoryBytes)
}

/** Each as a gauge by its old name, and as a counter. */
const TRAFFIC = [
  ['pve_network_transmit_bytes', 'pve_network_transmit_bytes_total', 'netOutBytes', 'Sent by a guest since its start.'],
  [
    'pve_network_receive_bytes',
    'pve_network_receive_bytes_total',
    'netInBytes',
    'Received by a guest since its start.',
  ],
  ['pve_disk_write_bytes', 'pve_disk_written_bytes_total', 'diskWriteBytes', 'Written by a guest since its start.'],
  ['pve_disk_read_bytes', 'pve_disk_read_bytes_total', 'diskReadBytes', 'Read by a guest since its start.'],
] as const

function writeTraffic({ guests }: Rows, text: MetricText): void {
  for (const [gauge, counter, field, help] of TRAFFIC) {
    text.family(gauge, 'gauge', `${help} Old name of ${counter}.`)
    for (const row of guests) if (row.alive) text.sample(gauge, row.labels, row[field])
  }
  for (const [, counter, field, help] of TRAFFIC) {
    text.family(counter, 'counter', help)
    for (const row of guests) if (row.alive) text.sample(counter, row.labels, row[field])
  }
}

function writeLoad({ guests, nodes, storages }: Rows, text: MetricText): void {
  text.family('pve_cpu_usage_ratio', 'gauge', 'Used part of the processors of a node or a guest, 0 to 1.')
  for (const row of guests) if (row.alive) text.sample('pve_cpu_usage_ratio', row.labels, row.cpuRatio)
  for (const row of nodes) if (row.online) text.sample('pve_cpu_usage_ratio', row.labels, row.cpuRatio)
  text.family('pve_cpu_usage_limit', 'gauge', 'Processors of a node or a guest.')
  for (const row of guests) text.sample('pve_cpu_usage_limit', row.labels, row.cpus)
  for (const row of nodes) text.sample('pve_cpu_usage_limit', row.labels, row.cpus)
  text.family('pve_uptime_seconds', 'gauge', 'How long a node or a guest has been running.')
  for (const row of guests) if (row.alive) text.sample('pve_uptime_seconds', row.labels, row.uptimeS)
  for (const row of nodes) if (row.online) text.sample('pve_uptime_seconds', row.labels, row.uptimeS)
  text.family('pve_storage_shared', 'gauge', 'Whether several nodes share the storage.')
  for (const row of storages) text.sample('pve_storage_shared', row.labels, row.shared)
}

function writeStates({ guests, nodes }: Rows, text: MetricText): void {
  text.family(
    'pve_ha_state',
    'gauge',
    'State in HA: 1 for the one that holds; all 0 for a guest that HA does not manage.',
  )
  for (const { labels, haState } of guests) text.lines(stateLines('pve_ha_state', labels, GUEST_STATES, haState))
  for (const { labels, haState } of nodes) text.lines(stateLines('pve_ha_state', labels, NODE_STATES, haState))
  text.family('pve_lock_state', 'gauge', 'Lock of a guest: 1 for the one that holds.')
  for (const { labels, lock } of guests) text.lines(stateLines('pve_lock_state', labels, LOCKS, lock))
}

function writeInfo({ guests, storages }: Rows, text: MetricText): void {
  text.family('pve_guest_info', 'gauge', 'A guest, as labels.')
  for (const { id, name, node, tags, template, type } of guests) {
    const labels = { id, name, node, tags: tags.join(';'), template: template ? '1' : '0', type }
    text.sample('pve_guest_info', labelText(labels), 1)
  }
  text.family('pve_storage_info', 'gauge', 'A storage, as labels.')
  for (const { id, node, storage, pluginType, content } of storages) {
    // Proxmox tells it in another order each time, which would be another series each time.
    const sorted = content.split(',').sort().join(',')
    text.sample('pve_storage_info', labelText({ content: sorted, id, node, plugintype: pluginType, storage }), 1)
  }
}
