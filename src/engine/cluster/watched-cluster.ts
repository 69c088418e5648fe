import type { BootMemory } from '../../core/cluster/boots.ts'
import { watchBoots } from '../../core/cluster/boots.ts'
import { type CleanStop, goneCleanly, type StopSigns, watchStops } from '../../core/cluster/clean-stops.ts'
import { type Episodes, type Finding, judgeConditions, type OpenAlert } from '../../core/cluster/conditions/judge.ts'
import { hostsByNode, peersOf } from '../../core/cluster/feeds.ts'
import { judgeCluster } from '../../core/cluster/model.ts'
import type { ClusterModel } from '../../core/cluster/model-types.ts'
import type { PeersView } from '../../core/state/types.ts'
import { type At, elapsedMs } from '../../core/time.ts'
import { MissedGuests } from './missed-guests.ts'
import type { ClusterDeskParts, DeskCluster } from './parts.ts'

export type Review = {
  readonly peers: PeersView | undefined
  readonly findings: readonly Finding[]
  /** When to look again although nothing has changed. */
  readonly wakeAt: At | undefined
}

/** A model that old is judged anew before it is shown. */
const SHOWN_MS = 1_000

/** One cluster: what was judged of it last, and what has to be remembered from one look to the next. */
export class WatchedCluster {
  readonly #parts: ClusterDeskParts
  #cluster: DeskCluster
  readonly #missed: MissedGuests
  readonly #stopListening: () => void
  #model: ClusterModel | undefined
  #boots: BootMemory = {}
  #stops: StopSigns = {}
  #episodes: Episodes = {}

  constructor(cluster: DeskCluster, parts: ClusterDeskParts, onChange: () => void) {
    this.#cluster = cluster
    this.#parts = parts
    this.#missed = new MissedGuests(cluster.watch, parts.feed, onChange)
    this.#stopListening = cluster.watch.subscribe(onChange)
  }

  get name(): string {
    return this.#cluster.watch.cluster
  }

  isOf({ watch }: DeskCluster): boolean {
    return watch === this.#cluster.watch
  }

  /** Takes other settings for the same watch: what is remembered of it stays. */
  configure(cluster: DeskCluster): void {
    this.#cluster = cluster
  }

  model(): ClusterModel {
    const known = this.#model
    if (known !== undefined && elapsedMs(known.at, this.#parts.clock.now()) < SHOWN_MS) return known
    return this.#judge()
  }

  review(open: readonly OpenAlert[]): Review {
    const model = this.#judge()
    const { name } = this
    const parts = this.#parts
    this.#boots = watchBoots(this.#boots, model)
    this.#stops = watchStops(this.#stops, model)
    const hosts = parts.hostsOf(name)
    const told = parts.cleanStops?.(name) ?? {}
    const peers = peersOf(model, hosts, parts.ownAddresses(), { cleanStops: { ...goneCleanly(this.#stops), ...told } })
    const powerFailure = parts.powerFailure?.(name)
    const clues = {
      ...parts.clues?.(name),
      inHands: this.#nodesInHands(model),
      ...(powerFailure === undefined ? {} : { powerFailure }),
    }
    const scene = { model, boots: this.#boots, stops: withTold(this.#stops, told, model), clues }
    const { findings, episodes } = judgeConditions(scene, open, this.#episodes)
    this.#episodes = episodes
    const wakeAt = this.#cluster.startMissed ? this.#missed.step(model, this.#boots) : undefined
    return { peers, findings, wakeAt }
  }

  async close(): Promise<void> {
    this.#stopListening()
    await this.#missed.close()
  }

  #judge(): ClusterModel {
    this.#model = judgeCluster(this.#cluster.watch.views(), this.#parts.clock.now(), this.#cluster.pollMs)
    return this.#model
  }

  #nodesInHands({ nodes }: ClusterModel): readonly string[] {
    const hosts = this.#parts.hostsInHands?.() ?? []
    if (hosts.length === 0) return []
    return [...hostsByNode(nodes, this.#parts.hostsOf(this.name))]
      .filter(([, host]) => hosts.includes(host))
      .map(([node]) => node)
  }
}

/** A clean end that a journal tells of counts until the node is back. */
function withTold(signs: StopSigns, told: Readonly<Record<string, CleanStop>>, { nodes }: ClusterModel): StopSigns {
  const there = new Set(nodes.filter(({ online }) => online === true).map(({ name }) => name))
  const gone = Object.entries(told).filter(([node]) => !there.has(node))
  return { ...signs, ...Object.fromEntries(gone.map(([node, stop]) => [node, { ...stop, gone: true }])) }
}
