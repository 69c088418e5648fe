import type { PeersView } from '../../core/state/types.ts'
import { type At, elapsedMs } from '../../core/time.ts'
import type { ClusterDeskParts } from './parts.ts'

/** The guards look at when the view was read: they are told at least so often that it is read anew. */
const RENEW_MS = 10_000

/** Feeds the core what the peers of each cluster say: when it changes, and to show that it is still so. */
export class PeersFeed {
  readonly #parts: Pick<ClusterDeskParts, 'feeds' | 'feed'>
  #fed: string | undefined
  #fedAt: Readonly<Record<string, At>> = {}

  constructor(parts: Pick<ClusterDeskParts, 'feeds' | 'feed'>) {
    this.#parts = parts
  }

  put(clusters: readonly string[], peers: Readonly<Record<string, PeersView>>): void {
    const content = JSON.stringify([
      clusters,
      Object.entries(peers).map(([cluster, { at: _, ...view }]) => [cluster, view]),
    ])
    if (content === this.#fed && !this.#isRenewed(peers)) return
    this.#fed = content
    this.#fedAt = Object.fromEntries(Object.entries(peers).map(([cluster, { at }]) => [cluster, at]))
    this.#parts.feed({ kind: 'fed', feeds: { ...this.#parts.feeds(), peers, peersConfigured: clusters } })
  }

  #isRenewed(peers: Readonly<Record<string, PeersView>>): boolean {
    return Object.entries(peers).some(([cluster, { at }]) => {
      const fedAt = this.#fedAt[cluster]
      return fedAt === undefined || elapsedMs(fedAt, at) >= RENEW_MS
    })
  }
}
