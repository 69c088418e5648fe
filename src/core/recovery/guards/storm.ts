import { list, spell } from '../../phrase.ts'
import type { HostPolicy } from '../../policy.ts'
import { offOnPurposeIn } from '../../power/outlets.ts'
import { outletKey } from '../../power/types.ts'
import { roundOf } from '../../state/initial.ts'
import type { State } from '../../state/types.ts'
import { type At, elapsedMs } from '../../time.ts'
import { anyOnBattery, unknownUnits } from '../../ups/supply.ts'
import { type Guard, RECOVERY, type Situation } from './guard.ts'

export const stormGuards: readonly Guard[] = [{ code: 'storm', purposes: RECOVERY, check: storm }]

/**
 * Hosts of a cluster that are not known to live: down, wedged, unknown, or silent in the last round. Those that are off
 * on purpose do not count. A host that has just begun to fall silent does: a storm rarely starts in one round.
 */
export function notAlive(state: State, cluster: string): string[] {
  const names: string[] = []
  const isOffOnPurpose = offOnPurposeIn(state)
  for (const host of state.policy.hosts) {
    if (host.cluster !== cluster) continue
    const now = state.hostsNow[host.name]
    if (now?.verdict === 'up' && now.failures === 0) continue
    if (!isOffOnPurpose(host) && !isOffByPerson(state, host)) names.push(host.name)
  }
  return names
}

function isOffByPerson(state: State, host: HostPolicy): boolean {
  return (host.levels[0] ?? []).some((ref) => state.outlets[outletKey(ref)]?.personOffSince !== undefined)
}

/** The silent hosts of each cluster, counted once for all that ask: with every host dead, each asks about all. */
export type SilentHosts = (cluster: string) => { readonly names: readonly string[]; readonly limit: number }

export function silentHosts(state: State): SilentHosts {
  const counted = new Map<string, ReturnType<SilentHosts>>()
  return (cluster) => {
    const known = counted.get(cluster) ?? { names: notAlive(state, cluster), limit: stormLimit(state, cluster) }
    counted.set(cluster, known)
    return known
  }
}

/** How many hosts of a cluster may be down at once before it is a storm. */
export function stormLimit(state: State, cluster: string): number {
  const count = state.policy.hosts.filter((host) => host.cluster === cluster).length
  return Math.max(1, Math.floor((count - 1) / 2))
}

function storm({ state, now, host, silent }: Situation): string | undefined {
  const { names, limit } = silent(host.cluster)
  if (names.length <= limit || isCanary(state, host.name, now, silent)) return undefined
  return `${names.length} hosts are silent at once (${list(names.slice(0, 6))}), more than ${limit}: that is rarely the hosts.`
}

/** After a long storm with good references and mains, the first silent host with a power device is tried, alone. */
function isCanary(state: State, host: string, now: At, silent: SilentHosts): boolean {
  const round = roundOf(state)
  if (round.stormCanary !== undefined) return round.stormCanary.host === host
  return canaryDue(state, now, silent) === host
}

/** The host that a storm would let through now, if it is time. */
function canaryDue(state: State, now: At, silentIn: SilentHosts): string | undefined {
  const round = roundOf(state)
  if (round.stormCanary !== undefined || round.referencesAnswer !== true) return undefined
  if (anyOnBattery(state, now) || unknownUnits(state, now).length > 0) return undefined
  for (const [cluster, since] of Object.entries(round.storms)) {
    if (elapsedMs(since, now) < state.policy.stormCanaryAfterMs) continue
    const silent = new Set(silentIn(cluster).names)
    const host = state.policy.hosts.find(
      ({ name, levels }) => silent.has(name) && levels.length > 0 && state.hostsNow[name]?.verdict === 'down',
    )
    if (host !== undefined) return host.name
  }
  return undefined
}

export function describeStorm(names: readonly string[], limit: number, ms: number): string {
  return `${names.length} hosts are silent at once (${list(names.slice(0, 6))}), more than ${limit}. No host is power-cycled; if the reference targets stay well, one is tried in ${spell(ms)}.`
}
