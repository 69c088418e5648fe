import { boot } from '../hosts.ts'
import type { World } from '../types.ts'
import { LRM_PID, say, sync } from './journal.ts'
import { LEAVE_MS } from './membership.ts'
import { stepAt } from './touch.ts'
import type { Cluster, LrmState, Node } from './types.ts'

/** Its round, and how long it waits with nothing to do before it gives lock and watchdog back. */
export const LRM_ROUND_MS = 5_000
export const LRM_IDLE_MS = 600_000
/** The agent lock is free for others so long after it was last renewed. */
export const AGENT_LOCK_MS = 120_000
/** watchdog-mux: a client is late, is given up, and the device resets the machine. Seen with version 5.2. */
export const MUX_WARNS_MS = 50_000
export const MUX_EXPIRES_MS = 60_000
export const MUX_EXITS_MS = 61_000
export const DEVICE_RESETS_MS = 71_000
/** With watchdog-mux stopped nobody feeds the device any more. */
export const MUX_STOPPED_RESETS_MS = 10_000

/** Follows each node's LRM, and its watchdog to the reset. */
export function followLrms(world: World, cluster: Cluster): void {
  for (const node of cluster.nodes) {
    if (node.running) followState(world, cluster, node)
    followWatchdog(world, cluster, node)
  }
}

function followState(world: World, cluster: Cluster, node: Node): void {
  const { lrm } = node
  if (node.muxStopped) return
  switch (lrm.state) {
    case 'active':
      return whileActive(world, cluster, node)
    case 'lost_agent_lock':
      if (!node.quorate) return
      lrm.starvedSinceMs = undefined
      lrm.fenceWords = 0
      return become(world, cluster, node, 'active')
    default:
      return whileIdle(world, cluster, node)
  }
}

function whileActive(world: World, cluster: Cluster, node: Node): void {
  const { lrm } = node
  if (!node.quorate) {
    // The last time that it fed the watchdog was when its link went, not when corosync noticed.
    lrm.starvedSinceMs ??= node.quorumSinceMs - LEAVE_MS
    lrm.lockMs = lrm.starvedSinceMs
    const lostMs = node.quorumSinceMs + LRM_ROUND_MS
    if (world.nowMs < lostMs) return stepAt(world, cluster, lostMs)
    const lost = `lost lock 'ha_agent_${node.name}_lock - cfs lock update failed - Permission denied`
    say(world, cluster, node, 'pve-ha-lrm', lost)
    return become(world, cluster, node, 'lost_agent_lock')
  }
  lrm.starvedSinceMs = undefined
  lrm.fenceWords = 0
  if (hasServices(cluster, node) && cluster.ha.armed === 'armed') {
    lrm.waitsSinceMs = undefined
    return
  }
  lrm.waitsSinceMs ??= world.nowMs
  const idleMs = lrm.waitsSinceMs + (cluster.ha.armed === 'armed' ? LRM_IDLE_MS : LRM_ROUND_MS)
  if (world.nowMs < idleMs) return stepAt(world, cluster, idleMs)
  closeWatchdog(world, cluster, node)
}

/** It gives its lock back and lets go of the watchdog: nothing resets the node now. */
export function closeWatchdog(world: World, cluster: Cluster, node: Node): void {
  const { lrm } = node
  if (lrm.state !== 'active' && lrm.state !== 'lost_agent_lock') return
  say(world, cluster, node, 'pve-ha-lrm', 'watchdog closed (disabled)')
  lrm.starvedSinceMs = undefined
  lrm.lockMs = Number.NEGATIVE_INFINITY
  become(world, cluster, node, 'wait_for_agent_lock')
}

function whileIdle(world: World, cluster: Cluster, node: Node): void {
  const { lrm } = node
  const { ha } = cluster
  const may =
    node.stopping === undefined &&
    node.quorate &&
    hasServices(cluster, node) &&
    ha.armed === 'armed' &&
    ha.nodeStates[node.name] === 'online'
  if (!may || ha.master === undefined) {
    lrm.waitsSinceMs = undefined
    return
  }
  lrm.waitsSinceMs ??= world.nowMs
  const activeMs = lrm.waitsSinceMs + LRM_ROUND_MS
  if (world.nowMs < activeMs) return stepAt(world, cluster, activeMs)
  say(world, cluster, node, 'pve-ha-lrm', `successfully acquired lock 'ha_agent_${node.name}_lock'`)
  say(world, cluster, node, 'watchdog-mux', `added new client (PID ${LRM_PID}) to watch`)
  say(world, cluster, node, 'pve-ha-lrm', 'watchdog active')
  become(world, cluster, node, 'active')
}

function become(world: World, cluster: Cluster, node: Node, state: LrmState): void {
  say(world, cluster, node, 'pve-ha-lrm', `status change ${node.lrm.state} => ${state}`)
  node.lrm.state = state
  node.lrm.sinceMs = world.nowMs
  node.lrm.waitsSinceMs = undefined
  cluster.changed = true
}

function hasServices(cluster: Cluster, node: Node): boolean {
  return cluster.ha.services.some(
    (service) => service.node === node.name && !['ignored', 'error'].includes(service.state),
  )
}

/** The words on the way, each once; the last of them is a reset. */
function followWatchdog(world: World, cluster: Cluster, node: Node): void {
  const { lrm, host } = node
  // A dead kernel feeds nothing, and softdog, which lives in it, resets nothing either.
  const kernelRuns = host.state === 'up' || host.state === 'wedged' || host.state === 'shutting-down'
  if (lrm.starvedSinceMs === undefined || !kernelRuns) return
  const waits = node.muxStopped
    ? [MUX_STOPPED_RESETS_MS]
    : [MUX_WARNS_MS, MUX_EXPIRES_MS, MUX_EXITS_MS, DEVICE_RESETS_MS]
  for (;;) {
    const waitMs = waits[lrm.fenceWords]
    if (waitMs === undefined) return
    const atMs = lrm.starvedSinceMs + waitMs
    if (world.nowMs < atMs) return stepAt(world, cluster, atMs)
    lrm.fenceWords += 1
    if (lrm.fenceWords === waits.length) return reset(world, cluster, node)
    if (node.running) tellFence(world, cluster, node, lrm.fenceWords)
  }
}

function tellFence(world: World, cluster: Cluster, node: Node, word: number): void {
  const old = cluster.version !== '9.2'
  const client = old ? 'client' : `client (PID ${LRM_PID})`
  const mux = (text: string) => say(world, cluster, node, 'watchdog-mux', text)
  // Before version 9 there is no warning, and what was said is never on the disk.
  if (word === 1 && !old) mux(`${client} watchdog is about to expire`)
  if (word === 2) mux(`${client} watchdog expired - disable watchdog updates`)
  if (word === 3) {
    mux('exit watchdog-mux with active connections')
    say(world, cluster, node, 'kernel', 'watchdog: watchdog0: watchdog did not stop!')
  }
  if (!old) sync(world, node)
}

function reset(world: World, cluster: Cluster, node: Node): void {
  node.lrm.starvedSinceMs = undefined
  node.lrm.fenceWords = 0
  cluster.changed = true
  boot(world, node.host)
}
