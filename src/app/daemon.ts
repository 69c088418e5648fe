import type { Finding } from '../core/audit/types.ts'
import type { HappeningCode } from '../core/codes.ts'
import { situationOf } from '../core/plan/situation.ts'
import { explainHost } from '../core/recovery/explain.ts'
import { initialState } from '../core/state/initial.ts'
import type { Order, State, Told } from '../core/state/types.ts'
import type { At } from '../core/time.ts'
import type { AlertPath } from '../engine/alerting/alert-path.ts'
import { DeviceChecks } from '../engine/device-checks.ts'
import { DeviceDesk } from '../engine/device-desk.ts'
import { Engine } from '../engine/engine.ts'
import { LOST_ROUNDS_LIMIT, Rounds } from '../engine/rounds.ts'
import type { HookGate, Proof } from '../ports/alerting.ts'
import type { Clock } from '../ports/clock.ts'
import type { ClusterWatch } from '../ports/cluster.ts'
import type {
  About,
  BackupOutcome,
  Daemon,
  DaemonHealth,
  EventQuery,
  Explanation,
  OrderAnswer,
  ProbeStat,
  ReloadAnswer,
  StoredEvent,
} from '../ports/daemon.ts'
import type { Breadcrumbs } from '../ports/journal.ts'
import type { NodeWatchdogs } from '../ports/node-watchdog.ts'
import type { PowerDevice } from '../ports/power-device.ts'
import type { RebootsAnswer } from '../ports/reboots.ts'
import type { UpsDesk } from '../ports/ups-desk.ts'
import type { Store } from '../store/store.ts'
import { AlertService } from './alerting/alert-service.ts'
import type { Assembly } from './assemble.ts'
import { ClusterService } from './proxmox/cluster-service.ts'
import { UpsService } from './ups/ups-service.ts'

export type DaemonParts = {
  readonly about: About
  readonly clock: Clock
  readonly store: Store
  readonly breadcrumbs: Breadcrumbs
  readonly assembly: Assembly
  /** Reads the configuration again; answers what is in force then, or why it is refused. */
  readonly reassemble: () => { readonly ok: true; readonly assembly: Assembly; readonly note: string } | ReloadRefusal
  /** The process has to end itself, to be restarted. */
  readonly onFatal: (sentence: string) => void
  readonly log: (level: 'info' | 'warn' | 'error', sentence: string) => void
}

export type ReloadRefusal = { readonly ok: false; readonly sentence: string }

const PRUNE_EVERY_MS = 60_000
const MOST_EVENTS = 10_000

/** The running watchdog: engine, rounds and device checks on one store, and what its faces may ask. */
export class RunningDaemon implements Daemon {
  readonly about: About
  readonly #parts: DaemonParts
  readonly #engine: Engine
  readonly #rounds: Rounds
  readonly #checks: DeviceChecks
  readonly #alerts: AlertService
  readonly #clusters: ClusterService
  readonly #ups: UpsService
  readonly #desk: DeviceDesk
  readonly #listeners = new Set<(told: Told) => void>()
  #probing: Assembly['probing']
  /** Devices of a new configuration that wait until no plan uses the old ones. */
  #waiting: PowerDevice[] = []
  #pruneTimer: NodeJS.Timeout | undefined
  #running: Promise<unknown> = Promise.resolve()

