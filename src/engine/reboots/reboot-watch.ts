import type { RebootsAnswer } from '../../ports/reboots.ts'
import { NodeFate } from './node-fate.ts'
import type { RebootWatchParts, WatchedCluster } from './parts.ts'

const FLUSH_MS = 10_000
const TICK_MS = 10_000
/** An answer is waited for no longer than a person would. */
const ANSWER_MS = 12_000
const MOST_REBOOTS = 50

/**
 * Notices every reboot of every node and says why, keeping what a node cannot keep of itself. Reads only what the
 * clusters' watches know, and the journals where that is allowed.
 */
export class RebootWatch {
  readonly #parts: RebootWatchParts
  readonly #fates = new Map<string, NodeFate>()
  readonly #closing = new AbortController()
  #unsubscribe: readonly (() => void)[] = []
  #running: Promise<unknown> = Promise.resolve()

  constructor(parts: RebootWatchParts) {
    this.#parts = parts
  }

  start(): void {
    this.#unsubscribe = this.#parts.clusters.map((cluster) => {
      this.#look(cluster)
      return cluster.watch.subscribe(() => this.#look(cluster))
    })
    this.#running = Promise.all([this.#flushes(), this.#ticks()])
  }

  /** Nothing of it runs when this resolves; what was read is on disk where that can be written. */
  async stop(): Promise<void> {
    for (const end of this.#unsubscribe) end()
    this.#closing.abort()
    await Promise.all([...this.#fates.values()].map((fate) => fate.close()))
    await this.#running
    while (this.#parts.tails.flush().more === true);
  }

  /**
   * Why a node rebooted: `node` is its name, `CLUSTER/NODE`, or the host that it is. `boot` counts back from the newest,
   * which is -1; without it all that is known. Looks into the newest where nobody has.
   */
  async reboots(node: string, boot?: number): Promise<RebootsAnswer> {
    const found = this.#find(node)
    if (typeof found === 'string') return { ok: false, code: 'no-such-node', sentence: found }
    const { key, host } = found
    await this.#patiently(found.know())
    const all = this.#parts.tails.judged(key, MOST_REBOOTS).map((each, index) => ({ ...each, boot: -1 - index }))
    const reboots = boot === undefined ? all : all.filter((each) => each.boot === boot)
    if (boot !== undefined && reboots.length === 0) return noSuchBoot(key.node, all.length, found.answers)
    return { ok: true, cluster: key.cluster, node: key.node, ...(host === undefined ? {} : { host }), reboots }
  }

  async #patiently(knowing: Promise<void>): Promise<void> {
    const answered = new AbortController()
    const signal = AbortSignal.any([answered.signal, this.#closing.signal])
    await Promise.race([knowing, this.#parts.clock.sleep(ANSWER_MS, signal)])
    answered.abort()
  }

  #find(name: string): NodeFate | string {
    const fates = [...this.#fates.values()]
    const byPath = fates.find(({ key }) => `${key.cluster}/${key.node}` === name)
    if (byPath !== undefined) return byPath
    const found = fates.filter(({ key, host }) => key.node === name || host === name)
    const [only] = found
    if (only !== undefined && found.length === 1) return only
    if (found.length > 1) {
      const paths = found.map(({ key }) => `${key.cluster}/${key.node}`).join(' or ')
      return `There are several nodes called ${name}: say ${paths}.`
    }
    if (fates.length === 0) return 'No node of a Proxmox cluster has been seen yet.'
    return `No node of a Proxmox cluster is called ${name}. Seen so far: ${fates.map(({ key }) => key.node).join(', ')}.`
  }

  #look(cluster: WatchedCluster): void {
    const views = cluster.watch.views()
    for (const node of Object.keys(views.views)) {
      const key = { cluster: views.cluster, node }
      const id = JSON.stringify([key.cluster, key.node])
      const known = this.#fates.get(id)
      const fate =
        known ?? new NodeFate(key, cluster, this.#parts, (left, joined) => this.#moved(cluster, left, joined))
      this.#fates.set(id, fate)
      fate.look(views)
      if (known === undefined) fate.start()
    }
  }

  /** The numbers are those of corosync: the views tell whose they are. */
  #moved({ watch }: WatchedCluster, left: readonly number[], joined: readonly number[]): void {
    const { cluster, views } = watch.views()
    const members = Object.values(views).flatMap(({ status }) => status?.value.members ?? [])
    const fatesOf = (ids: readonly number[]) => {
      const names = new Set(members.filter(({ nodeId }) => ids.includes(nodeId)).map(({ name }) => name))
      return [...this.#fates.values()].filter(({ key }) => key.cluster === cluster && names.has(key.node))
    }
    for (const fate of fatesOf(left)) fate.left()
    for (const fate of fatesOf(joined)) fate.joined()
  }

  async #flushes(): Promise<void> {
    const { clock, tails } = this.#parts
    while (!this.#closing.signal.aborted) {
      await clock.sleep(FLUSH_MS, this.#closing.signal)
      // Part by part: a commit of the engine goes in between. Of a disk that fails the engine tells.
      while (!this.#closing.signal.aborted && tails.flush().more === true) await clock.sleep(0, this.#closing.signal)
    }
  }

  async #ticks(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await this.#parts.clock.sleep(TICK_MS, this.#closing.signal)
      if (this.#closing.signal.aborted) return
      for (const fate of this.#fates.values()) fate.tick()
    }
  }
}

function noSuchBoot(node: string, known: number, answers: boolean): RebootsAnswer {
  const sentence =
    known > 0
      ? `Only ${known} reboot${known === 1 ? '' : 's'} of ${node} ${known === 1 ? 'is' : 'are'} known.`
      : answers
        ? `No reboot of ${node} is known yet.`
        : `No reboot of ${node} is known, and it does not answer: its journal cannot be asked.`
  return { ok: false, code: 'no-such-boot', sentence }
}
