import type { World } from '../types.ts'
import type { Cluster, Node, Storage } from './types.ts'

/** Whether this node can use it now. What a host of the lab serves goes and comes with that host. */
export function storageActive(world: World, storage: Storage, node: Node): boolean {
  if (!node.running) return false
  if (storage.servedBy === undefined) return true
  const server = world.hosts.find(({ name }) => name === storage.servedBy)
  return server?.state === 'up' && !server.netCut && !node.host.netCut
}

export function usedBytes(storage: Storage): number {
  return storage.full ? Math.floor(storage.totalBytes * 0.97) : storage.usedBytes
}

/** Every storage as it is on one node, in the order of the configuration. */
export function storagesOf(world: World, cluster: Cluster, node: Node) {
  return cluster.storages.map((storage) => {
    return { storage, active: storageActive(world, storage, node), usedBytes: usedBytes(storage) }
  })
}
