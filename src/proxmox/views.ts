import type { ClusterViews, NodeView, ReadError } from '../core/cluster/types.ts'
import type { EndpointState } from '../ports/cluster.ts'
import type { EndpointPoller } from './polling/endpoint-poller.ts'
import type { Standing } from './standing.ts'

export function viewsOf(cluster: string, pollers: readonly EndpointPoller[], standing: Standing): ClusterViews {
  const views: Record<string, NodeView> = {}
  let ownName: string | undefined
  for (const [node, poller] of standing.speakers) {
    views[node] = viewOf(node, poller)
    ownName ??= poller.reads.status?.value.name
  }
  const unreached: Record<string, ReadError> = {}
  for (const poller of pollers) {
    const why = standing.odd.get(poller) ?? (poller.reads.status === undefined ? poller.errors.status : undefined)
    if (why !== undefined) unreached[poller.endpoint.name] = why
  }
  return { cluster, views, unreached, ...(ownName === undefined ? {} : { ownName }) }
}

function viewOf(node: string, poller: EndpointPoller): NodeView {
  const { node: own, ...reads } = poller.reads
  return {
    node,
    endpoint: poller.endpoint.name,
    ...reads,
    ...(own === undefined ? {} : { own }),
    errors: poller.errors,
  }
}

/** Each endpoint, and members of the cluster that have none. */
export function endpointsOf(pollers: readonly EndpointPoller[], standing: Standing): readonly EndpointState[] {
  const states = pollers.map((poller): EndpointState => {
    const error = standing.odd.get(poller) ?? poller.errors.status
    return {
      endpoint: poller.endpoint.name,
      ok: poller.up && error === undefined,
      ...(poller.node === undefined ? {} : { node: poller.node }),
      ...(error === undefined ? {} : { lastError: { code: error.code, sentence: error.sentence } }),
    }
  })
  return [...states, ...withoutEndpoint(pollers, standing)]
}

/** Told only once each endpoint has said which node it is: until then one of them may be the missing one's. */
function withoutEndpoint(pollers: readonly EndpointPoller[], standing: Standing): EndpointState[] {
  if (pollers.some(({ node }) => node === undefined)) return []
  const members = new Map<string, string | undefined>()
  for (const poller of standing.speakers.values()) {
    for (const { name, ip } of poller.reads.status?.value.members ?? []) members.set(name, ip)
  }
  const own = new Set(pollers.map(({ node }) => node))
  return [...members]
    .filter(([node]) => !own.has(node))
    .map(([node, ip]) => ({
      endpoint: '',
      node,
      ok: false,
      lastError: {
        code: 'not-found',
        sentence:
          `${node}${ip === undefined ? '' : ` (${ip})`} is a member of the cluster and has no endpoint in the ` +
          'configuration: its own point of view is not seen.',
      },
    }))
}
