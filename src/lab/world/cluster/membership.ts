import type { World } from '../types.ts'
import { say } from './journal.ts'
import { stepAt } from './touch.ts'
import type { Cluster, Node, Peer } from './types.ts'

/** corosync 3 with the timings of Proxmox: a silent node is gone after about 7 s, one that is back joins after 3 s. */
export const LEAVE_MS = 7_000
export const JOIN_MS = 3_000

/** Whether what `peer` says reaches `node` now. corosync's network is that of the hosts, with links cut one by one. */
export function hears(cluster: Cluster, node: Node, peer: Node): boolean {
  if (!node.running || !peer.running || node.host.netCut || peer.host.netCut) return false
  return !cluster.cutLinks.has(`${peer.name}>${node.name}`)
}

export function peerOf(node: Node, name: string): Peer {
  node.peers[name] ??= { heard: false, heardSinceMs: 0, member: false, lostMs: 0, ranWhenLost: [] }
  return node.peers[name]
}

/** Who is a member as this node sees it, itself among them while it runs; by their numbers. */
export function membersOf(cluster: Cluster, node: Node): readonly Node[] {
  return cluster.nodes.filter((other) => (other === node ? node.running : node.peers[other.name]?.member === true))
}

/**
 * Lets every node hear and count. With a link cut in one direction only the one that hears nothing drops the other:
 * for some seconds that is what corosync does, and for a guard it is the harder case.
 */
export function followMembership(world: World, cluster: Cluster): void {
  for (const node of cluster.nodes) {
    if (!node.running) continue
    const joined: Node[] = []
    const left: Node[] = []
    for (const peer of cluster.nodes) {
      if (peer === node) continue
      const flipped = followPeer(world, cluster, node, peer)
      if (flipped) (peerOf(node, peer.name).member ? joined : left).push(peer)
    }
    if (joined.length + left.length > 0) tellMembership(world, cluster, node, joined, left)
  }
}

function followPeer(world: World, cluster: Cluster, node: Node, peer: Node): boolean {
  const known = peerOf(node, peer.name)
  const heard = hears(cluster, node, peer)
  if (heard !== known.heard) {
    known.heard = heard
    known.heardSinceMs = world.nowMs
  }
  if (heard === known.member) return false
  const goodbye = !heard && peer.leftCleanly && !peer.running
  const flipsMs = known.heardSinceMs + (heard ? JOIN_MS : goodbye ? 0 : LEAVE_MS)
  if (world.nowMs < flipsMs) {
    stepAt(world, cluster, flipsMs)
    return false
  }
  known.member = heard
  cluster.changed = true
  if (!heard) {
    known.lostMs = world.nowMs
    const onIt = cluster.guests.filter((guest) => guest.node === peer.name && guest.running)
    known.ranWhenLost = onIt.map(({ id }) => id)
  }
  return true
}

function tellMembership(
  world: World,
  cluster: Cluster,
  node: Node,
  joined: readonly Node[],
  left: readonly Node[],
): void {
  const tell = (text: string, atMs?: number) => say(world, cluster, node, 'corosync', text, atMs)
  const ids = (nodes: readonly Node[]) => nodes.map(({ id }) => id).join(' ')
  cluster.ring += 4
  for (const { id } of left) tell(`  [KNET  ] link: host: ${id} link: 0 is down`, world.nowMs - 5_000)
  for (const { id } of left) tell(`  [KNET  ] host: host: ${id} has no active links`, world.nowMs - 5_000)
  for (const { id } of joined) tell(`  [KNET  ] rx: host: ${id} link: 0 is up`, world.nowMs - 1_000)
  if (left.length > 0) {
    const timedOut = 'token timed out (3650ms), waiting 4380ms for consensus.'
    tell('  [TOTEM ] Token has not been received in 2737 ms', world.nowMs - 4_400)
    tell(`  [TOTEM ] A processor failed, forming new configuration: ${timedOut}`, world.nowMs - 4_380)
  }
  const members = membersOf(cluster, node)
  tell(`  [QUORUM] Sync members[${members.length}]: ${ids(members)}`)
  if (joined.length > 0) tell(`  [QUORUM] Sync joined[${joined.length}]: ${ids(joined)}`)
  if (left.length > 0) tell(`  [QUORUM] Sync left[${left.length}]: ${ids(left)}`)
  const moves = [
    ...(joined.length === 0 ? [] : [`joined: ${ids(joined)}`]),
    ...(left.length === 0 ? [] : [`left: ${ids(left)}`]),
  ]
  tell(`  [TOTEM ] A new membership (${node.id}.${cluster.ring.toString(16)}) was formed. Members ${moves.join(' ')}`)
  const silent = left.filter(({ leftCleanly }) => !leftCleanly)
  if (silent.length > 0) tell(`  [TOTEM ] Failed to receive the leave message. failed: ${ids(silent)}`)
}
