import type { World } from '../types.ts'
import { say } from './journal.ts'
import { storageActive } from './storage.ts'
import { addTask } from './tasks.ts'
import { stepAt } from './touch.ts'
import type { Cluster, Guest, Node } from './types.ts'

/** After the daemons run, the guests of the node that start with it are started one after the other. */
export const AUTOSTART_MS = 10_000
const BETWEEN_MS = 5_000
export const START_MS = 5_000

/** Starts what is to be started: with the node, by HA, or as it was asked for. */
export function followGuests(world: World, cluster: Cluster): void {
  for (const node of cluster.nodes) autostart(world, cluster, node)
  for (const guest of cluster.guests) {
    byHa(world, cluster, guest)
    if (guest.startsAtMs === undefined) continue
    if (world.nowMs < guest.startsAtMs) stepAt(world, cluster, guest.startsAtMs)
    else runGuest(world, cluster, guest)
  }
}

/** Once a boot, on a quorate node, in the order of `startup`; what HA manages is left to HA. */
function autostart(world: World, cluster: Cluster, node: Node): void {
  if (!takesGuests(node) || !node.quorate || node.autostarted === node.bootCount) return
  const atMs = Math.max(node.bootedMs, node.quorumSinceMs) + AUTOSTART_MS
  if (world.nowMs < atMs) return stepAt(world, cluster, atMs)
  node.autostarted = node.bootCount
  const waiting = cluster.guests
    .filter((guest) => guest.node === node.name && guest.onboot && !guest.template && !managed(cluster, guest))
    .toSorted((a, b) => orderOf(a) - orderOf(b) || a.vmid - b.vmid)
  waiting.forEach((guest, index) => {
    if (!guest.running) guest.startsAtMs = world.nowMs + START_MS + index * BETWEEN_MS
  })
  addTask(world, cluster, { node: node.name, type: 'startall', id: '', forMs: START_MS + waiting.length * BETWEEN_MS })
  cluster.changed = true
}

/** A node that is stopping has stopped its guests, and runs no others. */
export function takesGuests(node: Node | undefined): node is Node {
  return node?.running === true && node.stopping === undefined
}

function orderOf(guest: Guest): number {
  const order = /(?:^|,)order=(\d+)/.exec(guest.startup ?? '')?.[1]
  return order === undefined ? Number.MAX_SAFE_INTEGER : Number(order)
}

export function managed(cluster: Cluster, guest: Guest): boolean {
  return cluster.ha.services.some((service) => service.guest === guest.id && service.requested !== 'ignored')
}

function byHa(world: World, cluster: Cluster, guest: Guest): void {
  const service = cluster.ha.services.find((one) => one.guest === guest.id)
  if (service?.state !== 'started' || service.requested !== 'started') return
  if (guest.running || guest.startsAtMs !== undefined) return
  const node = cluster.nodes.find(({ name }) => name === guest.node)
  if (!takesGuests(node) || node.lrm.state !== 'active') return
  guest.startsAtMs = world.nowMs + START_MS
  say(world, cluster, node, 'pve-ha-lrm', `starting service ${service.sid}`)
}

function runGuest(world: World, cluster: Cluster, guest: Guest): void {
  guest.startsAtMs = undefined
  const node = cluster.nodes.find(({ name }) => name === guest.node)
  if (!takesGuests(node) || guest.running) return
  const trouble = startTrouble(world, cluster, node, guest)
  const user = managed(cluster, guest) ? 'root@pam' : 'watchdog@pve'
  const type = guest.type === 'qemu' ? 'qmstart' : 'vzstart'
  addTask(world, cluster, { node: node.name, type, id: `${guest.vmid}`, user, forMs: 0, endsAs: trouble ?? 'OK' })
  cluster.changed = true
  if (trouble !== undefined) {
    const service = cluster.ha.services.find((one) => one.guest === guest.id)
    if (service?.state === 'started') service.state = 'error'
    return
  }
  guest.running = true
  guest.sinceMs = world.nowMs
}

/** Why it cannot start there now. */
export function startTrouble(world: World, cluster: Cluster, node: Node, guest: Guest): string | undefined {
  // HA starts with --skiplock.
  if (guest.lock !== undefined && !managed(cluster, guest)) return `VM is locked (${guest.lock})`
  const storage = cluster.storages.find(({ name }) => name === guest.storage)
  if (storage !== undefined && !storageActive(world, storage, node)) return `storage '${storage.name}' is not online`
  return undefined
}
