import type { Configuration } from '../../config/configuration.ts'
import { audit } from '../../core/audit/audit.ts'
import type { Finding } from '../../core/audit/types.ts'
import { isInHands } from '../../core/power/in-hands.ts'
import type { RebootWindow } from '../../core/reboots/corroborate.ts'
import { feedsOf } from '../../core/state/initial.ts'
import type { Event, State, Told } from '../../core/state/types.ts'
import { powerPlanAtWork } from '../../core/ups/at-work.ts'
import { ClusterDesk } from '../../engine/cluster/cluster-desk.ts'
import type { RebootTelling } from '../../engine/reboots/parts.ts'
import { RebootWatch } from '../../engine/reboots/reboot-watch.ts'
import type { AlertStore } from '../../ports/alert-store.ts'
import type { AlertingStatus } from '../../ports/alerting.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import type { StoredEvent } from '../../ports/daemon.ts'
import type { JournalTails } from '../../ports/journal-tails.ts'
import type { NodeShell } from '../../ports/node-shell.ts'
import type { NodeWatchdogs } from '../../ports/node-watchdog.ts'
import type { RebootsAnswer } from '../../ports/reboots.ts'
import { ownAddresses } from '../configuration/surroundings.ts'
import { type ConfiguredCluster, configuredClusters } from './configured.ts'
import { gatherAudit } from './gather-audit.ts'
import { NetconsoleService } from './netconsole-service.ts'
import { NodeClues } from './node-clues.ts'
import { NodeWatchdogService } from './node-watchdog-service.ts'
import { Watches } from './watches.ts'

export type ClusterServiceParts = {
  readonly clock: Clock
  readonly configuration: Configuration
  readonly tails: JournalTails
  /** Where the small durable records are. */
  readonly store: Pick<AlertStore, 'transact'>
  readonly alerting: () => AlertingStatus
  readonly feed: (event: Event) => void
  readonly state: () => State
  /** What was told from then on, oldest first. */
  readonly eventsSince: (wallMs: number) => readonly StoredEvent[]
  readonly log: (level: 'info' | 'warn' | 'error', sentence: string) => void
}

/** The Proxmox clusters of the configuration: asked, judged, their reboots explained; made anew where it changes. */
export class ClusterService {
  readonly #parts: ClusterServiceParts
  readonly #watches: Watches
  /** Made with the first watches: a desk without clusters would end what an earlier process began about them. */
  #desk: ClusterDesk | undefined
  readonly #clues: NodeClues
  readonly #netconsole: NetconsoleService
  readonly #nodeWatchdogs: NodeWatchdogService
  #configuration: Configuration
  #clusters: readonly ConfiguredCluster[]
  #reboots: RebootWatch | undefined

  constructor(parts: ClusterServiceParts) {
    const { clock, configuration, tails, log, store, feed } = parts
    this.#parts = parts
    this.#configuration = configuration
    this.#clusters = configuredClusters(configuration)
    this.#watches = new Watches(clock)
    this.#clues = new NodeClues(clock)
    this.#netconsole = new NetconsoleService({ clock, tails, log })
    this.#nodeWatchdogs = new NodeWatchdogService({ clock, store, feed, watches: () => this.#watches.all() })
  }

  async start(): Promise<void> {
    this.#watches.use(this.#clusters)
    this.#desk = this.#newDesk()
    this.#desk.start()
    this.#reboots = this.#rebootWatch()
    this.#reboots.start()
    this.#nodeWatchdogs.use(this.#clusters)
    this.#nodeWatchdogs.desk.start()
    await this.#netconsole.use(this.#configuration)
  }

  async reconfigure(configuration: Configuration): Promise<void> {
    this.#configuration = configuration
    this.#clusters = configuredClusters(configuration)
    const gone = this.#watches.use(this.#clusters)
    this.#nodeWatchdogs.use(this.#clusters)
    await this.#reboots?.stop()
    await this.#desk?.reconfigure(this.#deskClusters())
    await Promise.all(gone.map((watch) => watch.close()))
    this.#reboots = this.#rebootWatch()
    this.#reboots.start()
    await this.#netconsole.use(configuration)
  }

