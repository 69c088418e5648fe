import { enqueue } from '../queue.ts'
import type { World } from '../types.ts'
import type { Cluster } from './types.ts'

/** Something happened to a host or a link: every cluster looks at itself now. Costs nothing where there is none. */
export function touchClusters(world: World): void {
  for (const cluster of world.clusters) stepAt(world, cluster, world.nowMs)
}

/** The cluster looks at itself at `atMs`, or earlier where that is queued already. */
export function stepAt(world: World, cluster: Cluster, atMs: number): void {
  if (cluster.nextMs !== undefined && cluster.nextMs <= atMs) return
  cluster.nextMs = atMs
  enqueue(world, atMs, { kind: 'cluster-step', cluster, atMs })
}
