import type { State } from '../../state/types.ts'
import { votesWithout } from '../costs-quorum.ts'
import type { UpsPolicy } from '../policy.ts'
import type { PowerSite } from '../site.ts'
import type { ForecastCluster } from './types.ts'

/** What each stage leaves of the votes of each cluster, and how HA could be made to let go. */
export function clustersOf(state: State, policy: UpsPolicy): readonly ForecastCluster[] {
  return Object.values(state.powerSites).map((site) => {
    const { ha } = site
    return {
      cluster: site.cluster,
      ha: ha.quiet ? 'nothing-managed' : ha.way,
      ...(ha.quiet || ha.why === undefined ? {} : { why: ha.why }),
      stages: stagesOf(site, policy),
    }
  })
}

function stagesOf(site: PowerSite, policy: UpsPolicy): ForecastCluster['stages'] {
  const gone: string[] = []
  return policy.stages.flatMap(({ name, hosts }) => {
    const own = site.nodes.filter(({ host }) => host !== undefined && hosts.includes(host))
    gone.push(...own.map(({ node }) => node))
    const votes = votesWithout(site, gone)
    if (own.length === 0 || votes === undefined) return []
    return [
      {
        stage: name,
        hosts: own.flatMap(({ host }) => (host === undefined ? [] : [host])),
        leftVotes: votes.left,
        neededVotes: votes.needed,
      },
    ]
  })
}
