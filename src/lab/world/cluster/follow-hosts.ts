import type { HostState, World } from '../types.ts'
import { tellBoot, tellEnd, tellStop } from './boot-words.ts'
import { beginBoot, endBoot, presentBoot, say, sync } from './journal.ts'
import { closeWatchdog } from './lrm.ts'
import { stepAt } from './touch.ts'
import type { BootEnd, Cluster, Node } from './types.ts'

/** How long after its kernel the daemons of a node run: what is left of the boot of its host. */
const LEAST_BOOT_MS = 10_000
/** Of a stop in good order: from its begin until it leaves the cluster, at most three quarters of it. */
const GUESTS_STOP_MS = 15_000

/** A node lives and dies with its host: boots, clean stops and sudden ends become its own. */
export function followHosts(world: World, cluster: Cluster): void {
  for (const node of cluster.nodes) {
    const { host } = node
    if (host.epoch === node.hostEpoch) {
      if (node.stopping !== undefined) followStop(world, cluster, node)
      continue
    }
    const before = node.hostState
    node.hostState = host.state
    node.hostEpoch = host.epoch
    cluster.changed = true
    follow(world, cluster, node, before, host.state)
  }
}

function followStop(world: World, cluster: Cluster, node: Node): void {
  const leavesMs = node.host.sinceMs + Math.min(GUESTS_STOP_MS, node.host.shutdownMs * 0.75)
  if (world.nowMs < leavesMs) stepAt(world, cluster, leavesMs)
  else leave(world, cluster, node)
}

function follow(world: World, cluster: Cluster, node: Node, before: HostState, now: HostState): void {
  switch (now) {
    case 'up':
      return presentBoot(node)?.endMs === undefined && presentBoot(node) !== undefined
        ? revive(world, node)
        : start(world, cluster, node)
    case 'shutting-down':
      return beginStop(world, cluster, node)
    case 'hung':
    case 'wedged':
      // A boot that ends hung has nothing that could fall silent.
      return fallSilent(world, node, now)
    case 'booting':
    case 'standby':
    case 'off':
      return end(world, cluster, node, before, now === 'booting')
  }
}

function start(world: World, cluster: Cluster, node: Node): void {
  const { host } = node
  const startMs = world.nowMs - Math.max(LEAST_BOOT_MS, host.bootMs - host.kernelMs)
  beginBoot(cluster, node, startMs)
  tellBoot(world, cluster, node, startMs)
  node.bootedMs = startMs
  node.leftCleanly = false
  node.muxStopped = false
  node.runningKernel = node.newestKernel
  run(world, node)
}

/** The kernel goes on where it stood. */
function revive(world: World, node: Node): void {
  node.lrm.starvedSinceMs = undefined
  node.lrm.fenceWords = 0
  run(world, node)
}

function run(world: World, node: Node): void {
  node.running = true
  node.lrm.stampMs = world.nowMs
  // It knows nobody yet.
  for (const peer of Object.values(node.peers)) Object.assign(peer, { heard: false, member: false })
}

/** Nothing of it answers any more; its guests stand still with it, and no line tells it. */
function fallSilent(world: World, node: Node, state: 'hung' | 'wedged'): void {
  node.stopping = undefined
  if (!node.running) return
  goes(world, node)
  // With a live kernel and no program fed, the watchdog does its work.
  if (state === 'wedged' && node.lrm.state === 'active') node.lrm.starvedSinceMs ??= world.nowMs
}

function goes(world: World, node: Node): void {
  if (node.quorate) node.lrm.stampMs = world.nowMs
  if (node.lrm.state === 'active' && node.quorate) node.lrm.lockMs = world.nowMs
  node.running = false
}

/** Its guests are stopped while it is still a member, and its LRM says what for. */
function beginStop(world: World, cluster: Cluster, node: Node): void {
  const reboots = node.host.bootAfterShutdown
  if (!node.running) return
  tellStop(world, cluster, node, reboots)
  node.stopping = reboots ? 'restart' : 'shutdown'
  if (reboots) {
    for (const service of cluster.ha.services) {
      if (service.node === node.name && service.state === 'started' && node.quorate) service.state = 'freeze'
    }
  }
  for (const guest of cluster.guests) if (guest.node === node.name) stopGuest(world, guest)
}

/** Then it gives back what it holds, and says goodbye. */
function leave(world: World, cluster: Cluster, node: Node): void {
  if (cluster.ha.master === node.name) {
    say(world, cluster, node, 'pve-ha-crm', 'voluntary release CRM lock')
    cluster.ha.masterReleased = true
  }
  closeWatchdog(world, cluster, node)
  node.stopping = undefined
  node.leftCleanly = true
  goes(world, node)
  cluster.changed = true
}

function end(world: World, cluster: Cluster, node: Node, before: HostState, boots: boolean): void {
  const clean = before === 'shutting-down' && node.hostState !== 'off'
  const stopped: BootEnd = boots ? 'clean-reboot' : 'clean-shutdown'
  if (presentBoot(node)?.endMs === undefined) {
    if (clean) {
      tellEnd(world, cluster, node, boots)
      sync(world, node)
    }
    endBoot(world, node, !clean)
    node.lastEnd = clean ? stopped : 'abrupt'
  }
  if (node.running) goes(world, node)
  node.stopping = undefined
  if (!clean) node.leftCleanly = false
  const { lrm } = node
  lrm.state = 'wait_for_agent_lock'
  lrm.starvedSinceMs = undefined
  lrm.waitsSinceMs = undefined
  lrm.fenceWords = 0
  for (const guest of cluster.guests) if (guest.node === node.name) stopGuest(world, guest)
}

function stopGuest(world: World, guest: { running: boolean; sinceMs: number; startsAtMs: number | undefined }): void {
  if (guest.running) guest.sinceMs = world.nowMs
  guest.running = false
  guest.startsAtMs = undefined
}
