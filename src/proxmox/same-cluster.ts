import type { ClusterStatus } from '../core/cluster/types.ts'
import { list } from '../core/phrase.ts'

export type Told = { readonly endpoint: string; readonly status: ClusterStatus; readonly configuredNode?: string }

/**
 * Endpoints whose answers do not belong to the cluster that the others are of, with a sentence each. The cluster is
 * the one that most of them name, and of equals the one that is configured first. Two clusters may have one name, and
 * even nodes of one name: their members have other addresses.
 */
export function strangers(told: readonly Told[]): ReadonlyMap<string, string> {
  const groups: Told[][] = []
  for (const each of told) {
    const group = groups.find(([first]) => first !== undefined && isSame(first.status, each.status))
    if (group === undefined) groups.push([each])
    else group.push(each)
  }
  const [main, ...others] = groups.toSorted((a, b) => b.length - a.length)
  const odd = new Map<string, string>()
  for (const { endpoint, status } of others.flat()) odd.set(endpoint, strangeness(endpoint, status, main ?? []))
  for (const { endpoint, status, configuredNode } of main ?? []) {
    const local = status.members.find((member) => member.local)?.name
    if (configuredNode === undefined || local === configuredNode) continue
    odd.set(
      endpoint,
      `${endpoint} is ${local ?? 'a node that does not tell its name'} and not ${configuredNode}, as the configuration ` +
        'says: its data is left out.',
    )
  }
  return odd
}

function isSame(a: ClusterStatus, b: ClusterStatus): boolean {
  if (a.name !== b.name) return false
  const known = new Map(a.members.map(({ name, ip }) => [name, ip]))
  return b.members.some(({ name, ip }) => {
    const other = known.get(name)
    return known.has(name) && (other === undefined || ip === undefined || other === ip)
  })
}

function strangeness(endpoint: string, status: ClusterStatus, main: readonly Told[]): string {
  const named = main[0]?.status.name
  const others = list(main.map((each) => each.endpoint))
  const own = status.name === undefined ? 'a node that is in no cluster' : `of the cluster '${status.name}'`
  const verb = main.length === 1 ? 'is' : 'are'
  const their = named === undefined ? `${verb} in no cluster` : `${verb} of '${named}'`
  const alike = named !== undefined && named === status.name ? ', which has the same name and other members' : ''
  return `${endpoint} is ${own}, but ${others} ${their}${alike}: its data is left out. Endpoints of one cluster belong together.`
}
