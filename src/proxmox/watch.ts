import type { ClusterViews, Section } from '../core/cluster/types.ts'
import type { Clock } from '../ports/clock.ts'
import type {
  ApiOutcome,
  CallStat,
  ClusterWatch,
  EndpointState,
  HistoryQuery,
  JournalQuery,
  PowerAction,
} from '../ports/cluster.ts'
import { type CallOutcome, Endpoint } from './api/endpoint.ts'
import { Slots } from './api/slots.ts'
import { armHa, disarmHa, startGuest } from './asking/actions.ts'
import { askCluster } from './asking/ask-cluster.ts'
import type { ClusterAsk } from './asking/cluster-ask.ts'
import { askHistory } from './asking/history.ts'
import { askJournal } from './asking/journal.ts'
import { forPeople } from './asking/outcome.ts'
import { askPermissions } from './asking/permissions.ts'
import { actOnPower } from './asking/power.ts'
import { EndpointPoller } from './polling/endpoint-poller.ts'
import type { ProxmoxSettings } from './settings.ts'
import { askedOnce, type Standing, standingOf } from './standing.ts'
import { endpointsOf, viewsOf } from './views.ts'

export type WatchParts = {
  readonly clock: Clock
  /** 0 to 1: so that the nodes are not asked all at once. */
  readonly random: () => number
}

/** Calls at a time over all endpoints: never so few that some that hang could keep the others waiting. */
const CALLS_PER_ENDPOINT = 4

/** Begins to watch a cluster at once. Nothing of it is left after `close`. */
export function watchCluster(settings: ProxmoxSettings, parts: WatchParts): ClusterWatch {
  const watch = new Watch(settings, parts)
  watch.start()
  return watch
}

class Watch implements ClusterWatch {
  readonly cluster: string
  readonly pollMs: number
  readonly #clock: Clock
  readonly #pollers: readonly EndpointPoller[]
  readonly #listeners = new Set<() => void>()
  readonly #asking: ClusterAsk
  #views: ClusterViews | undefined
  #standing: Standing | undefined
  #askedOnce: EndpointPoller | undefined

  constructor(settings: ProxmoxSettings, { clock, random }: WatchParts) {
    this.cluster = settings.cluster
    this.#clock = clock
    this.pollMs = settings.pollMs
    const { auth, tls, timeoutMs } = settings
    const overall = new Slots(CALLS_PER_ENDPOINT * settings.endpoints.length)
    this.#pollers = settings.endpoints.map((endpoint) => {
      const api = new Endpoint(endpoint, { clock, auth, timeoutMs, overall, ...(tls === undefined ? {} : { tls }) })
      return new EndpointPoller(api, {
        clock,
        random,
        pollMs: settings.pollMs,
        wanted: (poller) => this.#wanted(poller),
        changed: () => this.#changed(),
        ...(endpoint.node === undefined ? {} : { configuredNode: endpoint.node }),
      })
    })
    this.#asking = { clock, ask: (kind, node, call) => this.#ask(kind, node, call), views: () => this.views() }
  }

  start(): void {
    for (const poller of this.#pollers) poller.start()
  }

  async close(): Promise<void> {
    this.#listeners.clear()
    await Promise.all(this.#pollers.map((poller) => poller.close()))
  }

  views(): ClusterViews {
    this.#views ??= viewsOf(this.cluster, this.#pollers, this.#stand())
    return this.#views
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stats(): readonly CallStat[] {
    return this.#pollers.flatMap(({ endpoint }) => endpoint.stats())
  }

  endpoints(): readonly EndpointState[] {
    return endpointsOf(this.#pollers, this.#stand())
  }

  async refresh(sections: readonly Section[]): Promise<void> {
    await Promise.all(this.#pollers.map((poller) => poller.refresh(sections)))
  }

  journal(node: string, query: JournalQuery, signal?: AbortSignal) {
    return askJournal(this.#asking, node, query, signal)
  }

  history(query: HistoryQuery, signal?: AbortSignal) {
    return askHistory(this.#asking, query, signal)
  }

  permissions(signal?: AbortSignal) {
    return askPermissions(this.#asking, signal)
  }

  startGuest(guest: string, node: string, signal?: AbortSignal) {
    return startGuest(this.#asking, guest, node, signal)
  }

  disarmHa(mode: 'freeze' | 'ignore', signal?: AbortSignal) {
    return disarmHa(this.#asking, mode, signal)
  }

  armHa(signal?: AbortSignal) {
    return armHa(this.#asking, signal)
  }

  actOnPower(action: PowerAction, signal?: AbortSignal) {
    return actOnPower(this.#asking, action, signal)
  }

  #changed(): void {
    this.#views = undefined
    this.#standing = undefined
    for (const listener of this.#listeners) listener()
  }

  #stand(): Standing {
    this.#standing ??= standingOf(this.#pollers)
    return this.#standing
  }

  #wanted(poller: EndpointPoller): { readonly all: boolean; readonly once: boolean } {
    // As of this very moment: the answer that the poller has just read may have changed where it stands.
    this.#standing = standingOf(this.#pollers)
    this.#askedOnce = askedOnce(this.#standing, this.#askedOnce, this.#clock.now(), this.pollMs)
    const speaks = poller.node !== undefined && this.#standing.speakers.get(poller.node) === poller
    return { all: speaks, once: this.#askedOnce === poller }
  }

  async #ask<T>(
    kind: 'read' | 'write',
    node: string | undefined,
    call: (endpoint: Endpoint) => Promise<CallOutcome<T>>,
  ): Promise<ApiOutcome<T>> {
    const outcome = await askCluster(this.#inOrder(node), kind, call)
    if (outcome === undefined) {
      return forPeople('unreachable', `The cluster ${this.cluster} has no endpoint that belongs to it.`)
    }
    return outcome.ok ? outcome : forPeople(outcome.code, outcome.sentence)
  }

  /** The node's own endpoint, then those that have quorum, then those that answer, then the rest. */
  #inOrder(node: string | undefined): readonly Endpoint[] {
    const { odd } = this.#stand()
    const rank = (poller: EndpointPoller) => {
      const there = poller.up ? 0 : 4
      const own = node !== undefined && poller.node === node ? 0 : 2
      return there + own + (poller.reads.status?.value.quorate === true ? 0 : 1)
    }
    return this.#pollers
      .filter((poller) => !odd.has(poller))
      .toSorted((a, b) => rank(a) - rank(b))
      .map(({ endpoint }) => endpoint)
  }
}
