import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { toAlertPolicy } from '../../config/alert-policy.ts'
import type { AlertingConfiguration } from '../../config/alerting.ts'
import { type HealthProof, proveHealth } from '../../core/alerts/heartbeats/proof.ts'
import type { Incoming } from '../../core/alerts/types.ts'
import type { Event, State } from '../../core/state/types.ts'
import { AlertPath } from '../../engine/alerting/alert-path.ts'
import { HeartbeatsIn } from '../../engine/alerting/heartbeats/heartbeats-in.ts'
import { type HeartbeatOut, HeartbeatsOut } from '../../engine/alerting/heartbeats/heartbeats-out.ts'
import type { AlertObservation, DrillSettings, LogLevel } from '../../engine/alerting/parts.ts'
import type { AlertStore } from '../../ports/alert-store.ts'
import type { HookGate } from '../../ports/alerting.ts'
import type { Clock } from '../../ports/clock.ts'
import { relayPeer } from '../../relay/relay-peer.ts'
import { HEARTBEATS } from '../registry/heartbeats.ts'
import { createChannels } from './create-channels.ts'
import { healthFacts } from './health-facts.ts'
import { hookGate } from './hook-gate.ts'
import { minuteOfDay, ownTimeZone } from './local-time.ts'
import { lettersGone, observedEvent } from './observed.ts'

export type AlertServiceParts = {
  readonly clock: Clock
  readonly store: AlertStore
  readonly configuration: AlertingConfiguration
  /** Feeds the core. */
  readonly feed: (event: Event) => void
  readonly state: () => State
  readonly health: () => { readonly lostRounds: number; readonly storeOk: boolean }
  readonly log: (level: LogLevel, sentence: string) => void
}

/** How often the dead letters are counted, so that an alert about them ends with them. */
const COUNT_LETTERS_MS = 60_000

/** Everything that tells people, and everybody who is told that we live: made from the configuration, and from the next. */
export class AlertService {
  readonly path: AlertPath
  readonly #parts: AlertServiceParts
  readonly #heartbeatsIn: HeartbeatsIn
  readonly #heartbeatsOut: HeartbeatsOut
  readonly #withLetters = new Set<string>()
  #configuration: AlertingConfiguration
  #gate: HookGate
  #drillsSinceMs: number
  #letters: NodeJS.Timeout | undefined

  constructor(parts: AlertServiceParts) {
    const { clock, store, configuration, log } = parts
    this.#parts = parts
    this.#configuration = configuration
    this.#gate = hookGate(configuration)
    this.#drillsSinceMs = clock.now().wallMs
    this.#heartbeatsIn = new HeartbeatsIn({
      clock,
      store,
      expectations: expectationsOf(configuration),
      emit: (updates) => this.path.accept(updates),
    })
    this.#heartbeatsOut = new HeartbeatsOut({
      clock,
      senders: sendersOf(configuration),
      prove: () => this.proof(),
      name: senderOf(configuration),
      newRunId: randomUUID,
      onFailing: (name, failure) => {
        if (failure === undefined) log('info', `The heartbeat ${name} is sent again.`)
        else log('warn', `The heartbeat ${name} cannot be sent: ${failure.sentence}`)
      },
    })
    this.path = new AlertPath({
      clock,
      store,
      random: Math.random,
      minuteOfDay,
      heartbeatsIn: this.#heartbeatsIn,
      heartbeatsOut: () => this.#heartbeatsOut.status(),
      onObserved: (observation) => this.#observed(observation),
      log,
      ...speaking(configuration, clock.pace),
    })
  }

  start(): void {
    this.path.start()
    this.#heartbeatsIn.start()
    this.#heartbeatsOut.start()
    this.#letters = setInterval(() => this.#countLetters(), COUNT_LETTERS_MS)
  }

  async stop(signal: AbortSignal): Promise<void> {
    clearInterval(this.#letters)
    await Promise.all([this.#heartbeatsIn.close(), this.#heartbeatsOut.close()])
    await this.path.stop(signal)
  }

  reconfigure(configuration: AlertingConfiguration): void {
    if (drillOf(this.#configuration) === undefined) this.#drillsSinceMs = this.#parts.clock.now().wallMs
    this.#configuration = configuration
    this.#gate = hookGate(configuration)
    this.path.reconfigure(speaking(configuration, this.#parts.clock.pace))
    this.#heartbeatsIn.reconfigure(expectationsOf(configuration))
    this.#heartbeatsOut.reconfigure(sendersOf(configuration))
  }

  gate(): HookGate {
    return this.#gate
  }

  /** What the core decided to tell was put into the inbox, or could not be. */
  take(incoming: readonly Incoming[], committed: boolean): void {
    if (committed) this.path.wake()
    else this.path.tellDirectly(incoming)
  }

  healthMayHaveChanged(): void {
    this.#heartbeatsOut.healthMayHaveChanged()
  }

  proof(): HealthProof {
    const { clock, store, state, health } = this.#parts
    const now = clock.now()
    const facts = healthFacts({
      state: state(),
      now,
      ...health(),
      status: this.path.status(),
      waiting: store.oldestWaiting(),
      drillEveryMs: drillOf(this.#configuration)?.everyMs ?? 0,
      drillsSinceMs: this.#drillsSinceMs,
    })
    return proveHealth(facts, now.monoMs)
  }

  #observed(observation: AlertObservation): void {
    const { feed, log } = this.#parts
    const event = observedEvent(observation)
    if (event === undefined) log('error', observation.sentence)
    else feed(event)
    if (observation.code === 'dead-letter') this.#withLetters.add(observation.channel ?? '')
    this.healthMayHaveChanged()
  }

  /** Also those from before a restart: of these the path has said nothing. */
  #countLetters(): void {
    for (const { channel, dead } of this.path.status().channels) {
      if (dead > 0) this.#withLetters.add(channel)
      else if (this.#withLetters.delete(channel)) this.#parts.feed(lettersGone(channel))
    }
  }
}

/** What of the configuration speaks to people: the part that a reload replaces. */
function speaking(configuration: AlertingConfiguration, pace: number) {
  const { notifiers, policies } = createChannels(configuration.channels, pace)
  const { relay } = configuration
  return {
    policy: toAlertPolicy(configuration, policies),
    channels: notifiers,
    sender: senderOf(configuration),
    timeZone: ownTimeZone(),
    drill: drillOf(configuration),
    peer: relay === undefined ? undefined : relayPeer(relay),
  }
}

function senderOf({ alerts }: AlertingConfiguration): string {
  return alerts.sender ?? hostname()
}

/** Undefined where drills are not wanted, or would have nothing to go through. */
function drillOf({ alerts, channels }: AlertingConfiguration): DrillSettings | undefined {
  return alerts.drill.everyMs === 0 || channels.length === 0 ? undefined : alerts.drill
}

function sendersOf({ heartbeats }: AlertingConfiguration): HeartbeatOut[] {
  return heartbeats.map(({ name, type, everyMs, settings }) => {
    const registered = HEARTBEATS[type]
    // The schema admits registered types only.
    if (registered === undefined) throw new TypeError(`no heartbeat ${type} is registered`)
    return { sender: registered.create(name, settings), everyMs }
  })
}

function expectationsOf({ expectations }: AlertingConfiguration) {
  return expectations.map(({ name, everyMs, graceMs, alert }) => ({
    name,
    ...(everyMs === undefined ? {} : { everyMs }),
    ...(graceMs === undefined ? {} : { graceMs }),
    ...(alert === undefined ? {} : { alertMatchers: alert }),
  }))
}
