import type { Clock } from '../../ports/clock.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import { watchCluster } from '../../proxmox/watch.ts'
import type { ConfiguredCluster } from './configured.ts'

/** One watch for each configured cluster. A reload leaves those alone whose settings stay. */
export class Watches {
  readonly #clock: Clock
  #watches = new Map<string, { readonly watch: ClusterWatch; readonly settings: string }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Answers those that are of no use any more, for the caller to close. */
  use(clusters: readonly ConfiguredCluster[]): readonly ClusterWatch[] {
    const before = this.#watches
    const kept = new Set<ClusterWatch>()
    this.#watches = new Map(
      clusters.map(({ settings }) => {
        // Secrets are in it by reference, so a secret that was changed in its file takes effect by itself.
        const text = JSON.stringify(settings)
        const known = before.get(settings.cluster)
        const watch =
          known?.settings === text ? known.watch : watchCluster(settings, { clock: this.#clock, random: Math.random })
        kept.add(watch)
        return [settings.cluster, { watch, settings: text }]
      }),
    )
    return [...before.values()].map(({ watch }) => watch).filter((watch) => !kept.has(watch))
  }

  of(cluster: string): ClusterWatch | undefined {
    return this.#watches.get(cluster)?.watch
  }

  all(): readonly ClusterWatch[] {
    return [...this.#watches.values()].map(({ watch }) => watch)
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((watch) => watch.close()))
  }
}
