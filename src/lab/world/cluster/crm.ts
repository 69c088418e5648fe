import type { World } from '../types.ts'
import { takesGuests } from './guests.ts'
import { say } from './journal.ts'
import { AGENT_LOCK_MS } from './lrm.ts'
import { stepAt } from './touch.ts'
import type { Cluster, Guest, Node, NodeState, Service, ServiceState } from './types.ts'

export const CRM_ROUND_MS = 10_000
export const FENCE_DELAY_MS = 60_000
/** The manager lock of a master that went without a word. */
export const MANAGER_LOCK_MS = 120_000

/** Follows the cluster resource manager: who it is, how it sees the nodes, and where it puts the services. */
export function followCrm(world: World, cluster: Cluster): void {
  const master = followMaster(world, cluster)
  if (master === undefined) return
  for (const node of cluster.nodes) followNode(world, cluster, master, node)
  for (const service of cluster.ha.services) followService(world, cluster, master, service)
  followArmed(world, cluster, master)
}

function followMaster(world: World, cluster: Cluster): Node | undefined {
  const { ha } = cluster
  if (ha.services.length === 0) return undefined
  const present = cluster.nodes.find(({ name }) => name === ha.master)
  if (present?.running === true && present.quorate && !present.muxStopped) {
    ha.masterReleased = false
    ha.masterWell = true
    return present
  }
  if (ha.masterWell) ha.masterStampMs = world.nowMs
  ha.masterWell = false
  const freeMs = ha.masterStampMs + (ha.masterReleased ? CRM_ROUND_MS : MANAGER_LOCK_MS)
  if (ha.master !== undefined && world.nowMs < freeMs) {
    stepAt(world, cluster, freeMs)
    return undefined
  }
  const next = cluster.nodes.find((node) => node.running && node.quorate && isWell(node))
  if (next === undefined) return undefined
  say(world, cluster, next, 'pve-ha-crm', `successfully acquired lock 'ha_manager_lock'`)
  say(world, cluster, next, 'pve-ha-crm', 'watchdog active')
  say(world, cluster, next, 'pve-ha-crm', 'status change slave => master')
  ha.master = next.name
  ha.masterWell = true
  ha.masterReleased = false
  cluster.changed = true
  return next
}

function followNode(world: World, cluster: Cluster, master: Node, node: Node): void {
  const { ha } = cluster
  const state = ha.nodeStates[node.name] ?? 'online'
  const online = node === master || master.peers[node.name]?.member === true
  if (state === 'fence') return fence(world, cluster, master, node)
  if (online) {
    const wish = node.maintenance ? 'maintenance' : 'online'
    if (state !== wish) setNode(world, cluster, master, node, wish)
    return
  }
  if (state !== 'unknown') return setNode(world, cluster, master, node, 'unknown')
  const theirs = ha.services.filter((service) => service.node === node.name && mayMove(service))
  if (theirs.length === 0 || ha.armed !== 'armed') return
  const fenceMs = (ha.unknownSinceMs[node.name] ?? world.nowMs) + FENCE_DELAY_MS
  if (world.nowMs < fenceMs) return stepAt(world, cluster, fenceMs)
  for (const service of theirs) setService(world, cluster, master, service, 'fence')
  setNode(world, cluster, master, node, 'fence')
}

function mayMove({ state }: Service): boolean {
  return state === 'started' || state === 'stopped' || state === 'migrate'
}

/** Its services move only when its agent lock is free: until then it might still run them. */
function fence(world: World, cluster: Cluster, master: Node, node: Node): void {
  const freeMs = node.lrm.lockMs + AGENT_LOCK_MS
  if (world.nowMs < freeMs) return stepAt(world, cluster, freeMs)
  const acknowledged = `fencing: acknowledged - got agent lock for node '${node.name}'`
  say(world, cluster, master, 'pve-ha-crm', acknowledged)
  setNode(world, cluster, master, node, 'unknown')
  for (const service of cluster.ha.services) {
    if (service.node === node.name && service.state === 'fence') {
      setService(world, cluster, master, service, 'recovery')
    }
  }
}

