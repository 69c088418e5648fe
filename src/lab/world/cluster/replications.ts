import type { World } from '../types.ts'
import type { Cluster, Replication } from './types.ts'

/** A job is well while its source runs with quorum and sees its target. Its runs are worked out from that. */
export function followReplications(world: World, cluster: Cluster): void {
  for (const job of cluster.replications) {
    const well = isWell(cluster, job)
    if (well === (job.brokenSinceMs === undefined)) continue
    if (well) {
      job.brokenSinceMs = undefined
      job.wellSinceMs = world.nowMs
    } else {
      job.lastSyncMs = runsOf(world, job).lastSyncMs
      job.brokenSinceMs = world.nowMs
    }
  }
}

function isWell(cluster: Cluster, job: Replication): boolean {
  const guest = cluster.guests.find(({ id }) => id === job.guest)
  const source = cluster.nodes.find(({ name }) => name === guest?.node)
  return !job.failing && source?.running === true && source.quorate && source.peers[job.target]?.member === true
}

/** When it last ran and last worked, when it runs next, and how often in a row it failed. */
export function runsOf(world: World, job: Replication) {
  const { everyMs } = job
  const lastRunMs = world.nowMs - (((world.nowMs % everyMs) + everyMs) % everyMs)
  if (job.brokenSinceMs === undefined) {
    const lastSyncMs = lastRunMs >= job.wellSinceMs ? lastRunMs : job.lastSyncMs
    return { lastSyncMs, lastTryMs: lastSyncMs, nextSyncMs: lastRunMs + everyMs, failures: 0 }
  }
  const failures = Math.max(0, Math.floor((world.nowMs - job.brokenSinceMs) / everyMs) + (job.failing ? 1 : 0))
  const lastTryMs = failures > 0 ? Math.max(lastRunMs, job.brokenSinceMs) : job.lastSyncMs
  return { lastSyncMs: job.lastSyncMs, lastTryMs, nextSyncMs: lastRunMs + everyMs, failures }
}
