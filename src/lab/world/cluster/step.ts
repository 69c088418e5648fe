import type { World } from '../types.ts'
import { followCrm } from './crm.ts'
import { followHosts } from './follow-hosts.ts'
import { followGuests } from './guests.ts'
import { followLrms } from './lrm.ts'
import { followMembership } from './membership.ts'
import { followQuorum } from './quorum.ts'
import { followReplications } from './replications.ts'
import { followTasks } from './tasks.ts'
import type { Cluster } from './types.ts'

/** One thing leads to another; far more rounds than any chain of them takes. */
const MOST_ROUNDS = 40

/**
 * Lets everything in the cluster happen that is due now, and queues its next step. Between two steps nothing in it
 * changes: what goes on all the time (stamps, load, uptime) is worked out by whoever looks.
 */
export function stepCluster(world: World, cluster: Cluster): void {
  cluster.nextMs = undefined
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    cluster.changed = false
    followHosts(world, cluster)
    followMembership(world, cluster)
    followQuorum(world, cluster)
    followLrms(world, cluster)
    followCrm(world, cluster)
    followGuests(world, cluster)
    followTasks(world, cluster)
    followReplications(world, cluster)
    if (!cluster.changed) return
  }
  throw new RangeError(`the cluster ${cluster.name} never comes to rest`)
}
