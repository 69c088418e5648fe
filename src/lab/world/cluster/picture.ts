import type { World } from '../types.ts'
import type { Cluster, Node, NodeState, Picture } from './types.ts'

/** HA's daemons write their time into the cluster file system about so often. */
const STAMP_MS = 5_000

/** When a node's LRM last said something, as a quorate node reads it. */
export function lrmStampMs(world: World, node: Node): number {
  return node.running && node.quorate ? latest(world, node.id * 1_100) : node.lrm.stampMs
}

export function masterStampMs(world: World, cluster: Cluster): number {
  const master = cluster.nodes.find(({ name }) => name === cluster.ha.master)
  return master?.running === true && master.quorate ? latest(world, 700) : cluster.ha.masterStampMs
}

function latest(world: World, phaseMs: number): number {
  return world.nowMs - ((world.nowMs + phaseMs) % STAMP_MS)
}

/** What the cluster file system holds now. */
export function takePicture(world: World, cluster: Cluster): Picture {
  const { ha } = cluster
  return {
    atMs: world.nowMs,
    guestNodes: Object.fromEntries(cluster.guests.map(({ id, node }) => [id, node])),
    services: ha.services.map(({ sid, guest, requested, state, node }) => ({ sid, guest, requested, state, node })),
    master: ha.master,
    masterStampMs: masterStampMs(world, cluster),
    nodeStates: { ...ha.nodeStates } as Readonly<Record<string, NodeState>>,
    lrms: Object.fromEntries(
      cluster.nodes.map((node) => [node.name, { state: node.lrm.state, stampMs: lrmStampMs(world, node) }]),
    ),
  }
}
