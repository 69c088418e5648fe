import { storageActive, usedBytes } from '../../world/cluster/storage.ts'
import { guestSeenBy, haSeenBy, viewOf } from '../../world/cluster/view.ts'
import { may } from './access.ts'
import type { Answer, Call } from './call.ts'
import { flag, nodeRow } from './cluster-answers.ts'
import { guestRow } from './guest-answers.ts'

/** Rows of everything, and of what the caller may see. An isolated node goes on telling what it last heard. */
export const resources: Answer = (call) => {
  const { type } = call.parameters
  const wants = (kind: string) => type === undefined || type === kind
  return [
    ...(wants('vm') ? guests(call) : []),
    ...(wants('node') ? call.cluster.nodes.map(({ name }) => seenNode(call, name)) : []),
    ...(wants('storage') ? storages(call) : []),
    ...(wants('sdn') ? networks(call) : []),
  ]
}

function guests(call: Call): object[] {
  const { world, cluster, node, caller } = call
  const { services } = haSeenBy(world, cluster, node)
  return cluster.guests.flatMap((guest) =>
    may(caller, `/vms/${guest.vmid}`, 'VM.Audit') ? [guestRow(call, guestSeenBy(world, node, guest), services)] : [],
  )
}

function seenNode(call: Call, name: string): object {
  const row = nodeRow(call, name)
  if (may(call.caller, `/nodes/${name}`, 'Sys.Audit')) return row
  const { type, id, node, status } = row
  return { type, id, node, status }
}

function storages(call: Call): object[] {
  const { world, cluster, node: viewer, caller } = call
  const { members } = viewOf(world, cluster, viewer)
  return cluster.storages.flatMap((storage) => {
    if (!may(caller, `/storage/${storage.name}`, 'Datastore.Audit', 'Datastore.AllocateSpace')) return []
    return cluster.nodes.map((node) => {
      const known = members.includes(node.name)
      const active = storageActive(world, storage, node)
      const row = {
        type: 'storage',
        id: `storage/${node.name}/${storage.name}`,
        storage: storage.name,
        node: node.name,
        // What was last said of it by a node that is gone.
        status: !known || active ? 'available' : 'unknown',
        shared: flag(storage.shared),
        plugintype: storage.type,
        content: storage.content,
      }
      return known && !active ? row : { ...row, disk: usedBytes(storage), maxdisk: storage.totalBytes }
    })
  })
}

function networks({ cluster }: Call): object[] {
  return cluster.nodes.map(({ name }) => ({
    type: 'network',
    'network-type': 'zone',
    id: `network/${name}/zone/localnetwork`,
    network: 'localnetwork',
    node: name,
    status: 'ok',
  }))
}
