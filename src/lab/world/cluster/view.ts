import type { World } from '../types.ts'
import { membersOf } from './membership.ts'
import { lrmStampMs, masterStampMs } from './picture.ts'
import { neededVotes, presentVotes } from './quorum.ts'
import type { Cluster, Guest, LrmState, Node, NodeState, ServiceView } from './types.ts'

/** pmxcfs drops what a node said of its guests when that is older. */
export const STATUS_KEPT_MS = 300_000

export type GuestView = {
  readonly guest: Guest
  /** Where this node believes it to be. */
  readonly node: string
  readonly status: 'running' | 'stopped' | 'unknown'
  /** What it says of it was last heard then; now, where it still hears it. */
  readonly asOfMs: number
}
export type HaView = {
  readonly services: readonly ServiceView[]
  readonly master: string | undefined
  readonly masterStampMs: number
  readonly nodeStates: Readonly<Record<string, NodeState>>
  readonly lrms: Readonly<Record<string, { readonly state: LrmState; readonly stampMs: number }>>
}

/** The cluster as one running node sees it. Without quorum much of it is old, and nothing in it says so. */
export type NodeView = {
  readonly members: readonly string[]
  readonly quorate: boolean
  readonly presentVotes: number
  readonly neededVotes: number
  readonly guests: readonly GuestView[]
  readonly ha: HaView
}

export function viewOf(world: World, cluster: Cluster, node: Node): NodeView {
  return {
    members: membersOf(cluster, node).map(({ name }) => name),
    quorate: node.quorate,
    presentVotes: presentVotes(cluster, node),
    neededVotes: neededVotes(cluster),
    guests: cluster.guests.map((guest) => guestSeenBy(world, node, guest)),
    ha: haSeenBy(world, cluster, node),
  }
}

export function guestSeenBy(world: World, viewer: Node, guest: Guest): GuestView {
  const node = viewer.picture?.guestNodes[guest.id] ?? guest.node
  const peer = node === viewer.name ? undefined : viewer.peers[node]
  if (node === viewer.name || peer?.member === true) {
    // What it ran may have moved away while it could not be told.
    const runs = guest.running && guest.node === node
    return { guest, node, status: runs ? 'running' : 'stopped', asOfMs: world.nowMs }
  }
  const lostMs = peer?.lostMs ?? Number.NEGATIVE_INFINITY
  if (world.nowMs - lostMs > STATUS_KEPT_MS) return { guest, node, status: 'unknown', asOfMs: lostMs }
  return { guest, node, status: peer?.ranWhenLost.includes(guest.id) === true ? 'running' : 'stopped', asOfMs: lostMs }
}

export function haSeenBy(world: World, cluster: Cluster, viewer: Node): HaView {
  if (viewer.picture !== undefined) return viewer.picture
  const { services, master, nodeStates } = cluster.ha
  const lrms = cluster.nodes.map((node) => [node.name, { state: node.lrm.state, stampMs: lrmStampMs(world, node) }])
  return { services, master, nodeStates, masterStampMs: masterStampMs(world, cluster), lrms: Object.fromEntries(lrms) }
}

export function findCluster(world: World, name?: string): Cluster | undefined {
  return name === undefined ? world.clusters[0] : world.clusters.find((cluster) => cluster.name === name)
}

/** The node that a host of the lab is, with its cluster. */
export function findNode(world: World, host: string): { readonly cluster: Cluster; readonly node: Node } | undefined {
  for (const cluster of world.clusters) {
    const node = cluster.nodes.find(({ name }) => name === host)
    if (node !== undefined) return { cluster, node }
  }
  return undefined
}

/** By its number, `qemu/100`, or its name. */
export function findGuest(
  world: World,
  guest: string,
): { readonly cluster: Cluster; readonly guest: Guest } | undefined {
  for (const cluster of world.clusters) {
    const found = cluster.guests.find((one) => one.id === guest || `${one.vmid}` === guest || one.name === guest)
    if (found !== undefined) return { cluster, guest: found }
  }
  return undefined
}
