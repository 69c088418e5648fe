import type { ClusterModel, GuestModel } from '../../core/cluster/model-types.ts'
import type { Subject } from '../../core/history/metrics.ts'

/** Whose data are asked for. A cluster is its nodes together. */
export type HistoryTarget = {
  /** `node/pve1`, `qemu/100`, `storage/pve1/local`, or `cluster`. */
  readonly id: string
  readonly title: string
  readonly subject: Subject
  /** As Proxmox is asked, with the name of each for people. */
  readonly members: readonly { readonly name: string; readonly id: string }[]
}

export type FoundTarget =
  | { readonly ok: true; readonly target: HistoryTarget }
  | { readonly ok: false; readonly code: 'no-such-target' | 'bad-request'; readonly sentence: string }

/** By a node's name, a guest's number, id or name, or `storage/NODE/NAME`; the whole cluster without a name. */
export function findTarget(model: ClusterModel, name: string | undefined): FoundTarget {
  if (name === undefined) return cluster(model)
  const node = model.nodes.find((each) => each.name === name || `node/${each.name}` === name)
  if (node !== undefined) return single(`node/${node.name}`, node.name, 'node')
  const storage = model.storages.find((each) => `storage/${each.node}/${each.storage}` === name)
  if (storage !== undefined) return single(name, `${storage.storage} on ${storage.node}`, 'storage')
  const byNumber = model.guests.find(({ id, vmid }) => id === name || String(vmid) === name)
  const guests = byNumber === undefined ? model.guests.filter((guest) => guest.name === name) : [byNumber]
  const [guest, another] = guests
  if (guest === undefined) {
    const sentence = `Cluster ${model.cluster} has no node, guest or storage called ${name}.`
    return { ok: false, code: 'no-such-target', sentence }
  }
  if (another !== undefined) {
    const sentence = `Several guests are called ${name}: say ${guests.map(({ vmid }) => vmid).join(' or ')}.`
    return { ok: false, code: 'bad-request', sentence }
  }
  return single(guest.id, guestTitle(guest), 'guest')
}

function single(id: string, title: string, subject: Subject): FoundTarget {
  return { ok: true, target: { id, title, subject, members: [{ name: title, id }] } }
}

function cluster({ cluster: name, nodes }: ClusterModel): FoundTarget {
  const title = `cluster ${name} (${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'})`
  const members = nodes.map((node) => ({ name: node.name, id: `node/${node.name}` }))
  return { ok: true, target: { id: 'cluster', title, subject: 'node', members } }
}

function guestTitle({ vmid, name, node }: GuestModel): string {
  return `guest ${vmid} (${name}) on ${node}`
}
