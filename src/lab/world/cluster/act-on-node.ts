import { type ActResult, done, refused } from '../actions.ts'
import type { World } from '../types.ts'
import type { ClusterAction } from './cluster-actions.ts'
import { say, sync } from './journal.ts'
import type { Cluster, Node } from './types.ts'
import { findNode } from './view.ts'

type OnNode = Extract<ClusterAction, { host: string }>

export function actOnNode(world: World, action: OnNode): ActResult {
  const found = findNode(world, action.host)
  if (found === undefined) return refused('no-such-host', `${action.host} is no node of a Proxmox cluster in the lab`)
  const { cluster, node } = found
  switch (action.kind) {
    case 'partition':
    case 'rejoin':
      return partition(cluster, node, action.kind === 'partition')
    case 'partition-from':
    case 'rejoin-from':
      return oneWay(cluster, node, action.from, action.kind === 'partition-from')
    case 'node-maintenance':
    case 'node-maintenance-end':
      node.maintenance = action.kind === 'node-maintenance'
      return done(`${node.name} is ${node.maintenance ? '' : 'no longer '}in maintenance`)
    case 'clock-skew':
      node.clockSkewMs = action.skewMs
      return done(`the clock of ${node.name} is off by ${action.skewMs / 1000} s`)
    case 'updates':
      node.updates = action.packages
      if (action.kernel !== undefined) node.newestKernel = action.kernel
      return done(`${node.name} has ${action.packages.length} updates waiting`)
    case 'stop-watchdog-mux':
      return stopMux(world, cluster, node)
  }
}

function partition(cluster: Cluster, node: Node, cut: boolean): ActResult {
  // The QDevice is one more voice that it does not hear.
  for (const other of ['', ...cluster.nodes.map(({ name }) => name)]) {
    if (other === node.name) continue
    for (const link of [`${other}>${node.name}`, `${node.name}>${other}`]) setLink(cluster, link, cut)
  }
  return done(`${node.name} is ${cut ? 'cut off from' : 'back with'} the other nodes of ${cluster.name}`)
}

function oneWay(cluster: Cluster, node: Node, from: string, cut: boolean): ActResult {
  if (!cluster.nodes.some(({ name }) => name === from && name !== node.name)) {
    return refused('no-such-host', `${from} is no other node of ${cluster.name}`)
  }
  setLink(cluster, `${from}>${node.name}`, cut)
  return done(`${node.name} ${cut ? 'no longer hears' : 'hears'} ${from}`)
}

function setLink(cluster: Cluster, link: string, cut: boolean): void {
  if (cut) cluster.cutLinks.add(link)
  else cluster.cutLinks.delete(link)
}

function stopMux(world: World, cluster: Cluster, node: Node): ActResult {
  if (!node.running || node.muxStopped) return refused('not-possible-now', `${node.name} runs no watchdog-mux`)
  const client = node.lrm.state === 'active' || node.lrm.state === 'lost_agent_lock'
  say(world, cluster, node, 'watchdog-mux', 'got terminate request')
  say(world, cluster, node, 'watchdog-mux', client ? 'exit watchdog-mux with active connections' : 'clean exit')
  sync(world, node)
  if (!client) return done(`watchdog-mux of ${node.name} has ended; the device is closed`)
  node.muxStopped = true
  node.lrm.starvedSinceMs = world.nowMs
  node.lrm.fenceWords = 0
  return done(`watchdog-mux of ${node.name} was stopped; its device resets it in 10 s`)
}
