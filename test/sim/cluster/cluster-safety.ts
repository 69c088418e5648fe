import type { HostPolicy } from '../../../src/core/policy.ts'
import { VIEW_FRESH_MS } from '../../../src/core/recovery/guards/cluster.ts'
import type { At } from '../../../src/core/time.ts'
import { neededVotes, presentVotes } from '../../../src/lab/world/cluster/quorum.ts'
import { findNode } from '../../../src/lab/world/index.ts'
import type { Simulation } from '../simulation.ts'

const MOVING = ['fence', 'recovery', 'migrate']

/**
 * Why an OFF of this host would break a rule of its cluster: judged by what the nodes told honestly, and by the world
 * itself. Undefined where it is allowed.
 */
export function clusterForbids(sim: Simulation, host: HostPolicy, now: At): string | undefined {
  const { reader } = sim
  const found = findNode(sim.world, host.name)
  if (reader === undefined || found === undefined || found.cluster.name !== reader.cluster) return undefined
  const readings = [...reader.honest.values()].filter(
    ({ bootId, atMonoMs }) => bootId === now.bootId && now.monoMs - atMonoMs <= VIEW_FRESH_MS,
  )
  const quorate = readings.filter(({ view }) => view.status?.value.quorate === true)
  if (quorate.length === 0 && sim.peerLies.length === 0) return 'while no node tells a fresh view with quorum'
  for (const { view } of quorate) {
    const seen = view.status?.value.members.some(({ name, online }) => name === host.name && online)
    if (seen) return `while ${view.node} sees it as a member`
  }
  return costs(sim, host) ?? transition(quorate.toSorted((a, b) => b.atMonoMs - a.atMonoMs)[0]?.view, host)
}

/** By the world: it votes, has done so for longer than a view may be old, and the rest would lose quorum. */
function costs(sim: Simulation, host: HostPolicy): string | undefined {
  const found = findNode(sim.world, host.name)
  if (found === undefined) return undefined
  const { cluster, node } = found
  if (!node.quorate || sim.nowMs - node.quorumSinceMs <= VIEW_FRESH_MS + 10_000) return undefined
  const rest = presentVotes(cluster, node) - node.votes
  return rest < neededVotes(cluster) ? 'although it votes and the rest would lose quorum' : undefined
}

/** By the freshest honest view: HA moves what is not this host's. */
function transition(
  view: { readonly ha?: { readonly value: HaValue } } | undefined,
  host: HostPolicy,
): string | undefined {
  const ha = view?.ha?.value
  if (ha === undefined) return undefined
  const lost = ['unknown', 'fence'].includes(ha.nodeStates[host.name] ?? '') || ha.master?.node === host.name
  const moving = ha.services.filter(({ state }) => MOVING.includes(state))
  const mine = moving.some(({ node, state }) => node === host.name && state !== 'migrate')
  const other = moving.find(({ node }) => node !== host.name)
  return other !== undefined && !mine && !lost
    ? `while HA has ${other.sid} of ${other.node} in ${other.state}`
    : undefined
}

type HaValue = {
  readonly master?: { readonly node: string }
  readonly nodeStates: Readonly<Record<string, string>>
  readonly services: readonly { readonly sid: string; readonly node: string; readonly state: string }[]
}
