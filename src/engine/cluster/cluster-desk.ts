import type { ClusterModel } from '../../core/cluster/model-types.ts'
import type { PeersView } from '../../core/state/types.ts'
import { type At, elapsedMs, later, reached } from '../../core/time.ts'
import { WakeTimer } from '../wake-timer.ts'
import { ObservedAlerts } from './observed-alerts.ts'
import type { ClusterDeskParts, DeskCluster } from './parts.ts'
import { PeersFeed } from './peers-feed.ts'
import { WatchedCluster } from './watched-cluster.ts'

/** However fast the views change, they are judged no more often than this. */
const LEAST_MS = 1_000
/** What was read grows old by itself, without any change. */
const IDLE_MS = 5_000

/**
 * Judges what the nodes of each Proxmox cluster say, and tells the core: what its guards ask for, and how it stands with
 * each alert about a cluster. To be made even where no cluster is configured: then it ends what an earlier one began.
 */
export class ClusterDesk {
  readonly #parts: ClusterDeskParts
  readonly #alerts: ObservedAlerts
  readonly #peers: PeersFeed
  readonly #timer: WakeTimer
  #configured: readonly DeskCluster[]
  #clusters: readonly WatchedCluster[] = []
  #reviewedAt: At | undefined
  #running = false
  /** Set while a change waits for its turn. */
  #waiting = false

  constructor(parts: ClusterDeskParts, clusters: readonly DeskCluster[]) {
    this.#parts = parts
    this.#configured = clusters
    this.#alerts = new ObservedAlerts(parts)
    this.#peers = new PeersFeed(parts)
    this.#timer = new WakeTimer(parts.clock, () => this.#review())
  }

  /** To be called after the core has started. */
  start(): void {
    this.#running = true
    this.#take(this.#configured)
  }

  /** Watches that stay must be the same objects; those that are gone are closed by whoever made them. */
  async reconfigure(clusters: readonly DeskCluster[]): Promise<void> {
    this.#configured = clusters
    this.#alerts.forget()
    if (!this.#running) return
    const old = this.#clusters
    this.#take(clusters)
    await Promise.all(old.filter((each) => !this.#clusters.includes(each)).map((gone) => gone.close()))
  }

  async close(): Promise<void> {
    this.#running = false
    this.#timer.cancel()
    await Promise.all(this.#clusters.map((cluster) => cluster.close()))
  }

  /** As of now; undefined for a cluster that is not watched. */
  model(cluster: string): ClusterModel | undefined {
    return this.#clusters.find(({ name }) => name === cluster)?.model()
  }

  #take(clusters: readonly DeskCluster[]): void {
    this.#clusters = clusters.map((cluster) => {
      const known = this.#clusters.find((each) => each.isOf(cluster))
      known?.configure(cluster)
      return known ?? new WatchedCluster(cluster, this.#parts, () => this.#changed())
    })
    this.#alerts.endOthers(clusters.map(({ watch }) => watch.cluster))
    this.#review()
  }

  #changed(): void {
    if (!this.#running || this.#waiting || this.#reviewedAt === undefined) return
    this.#waiting = true
    this.#timer.in(Math.max(0, LEAST_MS - elapsedMs(this.#reviewedAt, this.#parts.clock.now())))
  }

  #review(): void {
    if (!this.#running) return
    const now = this.#parts.clock.now()
    this.#waiting = false
    this.#reviewedAt = now
    const open = this.#alerts.open()
    const reviews = this.#clusters.map((cluster) => ({ name: cluster.name, ...cluster.review(open) }))
    const peers: Record<string, PeersView> = {}
    for (const { name, peers: view } of reviews) if (view !== undefined) peers[name] = view
    // What the guards ask for goes before what people are told.
    this.#peers.put(
      this.#clusters.map(({ name }) => name),
      peers,
    )
    this.#alerts.say(
      reviews.flatMap(({ findings }) => findings),
      open,
    )
    this.#sleep(
      now,
      reviews.map(({ wakeAt }) => wakeAt),
    )
  }

  #sleep(now: At, wakes: readonly (At | undefined)[]): void {
    // A change that came meanwhile has set its own time.
    if (this.#waiting) return
    const idle = later(now, IDLE_MS)
    const next = wakes.reduce<At>((soonest, at) => (at !== undefined && reached(at, soonest) ? at : soonest), idle)
    this.#timer.set(next)
  }
}
