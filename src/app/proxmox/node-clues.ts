import type { CleanStop } from '../../core/cluster/clean-stops.ts'
import type { Clues } from '../../core/cluster/conditions/rule.ts'
import type { RebootVerdict } from '../../core/reboots/types.ts'
import type { At } from '../../core/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { NodeKey } from '../../ports/journal-tails.ts'

type Fence = NonNullable<Clues['fences']>[string]
type Reboot = NonNullable<Clues['reboots']>[string]

/** What journals told of nodes, as it is handed on to those who judge the clusters. */
export class NodeClues {
  readonly #clock: Clock
  readonly #fences = new Map<string, Record<string, Fence>>()
  readonly #reboots = new Map<string, Record<string, Reboot>>()
  readonly #stops = new Map<string, Record<string, CleanStop>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  fence({ cluster, node }: NodeKey, holds: boolean, sentence: string): void {
    const { [node]: _over, ...others } = this.#fences.get(cluster) ?? {}
    this.#fences.set(cluster, holds ? { ...others, [node]: { at: this.#clock.now(), sentence } } : others)
  }

  rebooted({ cluster, node }: NodeKey, verdict: RebootVerdict, atMs: number): void {
    const now = this.#clock.now()
    const agoMs = Math.max(0, now.wallMs - atMs)
    const at: At = { wallMs: atMs, bootId: now.bootId, monoMs: now.monoMs - agoMs }
    this.#reboots.set(cluster, { ...this.#reboots.get(cluster), [node]: { at, verdict } })
    // It is back: whatever announced its stop has come to its end.
    this.stopOver({ cluster, node })
  }

  stopOver({ cluster, node }: NodeKey): void {
    const { [node]: _over, ...others } = this.#stops.get(cluster) ?? {}
    this.#stops.set(cluster, others)
  }

  stopped({ cluster, node }: NodeKey, kind: CleanStop['kind'], at: At): void {
    this.#stops.set(cluster, { ...this.#stops.get(cluster), [node]: { kind, at } })
  }

  of(cluster: string): Omit<Clues, 'inHands' | 'powerFailure'> {
    return { fences: this.#fences.get(cluster) ?? {}, reboots: this.#reboots.get(cluster) ?? {} }
  }

  cleanStops(cluster: string): Readonly<Record<string, CleanStop>> {
    return this.#stops.get(cluster) ?? {}
  }
}