function followService(world: World, cluster: Cluster, master: Node, service: Service): void {
  const guest = cluster.guests.find(({ id }) => id === service.guest)
  if (guest === undefined) return
  if (service.state === 'recovery' || service.state === 'migrate') {
    const doneMs = service.sinceMs + CRM_ROUND_MS
    if (world.nowMs < doneMs) return stepAt(world, cluster, doneMs)
    const target = service.state === 'migrate' ? nodeToGo(cluster, service) : nodeToRecover(cluster)
    if (target === undefined) {
      // A migration that cannot be done is over; a recovery waits for a node.
      if (service.state === 'migrate') endMigration(world, cluster, master, service, guest)
      return
    }
    if (service.state === 'recovery') {
      const moves = `from fenced node '${service.node}' to node '${target.name}'`
      say(world, cluster, master, 'pve-ha-crm', `recover service '${service.sid}' ${moves}`)
      const shared = cluster.storages.find(({ name }) => name === guest.storage)?.shared === true
      guest.running = false
      guest.startsAtMs = undefined
      moveTo(service, guest, target)
      return setService(world, cluster, master, service, shared ? 'started' : 'error')
    }
    moveTo(service, guest, target)
    return endMigration(world, cluster, master, service, guest)
  }
  const node = cluster.nodes.find(({ name }) => name === service.node)
  if (service.state === 'freeze' && cluster.ha.armed === 'armed' && cluster.ha.nodeStates[service.node] === 'online') {
    if (takesGuests(node)) setService(world, cluster, master, service, 'started')
  }
}

function endMigration(world: World, cluster: Cluster, master: Node, service: Service, guest: Guest): void {
  guest.lock = undefined
  service.target = undefined
  setService(world, cluster, master, service, 'started')
}

function moveTo(service: Service, guest: { node: string }, target: Node): void {
  service.node = target.name
  service.target = undefined
  guest.node = target.name
}

function nodeToGo(cluster: Cluster, service: Service): Node | undefined {
  return cluster.nodes.find((node) => node.name === service.target && takesGuests(node))
}

/** The online node with the fewest services; the first of equals. */
function nodeToRecover(cluster: Cluster): Node | undefined {
  let best: Node | undefined
  const count = (node: Node) => cluster.ha.services.filter((service) => service.node === node.name).length
  for (const node of cluster.nodes) {
    const may = node.running && node.quorate && cluster.ha.nodeStates[node.name] === 'online' && isWell(node)
    if (may && (best === undefined || count(node) < count(best))) best = node
  }
  return best
}

function isWell({ muxStopped, stopping }: Node): boolean {
  return !muxStopped && stopping === undefined
}

function followArmed(world: World, cluster: Cluster, master: Node): void {
  const { ha } = cluster
  if (ha.armed !== 'disarming') return
  // Deferred while a service is on its way.
  if (ha.services.some(({ state }) => ['fence', 'recovery', 'migrate'].includes(state))) return
  const doneMs = ha.armedSinceMs + CRM_ROUND_MS
  if (world.nowMs < doneMs) return stepAt(world, cluster, doneMs)
  if (cluster.nodes.some(({ lrm, running, quorate }) => running && quorate && lrm.state === 'active')) return
  ha.armed = 'disarmed'
  ha.armedSinceMs = world.nowMs
  cluster.changed = true
  for (const service of ha.services) {
    const state = ha.mode === 'ignore' ? 'ignored' : 'freeze'
    if (service.state !== 'error') setService(world, cluster, master, service, state)
  }
  say(world, cluster, master, 'pve-ha-crm', 'watchdog closed (disabled)')
}

function setNode(world: World, cluster: Cluster, master: Node, node: Node, state: NodeState): void {
  const { ha } = cluster
  const before = ha.nodeStates[node.name] ?? 'online'
  say(world, cluster, master, 'pve-ha-crm', `node '${node.name}': state changed from '${before}' => '${state}'`)
  ha.nodeStates[node.name] = state
  if (state === 'unknown') ha.unknownSinceMs[node.name] = world.nowMs
  cluster.changed = true
}

export function setService(world: World, cluster: Cluster, master: Node, service: Service, state: ServiceState): void {
  const where = state === 'started' ? `  (node = ${service.node})` : ''
  const change = `state changed from '${service.state}' to '${state}'${where}`
  say(world, cluster, master, 'pve-ha-crm', `service '${service.sid}': ${change}`)
  service.state = state
  service.sinceMs = world.nowMs
  cluster.changed = true
}
