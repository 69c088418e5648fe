import type { World } from '../types.ts'
import { say } from './journal.ts'
import { membersOf } from './membership.ts'
import { takePicture } from './picture.ts'
import type { Cluster, Node } from './types.ts'

/** corosync-qdevice(8): `ffsplit` has one vote, `lms` one less than there are nodes. */
export function qdeviceVotes(cluster: Cluster): number {
  if (cluster.qdevice === undefined) return 0
  return cluster.qdevice.algorithm === 'lms' ? Math.max(1, cluster.nodes.length - 1) : 1
}

export function expectedVotes(cluster: Cluster): number {
  return cluster.nodes.reduce((sum, { votes }) => sum + votes, 0) + qdeviceVotes(cluster)
}

export function neededVotes(cluster: Cluster): number {
  return Math.floor(expectedVotes(cluster) / 2) + 1
}

/** Votes that this node counts, the QDevice's among them where it gets them. */
export function presentVotes(cluster: Cluster, node: Node): number {
  const votes = membersOf(cluster, node).reduce((sum, member) => sum + member.votes, 0)
  return votes + (getsQdevice(cluster, node) ? qdeviceVotes(cluster) : 0)
}

export function reachesQdevice(cluster: Cluster, node: Node): boolean {
  return cluster.qdevice?.up === true && node.running && !node.host.netCut && !cluster.cutLinks.has(`>${node.name}`)
}

/** It votes with the larger side, in a tie with that of the lowest number: once, for one side. */
function getsQdevice(cluster: Cluster, node: Node): boolean {
  if (!reachesQdevice(cluster, node)) return false
  let best: Node | undefined
  for (const other of cluster.nodes) {
    if (!reachesQdevice(cluster, other)) continue
    if (best === undefined || membersOf(cluster, other).length > membersOf(cluster, best).length) best = other
  }
  if (best === undefined) return false
  return node === best || (node.peers[best.name]?.member === true && best.peers[node.name]?.member === true)
}

/** Each node has quorum or not by its own count; without it the cluster file system stands still. */
export function followQuorum(world: World, cluster: Cluster): void {
  const needed = neededVotes(cluster)
  for (const node of cluster.nodes) {
    const quorate = node.running && presentVotes(cluster, node) >= needed
    if (quorate === node.quorate) continue
    if (!quorate) loseQuorum(world, cluster, node)
    node.quorate = quorate
    node.quorumSinceMs = world.nowMs
    cluster.changed = true
    if (quorate) node.picture = undefined
    if (node.running) tellQuorum(world, cluster, node)
  }
}

function loseQuorum(world: World, cluster: Cluster, node: Node): void {
  node.picture = takePicture(world, cluster)
  node.lrm.stampMs = world.nowMs
}

function tellQuorum(world: World, cluster: Cluster, node: Node): void {
  const component = node.quorate ? 'primary component and will provide service.' : 'non-primary component and will NOT'
  const rest = node.quorate ? '' : ' provide any services.'
  const members = membersOf(cluster, node)
  const processes = members.map(({ id }) => `${id}/74`).join(', ')
  const corosync = (text: string) => say(world, cluster, node, 'corosync', text)
  const pmxcfs = (text: string) => say(world, cluster, node, 'pmxcfs', text)
  corosync(`  [QUORUM] This node is within the ${component}${rest}`)
  corosync(`  [QUORUM] Members[${members.length}]: ${members.map(({ id }) => id).join(' ')}`)
  corosync('  [MAIN  ] Completed service synchronization, ready to provide service.')
  pmxcfs(`[status] notice: node ${node.quorate ? 'has' : 'lost'} quorum`)
  pmxcfs(`[dcdb] notice: members: ${processes}`)
  pmxcfs(`[status] notice: members: ${processes}`)
  if (node.quorate) {
    pmxcfs('[dcdb] notice: starting data syncronisation')
    pmxcfs('[dcdb] notice: all data is up to date')
    return
  }
  pmxcfs('[dcdb] crit: received write while not quorate - trigger resync')
  pmxcfs('[dcdb] crit: leaving CPG group')
}
