import { clause, list, spell } from '../phrase.ts'
import type { State } from '../state/types.ts'
import { budgetOf } from './budget.ts'
import { votesWithout } from './costs-quorum.ts'
import { carriesUs } from './host-step.ts'
import type { FedHost, UpsPolicy } from './policy.ts'
import type { PowerSite } from './site.ts'

/** What of the plan could not be carried out as it is meant, known before mains ever fails. */
export type PlanRisk = {
  readonly code: PlanRiskCode
  /** The cluster, host or UPS that it is about. */
  readonly subject: string
  readonly sentence: string
  /** It keeps a node up, or down, or resets it; the others are only worth knowing. */
  readonly grave: boolean
}

export type PlanRiskCode = 'ha-stays-armed' | 'no-access' | 'no-way-down' | 'no-way-up' | 'carries-us' | 'too-short'

/** Of all clusters, hosts and UPSes, as they are now. */
export function planRisks(state: State, policy: UpsPolicy): readonly PlanRisk[] {
  return [
    ...Object.values(state.powerSites).flatMap((site) => [...haRisks(site, policy), ...accessRisks(site)]),
    ...policy.hosts.flatMap((fed) => hostRisks(state, policy, fed)),
    ...policy.units.flatMap(({ name }) => budgetRisk(state, policy, name) ?? []),
  ]
}

/** Without its quorum what is left of a cluster fences itself as long as HA is armed. */
function haRisks(site: PowerSite, policy: UpsPolicy): readonly PlanRisk[] {
  const { ha, cluster } = site
  if (ha.quiet || ha.way !== 'none') return []
  const gone: string[] = []
  for (const { name, hosts } of policy.stages) {
    const own = site.nodes.filter(({ host }) => host !== undefined && hosts.includes(host)).map(({ node }) => node)
    gone.push(...own)
    const left = site.nodes.filter(({ node }) => !gone.includes(node))
    const votes = votesWithout(site, gone)
    if (own.length === 0 || left.length === 0 || votes === undefined || votes.left >= votes.needed) continue
    const sentence = `Without ${list(own)}, which ${own.length === 1 ? 'goes' : 'go'} in the stage ${name}, ${cluster} has no quorum (${votes.left} of ${votes.needed} votes that are needed), and HA cannot be made to let go: ${clause(ha.why ?? 'there is no way to do it')}. ${own.length === 1 ? 'It waits' : 'They wait'} for the last stage, and all go together.`
    return [{ code: 'ha-stays-armed', subject: cluster, sentence, grave: true }]
  }
  return []
}

const NEEDED_FOR = {
  nodes: 'no node can be shut down through the API',
  guests: 'guests cannot be shut down before their node',
  ceph: 'Ceph is not told to sit still',
  ha: 'HA cannot be made to let go',
} as const

function accessRisks({ cluster, lacks = [] }: PowerSite): readonly PlanRisk[] {
  if (lacks.length === 0) return []
  const sentence = `${cluster}: ${list(lacks.map((each) => `${NEEDED_FOR[each.for]} (${each.sentence})`))}. proxmox-watchdog proxmox role prints what grants it.`
  return [{ code: 'no-access', subject: cluster, sentence, grave: lacks.some((each) => each.for !== 'ceph') }]
}

function hostRisks(state: State, policy: UpsPolicy, { host, shutdownBy, startBy }: FedHost): readonly PlanRisk[] {
  const isStaged = policy.stages.some(({ hosts }) => hosts.includes(host))
  if (!isStaged) return []
  const risks: PlanRisk[] = []
  if (shutdownBy.length === 0) {
    const sentence = `There is no way to shut ${host} down: it runs until its battery is empty.`
    risks.push({ code: 'no-way-down', subject: host, sentence, grave: true })
  }
  if (carriesUs(state, { host })) {
    const sentence = `${host} carries the watchdog: it goes last, and once it is down only its firmware starts it, which its power has to be cut for. Let upsmon on the primary cut the UPS after the shutdown (POWERDOWNFLAG), and set the firmware to start with the power.`
    risks.push({ code: 'carries-us', subject: host, sentence, grave: false })
  } else if (startBy.every((way) => way === 'firmware')) {
    const sentence = `${host} comes back only by its firmware, and so only if its power was cut: mains that is back while the battery still lasts does not start it. A hardware address for a magic packet or an outlet would.`
    risks.push({ code: 'no-way-up', subject: host, sentence, grave: true })
  }
  return risks
}

/** The battery, as its UPS reckons now, against all that has to be done on it. */
export function budgetRisk(state: State, policy: UpsPolicy, unit: string): PlanRisk | undefined {
  const { needMs = 0, runtimeMs = 0, marginMs } = budgetOf(state, policy, unit) ?? {}
  if (marginMs === undefined || marginMs >= 0) return undefined
  const sentence = `UPS ${unit} reckons with ${spell(runtimeMs)}, and bringing down what hangs on it takes ${spell(needMs)}, with ${spell(policy.marginMs)} in hand: the plan begins at once when mains fails, and may not get to its end.`
  return { code: 'too-short', subject: unit, sentence, grave: true }
}
