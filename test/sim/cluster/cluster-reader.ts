import type { StopSigns } from '../../../src/core/cluster/clean-stops.ts'
import type { NodeView } from '../../../src/core/cluster/types.ts'
import type { Policy } from '../../../src/core/policy.ts'
import type { Feeds, PeersView } from '../../../src/core/state/types.ts'
import type { At } from '../../../src/core/time.ts'
import { findCluster, findHost, look, type World } from '../../../src/lab/world/index.ts'
import type { ClusterCore } from '../core.ts'
import type { Setup } from '../setup.ts'
import { lieOf, type PeerLie } from './peer-lie.ts'
import { readNode } from './world-views.ts'

/** What a node told, honestly, the last time that it was read: what safety is judged by. */
export type HonestReading = { readonly atMonoMs: number; readonly bootId: string; readonly view: NodeView }

/**
 * Reads the world's cluster as the real client does, without HTTP: each node that answers its own view, a silent one
 * nothing, so that its last view grows old. It dies with the process.
 */
export class ClusterReader {
  readonly cluster: string
  readonly #world: World
  readonly #core: ClusterCore
  readonly pollMs: number
  readonly #views = new Map<string, NodeView>()
  readonly #honest = new Map<string, HonestReading>()
  #signs: StopSigns = {}

  constructor(world: World, core: ClusterCore, cluster: string, pollMs: number) {
    this.#world = world
    this.#core = core
    this.cluster = cluster
    this.pollMs = pollMs
  }

  get honest(): ReadonlyMap<string, HonestReading> {
    return this.#honest
  }

  /** Reads every node, and answers what the guards are told of it. */
  read(policy: Policy, lies: readonly PeerLie[], at: At): Feeds {
    const view = this.#judge(policy, lies, at)
    const peers = view === undefined ? {} : { [this.cluster]: view }
    return { peers, peersConfigured: [this.cluster] }
  }

  #judge(policy: Policy, lies: readonly PeerLie[], at: At): PeersView | undefined {
    const cluster = findCluster(this.#world, this.cluster)
    if (cluster === undefined) return undefined
    for (const node of cluster.nodes) {
      const host = findHost(this.#world, node.name)
      if (host === undefined || look(this.#world, host, 'http').proves !== 'userland') continue
      const truth = readNode(this.#world, cluster, node, at)
      const lie = lies.find((each) => each.node === node.name)
      this.#views.set(node.name, lie === undefined ? truth : lieOf(lie, truth, this.#views.get(node.name)))
      if (lie === undefined) this.#honest.set(node.name, { atMonoMs: at.monoMs, bootId: at.bootId, view: truth })
      else this.#honest.delete(node.name)
    }
    const views = { cluster: this.cluster, views: Object.fromEntries(this.#views), unreached: {} }
    const { judgeCluster, watchStops, goneCleanly, peersOf } = this.#core
    const model = judgeCluster(views, at, this.pollMs)
    this.#signs = watchStops(this.#signs, model)
    const hosts = policy.hosts.filter((host) => host.cluster === this.cluster)
    return peersOf(model, hosts, [], { cleanStops: goneCleanly(this.#signs), pollMs: this.pollMs })
  }
}

/** The eyes of a new process on the cluster of the site, where it has one. */
export function openReader(world: World, core: ClusterCore, { peers }: Setup): ClusterReader | undefined {
  return peers === undefined ? undefined : new ClusterReader(world, core, peers.cluster, peers.pollMs)
}
