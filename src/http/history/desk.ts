import type { ApiOutcome, ClusterWatch, HistoryPoint, HistoryQuery } from '../../ports/cluster.ts'

type Points = ApiOutcome<readonly HistoryPoint[]>
type Kept = { readonly watch: ClusterWatch; readonly atMs: number; readonly points: Promise<Points> }

const GOOD_FOR_MS = 15_000
const MAX_KEPT = 64
const MAX_ASKED_AT_ONCE = 16

/**
 * Between those who ask (anybody who reaches the port) and Proxmox: the same question within a quarter of a minute is
 * asked once, and no more than a few are under way, however many ask.
 */
export class HistoryDesk {
  readonly #kept = new Map<string, Kept>()
  #asked = 0

  ask(watch: ClusterWatch, query: HistoryQuery, monoMs: number): Promise<Points> {
    const key = [watch.cluster, query.target, query.timeframe, query.cf].join('\n')
    const known = this.#kept.get(key)
    // After a reload it is another one of the same name.
    if (known?.watch === watch && monoMs - known.atMs < GOOD_FOR_MS) return known.points
    if (this.#asked >= MAX_ASKED_AT_ONCE) {
      const sentence = 'Too many questions about the past are under way; try again in a moment.'
      return Promise.resolve({ ok: false, code: 'aborted', sentence })
    }
    this.#asked += 1
    const points = watch.history(query).finally(() => {
      this.#asked -= 1
    })
    this.#keep(key, { watch, atMs: monoMs, points })
    return points
  }

  /** The oldest goes first. A failure is asked again by the next one. */
  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break
      this.#kept.delete(oldest)
    }
    const forget = () => {
      if (this.#kept.get(key) === kept) this.#kept.delete(key)
    }
    void kept.points.then((outcome) => outcome.ok || forget(), forget)
  }
}
