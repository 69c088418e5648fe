import { judgeCluster } from '../../core/cluster/model.ts'
import type { ClusterModel } from '../../core/cluster/model-types.ts'
import { type At, elapsedMs } from '../../core/time.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import type { Daemon } from '../../ports/daemon.ts'

export type SeenCluster = { readonly watch: ClusterWatch; readonly model: ClusterModel }

/** Ages are right to this; a page and two scrapes that come together share one judgement. */
const GOOD_FOR_MS = 1_000

const judged = new WeakMap<object, ClusterModel>()

/** Every Proxmox cluster as of now, from what was read last: nothing is asked. */
export function clustersNow(daemon: Daemon): readonly SeenCluster[] {
  const now = daemon.now()
  return (daemon.clusters?.() ?? []).map((watch) => ({ watch, model: modelOf(watch, now) }))
}

/** By our name for it, or the one that it calls itself. */
export function clusterNamed(daemon: Daemon, name: string): SeenCluster | undefined {
  const all = clustersNow(daemon)
  return all.find(({ model }) => model.cluster === name) ?? all.find(({ model }) => model.ownName === name)
}

function modelOf(watch: ClusterWatch, now: At): ClusterModel {
  const views = watch.views()
  const known = judged.get(views)
  if (known !== undefined) {
    const passedMs = elapsedMs(known.at, now)
    if (passedMs >= 0 && passedMs <= GOOD_FOR_MS) return known
  }
  const model = judgeCluster(views, now, watch.pollMs)
  judged.set(views, model)
  return model
}
