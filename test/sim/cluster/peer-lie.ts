import type { NodeView } from '../../../src/core/cluster/types.ts'

/**
 * A node whose API tells what is not so. `stale`: what it told when the lie began, as if it were new. `all-well`: it has
 * quorum and sees everybody. `alone`: it has quorum and sees nobody else.
 */
export type PeerLie = { readonly node: string; readonly says: 'stale' | 'all-well' | 'alone' }

export function lieOf(lie: PeerLie, truth: NodeView, before: NodeView | undefined): NodeView {
  const { status } = truth
  if (status === undefined) return truth
  const at = status.at
  if (lie.says === 'stale') return before === undefined ? truth : freshened(before, at)
  const online = (name: string) => lie.says === 'all-well' || name === truth.node
  const members = status.value.members.map((member) => ({ ...member, online: online(member.name) }))
  return { ...truth, status: { at, value: { ...status.value, quorate: true, members } } }
}

type Readings = Omit<NodeView, 'node' | 'endpoint' | 'errors'>

function freshened(
  { node, endpoint, errors, ...readings }: NodeView,
  at: NonNullable<NodeView['status']>['at'],
): NodeView {
  const again = Object.entries(readings).map(([name, reading]) => [name, { ...reading, at }])
  return { node, endpoint, errors, ...(Object.fromEntries(again) as Readings) }
}
