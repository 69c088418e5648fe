import { list } from '../phrase.ts'
import { type At, elapsedMs } from '../time.ts'
import { type Difference, differencesOf, type Sight } from './differences.ts'
import { isFresh, USUAL_POLL_MS } from './freshness.ts'
import type { ClusterViews, NodeView } from './types.ts'

/**
 * What a node's own view is worth. `fresh`: read lately, and the node has quorum. `no-quorum`: read lately, but what it
 * says of others may be long past. `stale`: not read lately. `silent`: never read.
 */
export type Standing = 'fresh' | 'no-quorum' | 'stale' | 'silent'

export type JudgedView = {
  readonly node: string
  readonly standing: Standing
  readonly at?: At
  readonly ageMs?: number
  /** As it said itself when it was read. */
  readonly quorate?: boolean
  /** The nodes that it saw as members. */
  readonly sees: readonly string[]
}

/** The nodes' views side by side. */
export type Agreement = {
  readonly views: Readonly<Record<string, JudgedView>>
  /** The node whose view is believed: fresh and quorate, and of several the freshest. */
  readonly believed?: string
  readonly differences: readonly Difference[]
  /** Two quorate views exclude each other: nobody may be cut off now. */
  readonly splitBrain?: string
  /**
   * Why the believed view is in doubt: another one with quorum differs on who is a member, or one without quorum sees a
   * node that is gone by those that have it. A view without quorum decides nothing, but it can hold.
   */
  readonly doubt?: string
}

/** Symmetric: the order of the views changes nothing. */
export function agree(views: ClusterViews, now: At, pollMs = USUAL_POLL_MS): Agreement {
  const judged = Object.values(views.views).map((view) => judgeView(view, now, pollMs))
  judged.sort((a, b) => (a.node < b.node ? -1 : 1))
  const sights = judged.flatMap(({ node, standing }) => sightOf(views.views[node], standing))
  const { differences, doubt } = differencesOf(sights)
  const splitBrain = splitOf(sights)
  return {
    views: Object.fromEntries(judged.map((view) => [view.node, view])),
    believed: freshest(judged),
    differences,
    splitBrain,
    doubt: splitBrain ?? doubt,
  }
}

function judgeView({ node, status }: NodeView, now: At, pollMs: number): JudgedView {
  if (status === undefined) return { node, standing: 'silent', sees: [] }
  const { quorate, members } = status.value
  return {
    node,
    standing: !isFresh('status', status, now, pollMs) ? 'stale' : quorate ? 'fresh' : 'no-quorum',
    at: status.at,
    ageMs: elapsedMs(status.at, now),
    quorate,
    sees: members.filter(({ online }) => online).map(({ name }) => name),
  }
}

function freshest(judged: readonly JudgedView[]): string | undefined {
  let best: JudgedView | undefined
  for (const view of judged) {
    if (view.standing === 'fresh' && (best === undefined || (view.ageMs ?? 0) < (best.ageMs ?? 0))) best = view
  }
  return best?.node
}

/** What is compared: only what was read lately. */
function sightOf(view: NodeView | undefined, standing: Standing): Sight[] {
  const status = view?.status?.value
  if (view === undefined || status === undefined || (standing !== 'fresh' && standing !== 'no-quorum')) return []
  return [{ node: view.node, status, quorate: status.quorate }]
}

function splitOf(sights: readonly Sight[]): string | undefined {
  const quorate = sights.filter((sight) => sight.quorate)
  const pairs = quorate.flatMap((a, index) => quorate.slice(index + 1).map((b) => [a, b] as const))
  const apart = pairs.filter(([a, b]) => !seesMember(a, b.node) && !seesMember(b, a.node))
  if (apart.length === 0) return undefined
  const words = apart.map(([a, b]) => `${a.node} and ${b.node}`)
  return `Two parts of the cluster both say that they have quorum and exclude each other: ${list(words)}.`
}

function seesMember({ status }: Sight, node: string): boolean {
  return status.members.some(({ name, online }) => name === node && online)
}
