import type { AlertUpdate, Delivery, Incident, Incoming, Silence } from '../../core/alerts/types.ts'
import type { DeliveryQuery, IncidentQuery } from '../../ports/alert-store.ts'
import type {
  AlertAnswer,
  Alerting,
  AlertingStatus,
  DrillReport,
  HeartbeatIn,
  IncidentDetail,
  LegResult,
  SilenceRequest,
} from '../../ports/alerting.ts'
import type { CommitOutcome } from '../../ports/journal.ts'
import type { KeyState } from '../../ports/relay-peer.ts'
import { AlertDesk } from './alert-desk.ts'
import { Canaries } from './canary.ts'
import { DirectTelling } from './direct-telling.ts'
import { Dispatcher } from './dispatcher.ts'
import { Drills } from './drills.ts'
import { GoneChannels } from './gone-channels.ts'
import { HookCounts } from './hook-counts.ts'
import { Inflow } from './inflow.ts'
import { Ledger, STORE_RETRY_MS } from './ledger.ts'
import { Muting } from './muting.ts'
import { Observer } from './observer.ts'
import type { AlertPathParts, Reconfigured } from './parts.ts'
import { channelStatuses } from './path-status.ts'
import { Relay } from './relay.ts'
import { type Setup, setupOf } from './setup.ts'
import { takeUpState } from './start-state.ts'
import { Sweep } from './sweep.ts'
import { Uplink } from './uplink.ts'
import type { Hands } from './work.ts'
import { Workers } from './workers.ts'

/** Alerts of one row of the inbox, which is taken in one go. */
const MOST_A_ROW = 50

/**
 * The alert path: what comes in is written down, becomes incidents, is routed, and goes to the channels, until a person
 * has it. `wake` is called when something of our own was put into the inbox; `tellDirectly` when it could not be.
 */
export class AlertPath implements Alerting {
  #parts: AlertPathParts
  #setup: Setup
  readonly #muting = new Muting()
  readonly #closing = new AbortController()
  readonly #hooks = new HookCounts()
  readonly #uplink = new Uplink()
  readonly #sweep = new Sweep()
  readonly #gone = new GoneChannels()
  readonly #observer: Observer
  readonly #ledger: Ledger
  readonly #relay: Relay
  readonly #direct: DirectTelling
  readonly #canaries: Canaries
  readonly #drills: Drills
  readonly #desk: AlertDesk
  readonly #workers: Workers
  readonly #dispatcher: Dispatcher
  readonly #inflow = new Inflow()
  #running: Promise<void> = Promise.resolve()
  #begun = false

