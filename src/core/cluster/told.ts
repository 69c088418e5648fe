import { type At, elapsedMs } from '../time.ts'
import type { Agreement } from './agreement.ts'
import { isFresh, USUAL_POLL_MS } from './freshness.ts'
import type { ClusterViews, NodeView, Read, Section } from './types.ts'

/** A reading that may be believed about the whole cluster, and the node that told it. */
export type Told<T> = {
  readonly node: string
  readonly at: At
  readonly ageMs: number
  /** About now; if not, it is only what was last known. */
  readonly fresh: boolean
  readonly value: T
}

/** What all nodes are asked for, by the name that it has in a view: `node` is there as `own`. */
export type Field = Exclude<Section, 'node'> | 'own'
export type Value<F extends Field> = NonNullable<NodeView[F]>['value']

export type Asked = {
  readonly views: ClusterViews
  readonly agreement: Agreement
  readonly now: At
  readonly pollMs?: number
}

/**
 * The newest reading of what is the same on every node. A node without quorum is not heard: what it says of others may
 * be long past. One that fell silent is, for as long as its reading is about now.
 */
export function tell<F extends Field>(asked: Asked, field: F): Told<Value<F>> | undefined {
  let best: Told<Value<F>> | undefined
  for (const view of Object.values(asked.views.views)) {
    if (asked.agreement.views[view.node]?.quorate !== true) continue
    const told = tellOf(asked, view, field)
    if (told !== undefined && (best === undefined || told.ageMs < best.ageMs)) best = told
  }
  return best
}

/** What only the node itself can say. */
export function tellOf<F extends Field>(asked: Asked, view: NodeView, field: F): Told<Value<F>> | undefined {
  const read = view[field] as Read<Value<F>> | undefined
  if (read === undefined) return undefined
  const { now, pollMs = USUAL_POLL_MS } = asked
  const fresh = isFresh(field === 'own' ? 'node' : field, read, now, pollMs)
  return { node: view.node, at: read.at, ageMs: elapsedMs(read.at, now), fresh, value: read.value }
}