  async stop(): Promise<void> {
    const { desk } = this.#nodeWatchdogs
    await Promise.all([this.#reboots?.stop(), this.#desk?.close(), this.#netconsole.close(), desk.stop()])
    await this.#watches.close()
  }

  clusters(): readonly ClusterWatch[] {
    return this.#watches.all()
  }

  /** Where nodes may be acted upon from inside. */
  shells(): readonly NodeShell[] {
    return this.#nodeWatchdogs.shells
  }

  reboots(node: string, boot?: number): Promise<RebootsAnswer> {
    const sentence = 'The nodes are not watched yet.'
    return this.#reboots?.reboots(node, boot) ?? Promise.resolve({ ok: false, code: 'unavailable', sentence })
  }

  nodeWatchdogs(): NodeWatchdogs | undefined {
    return this.#clusters.length === 0 ? undefined : this.#nodeWatchdogs.desk
  }

  /** Looks now. */
  async audit(): Promise<readonly Finding[]> {
    const { shells, desk } = this.#nodeWatchdogs
    return audit(
      await gatherAudit({
        configuration: this.#configuration,
        clock: this.#parts.clock,
        watches: this.#watches.all(),
        shells,
        disarmed: desk.rows(),
        alerting: this.#parts.alerting(),
      }),
    )
  }

  #newDesk(): ClusterDesk {
    const { clock, feed, state } = this.#parts
    return new ClusterDesk(
      {
        clock,
        feed,
        feeds: () => feedsOf(state()),
        alerts: () => state().alerts,
        hostsOf: (cluster) => this.#configuration.hosts.filter((host) => host.cluster === cluster),
        ownAddresses,
        hostsInHands: () => hostsInHands(state()),
        powerFailure: (cluster) => powerPlanAtWork(state(), cluster),
        clues: (cluster) => this.#clues.of(cluster),
        cleanStops: (cluster) => this.#clues.cleanStops(cluster),
      },
      this.#deskClusters(),
    )
  }

  #deskClusters() {
    return this.#clusters.flatMap(({ settings, features }) => {
      const watch = this.#watches.of(settings.cluster)
      if (watch === undefined) return []
      return [{ watch, pollMs: settings.pollMs, startMissed: features.includes('start-missed') }]
    })
  }

  #rebootWatch(): RebootWatch {
    const { clock, tails, log } = this.#parts
    return new RebootWatch({
      clock,
      tails,
      log,
      clusters: this.#clusters.flatMap(({ settings, features }) => {
        const watch = this.#watches.of(settings.cluster)
        if (watch === undefined) return []
        const hostOf = (node: string) => this.hostOf(settings.cluster, node)
        return [{ watch, journals: features.includes('journals'), hostOf }]
      }),
      telling: this.#telling(),
      history: (window) => this.#history(window),
    })
  }

  #telling(): RebootTelling {
    return {
      rebooted: ({ cluster, node, host, verdict, severity, atMs }) => {
        this.#clues.rebooted({ cluster, node }, verdict, atMs)
        const sentence = `${verdict.sentence} (${verdict.confidence})`
        this.#parts.feed({
          kind: 'noted',
          code: 'node-rebooted',
          sentence,
          severity,
          ...(host === undefined ? {} : { host }),
        })
      },
      remembered: ({ cluster, node, verdict, atMs }) => this.#clues.rebooted({ cluster, node }, verdict, atMs),
      fence: ({ cluster, node }, _host, holds, sentence) => this.#clues.fence({ cluster, node }, holds, sentence),
      cleanStop: ({ cluster, node }, _host, kind, at) => this.#clues.stopped({ cluster, node }, kind, at),
      stopOver: ({ cluster, node }) => this.#clues.stopOver({ cluster, node }),
    }
  }

  /** Our name of a node. */
  hostOf(cluster: string, node: string): string | undefined {
    const hosts = this.#configuration.hosts.filter((host) => host.cluster === cluster)
    const byName = hosts.find(({ name }) => name === node)
    if (byName !== undefined) return byName.name
    const views = Object.values(this.#watches.of(cluster)?.views().views ?? {})
    const members = views.flatMap(({ status }) => status?.value.members ?? [])
    const ip = members.find(({ name }) => name === node)?.ip
    return hosts.find(({ address }) => address === ip)?.name
  }

  #history(window: RebootWindow): readonly Told[] {
    return this.#parts.eventsSince(window.fromMs).filter(({ at }) => at.wallMs <= window.untilMs)
  }
}

function hostsInHands(state: State): readonly string[] {
  return state.policy.hosts.filter((host) => isInHands(state, host)).map(({ name }) => name)
}