  constructor(parts: AlertPathParts) {
    this.#parts = parts
    this.#setup = setupOf(parts)
    const { clock, store, random, log } = parts
    const setup = () => this.#setup
    this.#observer = new Observer(clock, (observation) => this.#parts.onObserved(observation))
    const observe = this.#observer.observe
    this.#ledger = new Ledger({
      clock,
      store,
      muting: this.#muting,
      inflow: this.#inflow,
      setup,
      hands: this.#hands(),
      log,
    })
    const ledger = this.#ledger
    this.#relay = new Relay(clock, parts.peer, this.#closing.signal)
    const give: Workers['give'] = (channel, job) => this.#workers.give(channel, job)
    this.#direct = new DirectTelling({ clock, setup, random, log, give: (channel, job) => give(channel, job) === true })
    this.#canaries = new Canaries({
      clock,
      random,
      give,
      loops: (channel) => this.#setup.loops(channel),
      closing: this.#closing.signal,
    })
    const localMinute = (wallMs: number) => this.#parts.minuteOfDay(wallMs, this.#parts.timeZone)
    this.#drills = new Drills(
      { clock, ledger, setup, canaries: this.#canaries, random, observe, localMinute },
      parts.drill,
    )
    this.#desk = new AlertDesk({ store, ledger, setup, observe })
    this.#workers = new Workers({
      clock,
      ledger,
      random,
      observe,
      log,
      elsewhere: { relay: this.#relay, toldDirectly: (channel, fact) => this.#direct.told(channel, fact) },
      onOutcome: (channel, outcome) => {
        const observation = this.#uplink.note(channel, outcome, clock.now().monoMs)
        if (observation !== undefined) observe(observation)
      },
      gone: this.#gone,
      onGone: () => this.#dispatcher.wake(),
    })
    this.#dispatcher = new Dispatcher({
      clock,
      ledger,
      relay: this.#relay,
      sweep: this.#sweep,
      gone: this.#gone,
      observe,
      log,
    })
  }

  /** Takes up what an earlier process left, and begins; tries until the state can be written. */
  start(): void {
    this.#running = this.#run()
  }

  /** Calls that are under way come to their end, or until `signal` aborts. What is not told yet is on disk. */
  async stop(signal: AbortSignal): Promise<void> {
    this.#closing.abort()
    this.#dispatcher.close()
    const drills = this.#drills.stop()
    await Promise.all([this.#running, this.#workers.stop(signal)])
    await drills
  }

  /** Nothing that is on its way is lost: what waited for a channel that is gone takes the next step. */
  reconfigure(changed: Reconfigured): void {
    this.#parts = { ...this.#parts, ...changed }
    this.#setup = setupOf(this.#parts)
    this.#muting.forget()
    this.#relay.usePeer(this.#parts.peer)
    this.#uplink.forget(this.#setup.isThere)
    // Before the begin nothing is sent: what was on its way when we ended is not known yet.
    if (this.#begun) this.#workers.use(this.#setup, new Map())
    this.#drills.use(this.#parts.drill)
    this.#sweep.ask('firing')
    this.#dispatcher.wake()
  }

  /** Something was put into the inbox. */
  wake(): void {
    this.#dispatcher.wake()
  }

  /** Alerts of ours that could not be written down: they are told from memory, as well as that goes. */
  tellDirectly(incoming: readonly Incoming[]): void {
    this.#direct.tell(incoming)
  }

  async accept(incoming: readonly Incoming[]): Promise<CommitOutcome> {
    const { store, heartbeatsIn } = this.#parts
    const nowMs = this.#ledger.nowMs()
    this.#inflow.note(this.#parts.clock.now().monoMs)
    // A sign of life is taken at once; only what is to be told is written down.
    const rest = incoming.filter((each) => each.kind === 'note' || heartbeatsIn?.takesAlert(each, nowMs) !== true)
    const rows: Promise<CommitOutcome>[] = []
    for (let at = 0; at < rest.length; at += MOST_A_ROW) rows.push(store.accept(rest.slice(at, at + MOST_A_ROW), nowMs))
    const outcomes = await Promise.all(rows)
    this.#dispatcher.wake()
    return outcomes.find(({ ok }) => !ok) ?? { ok: true }
  }

  async heartbeat(name: string, beat: HeartbeatIn): Promise<AlertAnswer> {
    const taken = this.#parts.heartbeatsIn?.take(name, beat, this.#ledger.nowMs())
    return taken ?? { ok: false, code: 'unknown', sentence: `No heartbeat of the name ${name} is expected.` }
  }

  status(): AlertingStatus {
    const { store, heartbeatsIn, heartbeatsOut } = this.#parts
    const { last, okMs, dueMs } = this.#drills
    return {
      channels: channelStatuses(this.#setup, this.#workers, store.queues()),
      inbox: store.inboxSize(),
      firing: this.#muting.countFiring(),
      ...(last === undefined ? {} : { drill: last }),
      ...(okMs === undefined ? {} : { drillOkMs: okMs }),
      ...(dueMs === undefined ? {} : { drillDueMs: dueMs }),
      heartbeatsOut: heartbeatsOut?.() ?? [],
      heartbeatsIn: heartbeatsIn?.status() ?? [],
      hooks: this.#hooks.all(),
    }
  }

  list(query: IncidentQuery): readonly Incident[] {
    return this.#parts.store.listIncidents(query)
  }

  show(id: number): IncidentDetail | undefined {
    return this.#desk.show(id)
  }

  deliveries(query: DeliveryQuery): readonly Delivery[] {
    return this.#parts.store.listDeliveries(query)
  }

  acknowledge(id: number, by: string, comment: string): AlertAnswer {
    return this.#desk.acknowledge(id, by, comment)
  }

  silences(): readonly Silence[] {
    return this.#desk.silences()
  }

  silence(request: SilenceRequest): AlertAnswer & { readonly id?: number } {
    return this.#desk.silence(request)
  }

  endSilence(id: number, by: string): AlertAnswer {
    return this.#desk.endSilence(id, by)
  }

  replay(which: { readonly ids?: readonly number[]; readonly channel?: string }, by: string): AlertAnswer {
    return this.#desk.replay(which, by)
  }

  test(channel: string | undefined): Promise<readonly LegResult[]> {
    return this.#drills.test(channel)
  }

  drill(channel: string | undefined): Promise<DrillReport> {
    return this.#drills.drill(channel)
  }

  relayStates(keys: readonly string[]): Readonly<Record<string, KeyState>> {
    return this.#desk.relayStates(keys)
  }

  countHook(hook: string, result: string): void {
    this.#hooks.count(hook, result)
  }

  async #run(): Promise<void> {
    const { clock } = this.#parts
    for (;;) {
      const kept = takeUpState(this.#ledger, this.#parts.store, this.#gone)
      if (kept !== undefined) {
        this.#begun = true
        this.#workers.use(this.#setup, kept.channels)
        this.#drills.start(kept.drill)
        this.#sayWhatIsOver()
        break
      }
      await clock.sleep(STORE_RETRY_MS, this.#closing.signal)
      if (this.#closing.signal.aborted) return
    }
    await this.#dispatcher.run()
  }

  /** The word that something is over may have been lost with an earlier process. */
  #sayWhatIsOver(): void {
    const dead = new Set(this.#parts.store.queues().flatMap((queue) => (queue.dead > 0 ? [queue.channel] : [])))
    for (const { name: channel } of this.#setup.policy.channels) {
      if (this.#workers.get(channel)?.health.told !== true) {
        this.#observer.observe({
          code: 'channel-works',
          channel,
          sentence: `The channel ${channel} is not known to fail.`,
        })
      }
      if (!dead.has(channel)) {
        this.#observer.observe({ code: 'dead-letter-gone', channel, sentence: `No dead letter of ${channel} is left.` })
      }
    }
  }

  #hands(): Hands {
    return {
      wakeChannel: (channel, urgent) => this.#workers.wake(channel, urgent),
      observe: (observation) => this.#observer.observe(observation),
      lookAgain: (at) => {
        this.#sweep.ask(at)
        this.#dispatcher.wake()
      },
      canaryReturned: (update: AlertUpdate) => this.#canaries.returned(update),
    }
  }
}
