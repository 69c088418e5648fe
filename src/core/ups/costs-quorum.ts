import type { OutageEdit } from './outage-edit.ts'
import type { PowerSite } from './site.ts'
import type { HostProgress } from './types.ts'

/** Whether the rest of a cluster has no quorum without these hosts. Unknown numbers count as a cost. */
export function costsQuorum(edit: OutageEdit, cluster: string, going: readonly HostProgress[]): boolean {
  const site = edit.site(cluster)
  if (site === undefined) return false
  const after = votesWithout(
    site,
    going.map(({ node }) => node),
  )
  return after === undefined || after.left < after.needed
}

/** Votes that are left without these nodes. A node that is away has none to lose; a QDevice keeps its own. */
export function votesWithout(
  { quorum, nodes }: PowerSite,
  going: readonly string[],
): { readonly left: number; readonly needed: number } | undefined {
  if (quorum === undefined) return undefined
  let lost = 0
  for (const { node, online, votes } of nodes) if (online && going.includes(node)) lost += votes
  return { left: quorum.present - lost, needed: quorum.needed }
}
