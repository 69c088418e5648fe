import type { GuestRow, NodeRow, Resources, StorageRow } from '../../core/cluster/types.ts'
import { flag, maybeNumber, maybeText, number, optional, type Row, rows, text } from './loose.ts'

/**
 * `GET /cluster/resources`. Rows of nodes that the answering one cannot reach are stale, and not marked: they look as
 * they did when it last heard of them.
 */
export function readResources(data: unknown): Resources | undefined {
  const all = rows(data)
  if (all === undefined) return undefined
  const guests: GuestRow[] = []
  const nodes: NodeRow[] = []
  const storages: StorageRow[] = []
  for (const row of all) {
    if (row.type === 'qemu' || row.type === 'lxc') guests.push(...guest(row, row.type))
    else if (row.type === 'node') nodes.push(node(row))
    else if (row.type === 'storage') storages.push(storage(row))
  }
  return { guests, nodes, storages }
}

function guest(row: Row, type: GuestRow['type']): GuestRow[] {
  const vmid = maybeNumber(row.vmid)
  if (vmid === undefined) return []
  return [
    {
      id: `${type}/${vmid}`,
      vmid,
      type,
      name: maybeText(row.name) ?? String(vmid),
      node: text(row.node),
      status: maybeText(row.status) ?? 'unknown',
      template: flag(row.template),
      tags: tags(row.tags),
      uptimeS: number(row.uptime),
      cpuRatio: number(row.cpu),
      cpus: number(row.maxcpu),
      memoryBytes: number(row.mem),
      memoryMaxBytes: number(row.maxmem),
      diskBytes: number(row.disk),
      diskMaxBytes: number(row.maxdisk),
      netInBytes: number(row.netin),
      netOutBytes: number(row.netout),
      diskReadBytes: number(row.diskread),
      diskWriteBytes: number(row.diskwrite),
      ...optional('lock', maybeText(row.lock)),
      ...optional('haState', maybeText(row.hastate)),
    },
  ]
}

function node(row: Row): NodeRow {
  return {
    node: text(row.node),
    online: row.status === 'online',
    uptimeS: number(row.uptime),
    cpuRatio: number(row.cpu),
    cpus: number(row.maxcpu),
    memoryBytes: number(row.mem),
    memoryMaxBytes: number(row.maxmem),
    diskBytes: number(row.disk),
    diskMaxBytes: number(row.maxdisk),
    level: text(row.level),
    ...optional('haState', maybeText(row.hastate)),
  }
}

function storage(row: Row): StorageRow {
  const node = text(row.node)
  const name = text(row.storage)
  return {
    id: `storage/${node}/${name}`,
    node,
    storage: name,
    status: maybeText(row.status) ?? 'unknown',
    shared: flag(row.shared),
    content: text(row.content),
    pluginType: text(row.plugintype),
    usedBytes: number(row.disk),
    totalBytes: number(row.maxdisk),
  }
}

/** Written with semicolons; commas and spaces are taken by Proxmox, too. */
function tags(value: unknown): readonly string[] {
  return text(value)
    .split(/[;,\s]+/)
    .filter((tag) => tag !== '')
}
