import { type ActResult, done, refused } from '../actions.ts'
import type { World } from '../types.ts'
import { actOnGuest } from './act-on-guest.ts'
import { actOnNode } from './act-on-node.ts'
import type { ClusterAction } from './cluster-actions.ts'
import { armHa, disarmHa } from './disarm.ts'
import { addTask } from './tasks.ts'
import type { Cluster } from './types.ts'
import { findCluster } from './view.ts'

export function actOnCluster(world: World, action: ClusterAction): ActResult {
  if ('guest' in action) return actOnGuest(world, action)
  if ('host' in action) return actOnNode(world, action)
  if ('storage' in action) return fill(world, action)
  if ('job' in action) return replicate(world, action)
  const cluster = findCluster(world, action.cluster)
  if (cluster === undefined) return refused('no-such-cluster', noCluster(action.cluster))
  switch (action.kind) {
    case 'qdevice-down':
    case 'qdevice-up':
      if (cluster.qdevice === undefined) return refused('not-possible-now', `${cluster.name} has no QDevice`)
      cluster.qdevice.up = action.kind === 'qdevice-up'
      return done(`the QDevice of ${cluster.name} is ${cluster.qdevice.up ? 'up' : 'down'}`)
    case 'backup-fail':
    case 'backup-ok':
      return backUp(world, cluster, action.kind === 'backup-fail')
    case 'disarm-ha':
      return disarmHa(world, cluster, action.mode)
    case 'arm-ha':
      return armHa(world, cluster)
  }
}

function noCluster(name: string | undefined): string {
  return name === undefined ? 'the lab has no Proxmox cluster' : `the lab has no Proxmox cluster ${name}`
}

function fill(world: World, action: Extract<ClusterAction, { storage: string }>): ActResult {
  for (const { storages } of world.clusters) {
    const storage = storages.find(({ name }) => name === action.storage)
    if (storage === undefined) continue
    storage.full = action.kind === 'storage-full'
    return done(`storage ${storage.name} is ${storage.full ? '97 % full' : 'as it was'}`)
  }
  return refused('no-such-storage', `there is no storage ${action.storage} in the lab`)
}

function replicate(world: World, action: Extract<ClusterAction, { job: string }>): ActResult {
  for (const { replications } of world.clusters) {
    const job = replications.find(({ id }) => id === action.job)
    if (job === undefined) continue
    job.failing = action.kind === 'replication-fail'
    return done(`replication ${job.id} ${job.failing ? 'fails' : 'works'} from now on`)
  }
  return refused('no-such-guest', `there is no replication ${action.job} in the lab`)
}

/** One run of the backup of everything on each node that runs guests. */
function backUp(world: World, cluster: Cluster, fails: boolean): ActResult {
  cluster.backupsFail = fails
  const endsAs = fails ? 'job errors' : 'OK'
  for (const node of cluster.nodes) {
    if (!node.running || !cluster.guests.some((guest) => guest.node === node.name)) continue
    addTask(world, cluster, { node: node.name, type: 'vzdump', id: '', forMs: 0, endsAs })
  }
  return done(`the backup of ${cluster.name} has ${fails ? 'failed' : 'run well'}`)
}
