import type { SeenCluster } from '../views/cluster-models.ts'
import { clusterScope, nodeScope, type Scope, type Sight } from './scope.ts'

export type FoundScope =
  | { readonly ok: true; readonly scope: Scope }
  | { readonly ok: false; readonly status: 400 | 404; readonly sentence: string }

/**
 * `target` is a cluster, by our name for it or its own, or a node: by its name, its address, or the endpoint that it is
 * asked at. Without it the only cluster there is; the other exporter's default, `localhost`, says no more than that.
 */
export function scopeOf(seen: readonly SeenCluster[], target: string | undefined): FoundScope {
  if (seen.length === 0) return { ok: false, status: 404, sentence: 'No Proxmox cluster is configured.' }
  if (target === undefined || target === '' || target === 'localhost') return only(seen)
  for (const { watch, model } of seen) {
    if (model.cluster === target || model.ownName === target) {
      return { ok: true, scope: clusterScope(sightOf({ watch, model })) }
    }
  }
  const bare = bareHost(target)
  for (const { watch, model } of seen) {
    const views = watch.views()
    const asked = Object.values(views.views).find(({ endpoint }) => bareHost(endpoint) === bare)
    const node = asked ?? model.nodes.find(({ name, ip }) => name === bare || ip === bare)
    if (node === undefined) continue
    const name = 'node' in node ? node.node : node.name
    return { ok: true, scope: nodeScope(sightOf({ watch, model }), views.views[name]) }
  }
  return { ok: false, status: 404, sentence: `No cluster and no node of one is called ${target}. ${known(seen)}` }
}

function only(seen: readonly SeenCluster[]): FoundScope {
  const [first, second] = seen
  if (first === undefined || second !== undefined) {
    return { ok: false, status: 400, sentence: `Several clusters are asked: say which with ?target=. ${known(seen)}` }
  }
  return { ok: true, scope: clusterScope(sightOf(first)) }
}

function sightOf({ watch, model }: SeenCluster): Sight {
  return { views: watch.views(), model, pollMs: watch.pollMs }
}

function known(seen: readonly SeenCluster[]): string {
  const names = seen.flatMap(({ model }) => [model.cluster, ...model.nodes.map(({ name }) => name)])
  return `Known: ${names.join(', ')}.`
}

/** `https://10.0.0.1:8006`, `10.0.0.1:8006`, `[fd00::1]:8006`: the name or address in it. */
function bareHost(text: string): string {
  const host = text.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  const bracketed = /^\[([^\]]*)\]/.exec(host)?.[1]
  return bracketed ?? (host.split(':').length === 2 ? host.replace(/:\d+$/, '') : host)
}