  constructor(parts: DaemonParts) {
    const { clock, store, breadcrumbs, assembly } = parts
    this.about = parts.about
    this.#parts = parts
    this.#probing = assembly.probing
    this.#desk = new DeviceDesk(assembly.devices, clock)
    this.#engine = new Engine({
      clock,
      journal: store,
      breadcrumbs,
      probing: assembly.probing,
      desk: this.#desk,
      errands: { run: (errand) => this.#ups.errands.run(errand) },
      state: initialState(store.load(), assembly.policy, clock.now()),
      onTold: (told) => this.#publish(told),
      onIncoming: (incoming, committed) => this.#alerts.take(incoming, committed),
    })
    this.#alerts = new AlertService({
      clock,
      store: store.alerts,
      configuration: assembly.configuration.alerting,
      feed: (event) => this.#engine.feed(event),
      state: () => this.#engine.state,
      health: () => ({ lostRounds: this.#rounds.health().lost, storeOk: this.#engine.storeOk }),
      log: parts.log,
    })
    this.#clusters = new ClusterService({
      clock,
      configuration: assembly.configuration,
      tails: store.tails,
      store: store.alerts,
      alerting: () => this.#alerts.path.status(),
      feed: (event) => this.#engine.feed(event),
      state: () => this.#engine.state,
      eventsSince: (sinceWallMs) => this.events({ sinceWallMs, limit: MOST_EVENTS }),
      log: parts.log,
    })
    this.#ups = new UpsService({
      clock,
      feed: (event) => this.#engine.feed(event),
      state: () => this.#engine.state,
      watches: () => this.#clusters.clusters(),
      shells: () => this.#clusters.shells(),
      hostOf: (cluster, node) => this.#clusters.hostOf(cluster, node),
    })
    this.#rounds = new Rounds(this.#engine, clock, assembly.probing, (sentence, fatal) => this.#late(sentence, fatal))
    this.#checks = new DeviceChecks(this.#engine, clock, this.#desk)
  }

  start(storeLost: string | undefined): void {
    const { marks, unreadable } = this.#parts.breadcrumbs.list()
    const found = marks.map(({ offAtWallMs, bootId, offAtMonoMs, ...mark }) => ({
      ...mark,
      offAt: { wallMs: offAtWallMs, bootId, monoMs: offAtMonoMs },
    }))
    this.#alerts.start()
    this.#engine.start(found, storeLost)
    for (const name of unreadable) {
      const sentence = `The mark ${name} of an outlet that we turned off cannot be read. Look whether everything that should be on is on, then remove the file.`
      this.note('breadcrumb-orphaned', sentence)
    }
    this.#running = Promise.all([this.#rounds.run(), this.#checks.run(), this.#startClusters()])
    this.#pruneTimer = setInterval(() => this.#parts.store.prune(), PRUNE_EVERY_MS)
  }

  async #startClusters(): Promise<void> {
    await this.#clusters.start()
    await this.#ups.use(this.#parts.assembly.configuration.ups)
  }

  /** Ends gracefully: what we cut is turned on first, unless `signal` aborts. */
  async stop(signal: AbortSignal): Promise<void> {
    clearInterval(this.#pruneTimer)
    this.#rounds.close()
    this.#checks.close()
    await this.#engine.stop(signal)
    await this.#desk.close()
    await this.#ups.close()
    await this.#clusters.stop()
    await this.#running
    await this.#probing.close()
    // Last, so that what the end itself told still leaves if it can.
    await this.#alerts.stop(signal)
  }

  get alerting(): AlertPath {
    return this.#alerts.path
  }

  /** Who may hand alerts in, by the configuration in force. */
  hookGate(): HookGate {
    return this.#alerts.gate()
  }

  clusters(): readonly ClusterWatch[] {
    return this.#clusters.clusters()
  }

  audit(): Promise<readonly Finding[]> {
    return this.#clusters.audit()
  }

  nodeWatchdogs(): NodeWatchdogs | undefined {
    return this.#clusters.nodeWatchdogs()
  }

  upsDesk(): UpsDesk | undefined {
    return this.#ups.desk
  }

  reboots(node: string, boot?: number): Promise<RebootsAnswer> {
    return this.#clusters.reboots(node, boot)
  }

  proof(): Proof {
    return this.#alerts.proof()
  }

  note(code: HappeningCode, sentence: string): void {
    this.#engine.feed({ kind: 'noted', code, sentence })
  }

  state(): State {
    return this.#engine.state
  }

  now(): At {
    return this.#engine.now()
  }

  explain(host: string): Explanation | undefined {
    return explainHost(this.#engine.state, host, this.now())
  }

  events(query: EventQuery): readonly StoredEvent[] {
    const outcome = this.#parts.store.events(query)
    return outcome.ok ? outcome.events.toReversed() : []
  }

  order(order: Order): Promise<OrderAnswer> {
    return this.#engine.order(order)
  }

  health(): DaemonHealth {
    const { rounds, lateRounds, loopLagMs, lost } = this.#rounds.health()
    const round = this.#engine.state.roundNow.now
    const reasons: string[] = []
    if (!this.#engine.storeOk) reasons.push('The state cannot be written.')
    if (lost > 0) reasons.push(`${lost} rounds in a row were lost.`)
    const first = round !== undefined && round.round > 0
    const { intervalMs } = this.#engine.state.policy
    const sinceMs = round === undefined ? 0 : this.now().monoMs - round.at.monoMs
    if (sinceMs > LOST_ROUNDS_LIMIT * intervalMs) reasons.push('No round has ended for three intervals.')
    const live = reasons.length === 0
    if (!first) reasons.push('The first round is not done yet.')
    return {
      live,
      ready: live && first,
      reasons,
      loopLagMs,
      ...(first ? { lastRoundAt: round.at } : {}),
      rounds,
      lateRounds,
    }
  }

  /** Whether the loop turns: a process for which this is false has to be started again. */
  roundsAreOnTime(): boolean {
    return this.#rounds.health().lost < LOST_ROUNDS_LIMIT
  }

  probeStats(): readonly ProbeStat[] {
    return this.#probing.stats()
  }

  async reload(): Promise<ReloadAnswer> {
    const next = this.#reassemble()
    if (!next.ok) {
      const sentence = `The new configuration is refused, the old one stays in force: ${next.sentence}`
      this.note('configuration-refused', sentence)
      return { ok: false, sentence }
    }
    const { policy, probing, devices, configuration } = next.assembly
    const old = this.#probing
    this.#probing = probing
    this.#rounds.useProbing(probing)
    this.#engine.reconfigure(policy, probing)
    this.#alerts.reconfigure(configuration.alerting)
    await this.#clusters.reconfigure(configuration)
    await this.#ups.use(configuration.ups)
    this.#waiting = [...devices]
    await this.#replaceIdleDevices()
    await old.close()
    return { ok: true, sentence: next.note }
  }

  #reassemble(): ReturnType<DaemonParts['reassemble']> {
    try {
      return this.#parts.reassemble()
    } catch (error) {
      return { ok: false, sentence: `the program made a mistake with it (${messageOf(error)}).` }
    }
  }

  backup(file: string): Promise<BackupOutcome> {
    return this.#parts.store.backup(file)
  }

  exportState(): unknown {
    return situationOf(this.#engine.state, this.now())
  }

  subscribe(listener: (told: Told) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #publish(told: Told): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(told)
      } catch (error) {
        // What was decided is still to be done: a listener's trouble must not come in between.
        process.emitWarning(`A listener failed: ${messageOf(error)}`)
      }
    }
    this.#alerts.healthMayHaveChanged()
    if (this.#waiting.length > 0) void this.#replaceIdleDevices()
  }

  /** A plan keeps the device that it began with: a reload must not send its ON elsewhere. */
  async #replaceIdleDevices(): Promise<void> {
    const used = new Set(
      Object.values(this.#engine.state.intents).flatMap(({ legs }) => legs.map(({ ref }) => ref.device)),
    )
    const idle = this.#waiting.filter(({ name }) => !used.has(name))
    this.#waiting = this.#waiting.filter(({ name }) => used.has(name))
    await Promise.all(this.#desk.replace(idle).map((device) => device.close()))
  }

  #late(sentence: string, fatal: boolean): void {
    this.note(fatal ? 'watchdog-late-exit' : 'watchdog-late', sentence)
    if (fatal) this.#parts.onFatal(sentence)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
