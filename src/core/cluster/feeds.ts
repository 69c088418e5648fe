import type { PeersView } from '../state/types.ts'
import type { At } from '../time.ts'
import type { CleanStop } from './clean-stops.ts'
import { USUAL_POLL_MS } from './freshness.ts'
import { haTransition } from './ha-transition.ts'
import { judgeCluster } from './model.ts'
import type { ClusterModel, GuestModel, NodeModel } from './model-types.ts'
import { storageTrouble } from './storage-trouble.ts'
import type { ClusterViews } from './types.ts'
import { uncutTasks } from './uncut-tasks.ts'

/** A host of ours, as far as it must be known to find the node that it is. */
export type ClusterHost = { readonly name: string; readonly address: string }

/** What others know: clean stops by node, from its journal or from signs of the cluster. */
export type PeersBeside = { readonly cleanStops?: Readonly<Record<string, CleanStop>>; readonly pollMs?: number }

/** What the guards ask for; undefined until a node has told its view. */
export function peersView(
  views: ClusterViews,
  hosts: readonly ClusterHost[],
  ownAddresses: readonly string[],
  now: At,
  beside: PeersBeside = {},
): PeersView | undefined {
  return peersOf(judgeCluster(views, now, beside.pollMs ?? USUAL_POLL_MS), hosts, ownAddresses, beside)
}

export function peersOf(
  model: ClusterModel,
  hosts: readonly ClusterHost[],
  ownAddresses: readonly string[],
  { cleanStops = {} }: PeersBeside = {},
): PeersView | undefined {
  const { views, believed, doubt } = model.agreement
  const at = believed === undefined ? lastAt(Object.values(views)) : views[believed]?.at
  if (at === undefined) return undefined
  const hostOf = hostsByNode(model.nodes, hosts)
  const toHosts = (nodes: readonly string[]) => nodes.flatMap((node) => hostOf.get(node) ?? [])
  const byHost = <T>(ofNodes: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(ofNodes).flatMap(([node, value]) => toHosts([node]).map((host) => [host, value])))
  const named = (is: (node: NodeModel) => boolean) => toHosts(model.nodes.filter(is).map(({ name }) => name))
  const { busy, fenced } = haTransition(model)
  return {
    at,
    quorate: believed !== undefined,
    nodes: named(() => true),
    members: named(({ online }) => online === true),
    viewsDisagree: doubt,
    haBusy: busy,
    fencedNodes: toHosts(fenced),
    // Only of those that are there: whoever is away has no vote to lose.
    costsQuorum: named(({ costsQuorum }) => costsQuorum === true),
    storageTrouble: storageTrouble(model),
    tasks: byHost(uncutTasks(model)),
    cleanStops: byHost(cleanStopsOfGone(cleanStops, model.nodes)),
    inMaintenance: named(({ inMaintenance }) => inMaintenance),
    carriesUs: toHosts(model.guests.filter((guest) => isUs(guest, ownAddresses)).map(({ node }) => node)),
  }
}

/** A node that is there has not stopped, or is back. */
function cleanStopsOfGone(stops: Readonly<Record<string, CleanStop>>, nodes: readonly NodeModel[]) {
  const there = new Set(nodes.filter(({ online }) => online === true).map(({ name }) => name))
  return Object.fromEntries(Object.entries(stops).filter(([node]) => !there.has(node)))
}

function lastAt(views: readonly { readonly at?: At; readonly ageMs?: number }[]): At | undefined {
  const told = views.filter(({ at }) => at !== undefined)
  return told.sort((a, b) => (a.ageMs ?? 0) - (b.ageMs ?? 0))[0]?.at
}

/** By name, else by the address that the cluster knows it by. */
export function hostsByNode(nodes: readonly NodeModel[], hosts: readonly ClusterHost[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { name } of nodes) {
    const host = hosts.find((each) => each.name.toLowerCase() === name.toLowerCase())
    if (host !== undefined) found.set(name, host.name)
  }
  const taken = new Set(found.values())
  for (const { name, ip } of nodes) {
    const host = found.has(name) || ip === undefined ? undefined : hosts.find(({ address }) => address === ip)
    if (host !== undefined && !taken.has(host.name)) found.set(name, host.name)
  }
  return found
}

/** A guest that is known to be stopped may have our address, too: a copy of us, or what we were moved from. */
function isUs({ addresses, running, template }: GuestModel, ownAddresses: readonly string[]): boolean {
  return !template && running !== false && addresses.some((address) => ownAddresses.includes(address))
}
