import { elapsedMs } from '../../core/time.ts'
import type { ApiOutcome, HistoryPoint, HistoryQuery } from '../../ports/cluster.ts'
import type { ApiRequest } from '../api/request.ts'
import { readHistory } from '../reading/history.ts'
import type { ClusterAsk } from './cluster-ask.ts'
import { forPeople } from './outcome.ts'

/** Proxmox's own round-robin data. Every node keeps that of all nodes and guests, so a dead one's can be had, too. */
export async function askHistory(
  cluster: ClusterAsk,
  query: HistoryQuery,
  signal?: AbortSignal,
): Promise<ApiOutcome<readonly HistoryPoint[]>> {
  const place = placeOf(cluster, query.target)
  if (place === undefined) {
    const forms = 'node/NAME, qemu/ID, lxc/ID or storage/NODE/NAME'
    return forPeople('not-found', `There is no ${query.target} in any node's view (a target is ${forms}).`)
  }
  const params = { ...place.params, timeframe: query.timeframe, cf: query.cf }
  const outcome = await cluster.ask('read', place.node, (endpoint) =>
    endpoint.call(
      { method: 'GET', path: place.path, params },
      { section: 'history', ...(signal === undefined ? {} : { signal }) },
    ),
  )
  if (!outcome.ok) return outcome
  const points = readHistory(outcome.value.data)
  if (points !== undefined) return { ok: true, value: points }
  return forPeople('malformed-answer', `The answer to GET ${place.path} is no round-robin data.`)
}

type Place = { readonly node: string; readonly path: string; readonly params: NonNullable<ApiRequest['params']> }

function placeOf(cluster: ClusterAsk, target: string): Place | undefined {
  const [kind = '', first = '', ...rest] = target.split('/')
  if (first === '') return undefined
  if (kind === 'node') return { node: first, path: '/nodes/{node}/rrddata', params: { node: first } }
  if (kind === 'storage' && rest.length > 0) {
    const params = { node: first, storage: rest.join('/') }
    return { node: first, path: '/nodes/{node}/storage/{storage}/rrddata', params }
  }
  if (kind !== 'qemu' && kind !== 'lxc') return undefined
  const node = nodeOfGuest(cluster, target)
  if (node === undefined) return undefined
  return { node, path: `/nodes/{node}/${kind}/{vmid}/rrddata`, params: { node, vmid: Number(first) } }
}

/** By the newest view that has quorum and knows the guest; else by the newest one. */
function nodeOfGuest(cluster: ClusterAsk, guest: string): string | undefined {
  const now = cluster.clock.now()
  const known = Object.values(cluster.views().views).flatMap(({ resources, status }) => {
    const row = resources?.value.guests.find(({ id }) => id === guest)
    if (row === undefined || resources === undefined) return []
    const quorate = status?.value.quorate === true
    return [{ node: row.node, quorate, ageMs: elapsedMs(resources.at, now) }]
  })
  known.sort((a, b) => Number(b.quorate) - Number(a.quorate) || a.ageMs - b.ageMs)
  return known[0]?.node
}
