import { setImmediate } from 'node:timers/promises'
import type { AlertPolicy } from '../../core/alerts/policy.ts'
import type { Incident, Incoming } from '../../core/alerts/types.ts'
import { AlertPath } from '../alerting/alert-path.ts'
import type { AlertObservation, AlertPathParts } from '../alerting/parts.ts'
import { FakeChannel } from './alert-channel.ts'
import { alertPolicy } from './alert-samples.ts'
import { MemoryAlertStore } from './alert-store.ts'
import { ManualClock } from './manual-clock.ts'

const SETTLING_TURNS = 60

export type BenchOptions = Partial<Omit<AlertPathParts, 'policy' | 'store' | 'clock'>> & {
  readonly policy?: Partial<AlertPolicy>
  readonly store?: MemoryAlertStore
  readonly clock?: BenchClock
}

/** A clock that a test can also set, as a person does. */
export class BenchClock extends ManualClock {
  /** How far its wall clock is off. */
  wallErrorMs = 0

  override now() {
    const now = super.now()
    return { ...now, wallMs: now.wallMs + this.wallErrorMs }
  }

  /** What is done in many small turns is done before time goes on. */
  override async settle(): Promise<void> {
    for (let turn = 0; turn < SETTLING_TURNS; turn += 1) await setImmediate()
  }
}

/** The whole alert path on virtual time, with fake channels: one for each of the policy. */
export class AlertBench {
  readonly clock: BenchClock
  readonly store: MemoryAlertStore
  readonly policy: AlertPolicy
  readonly channels: ReadonlyMap<string, FakeChannel>
  readonly observed: AlertObservation[] = []
  readonly logged: string[] = []
  readonly path: AlertPath

  constructor(options: BenchOptions = {}) {
    const { policy, store = new MemoryAlertStore(), clock = new BenchClock(), ...rest } = options
    this.clock = clock
    this.store = store
    this.policy = alertPolicy(policy)
    this.channels = new Map(this.policy.channels.map(({ name }) => [name, new FakeChannel(name)]))
    this.path = new AlertPath({
      clock,
      store,
      policy: this.policy,
      channels: [...this.channels.values()],
      minuteOfDay: (wallMs) => Math.floor(wallMs / 60_000) % 1_440,
      random: () => 0.5,
      sender: 'watchdog',
      onObserved: (observation) => this.observed.push(observation),
      log: (_level, sentence) => this.logged.push(sentence),
      ...rest,
    })
  }

  async start(): Promise<this> {
    this.path.start()
    await this.clock.pass(0)
    return this
  }

  channel(name: string): FakeChannel {
    const found = this.channels.get(name)
    if (found === undefined) throw new TypeError(`no channel ${name}`)
    return found
  }

  /** Takes alerts in, and lets what follows at once happen. */
  async take(...incoming: Incoming[]): Promise<void> {
    await this.path.accept(incoming)
    await this.clock.pass(1)
  }

  pass(ms: number): Promise<void> {
    return this.clock.pass(ms)
  }

  get wallMs(): number {
    return this.clock.now().wallMs
  }

  /** The newest incident of a name. */
  incident(name: string): Incident {
    const found = this.store.listIncidents({ limit: 1_000 }).find(({ labels }) => labels.alertname === name)
    if (found === undefined) throw new TypeError(`no incident ${name}`)
    return found
  }

  /** The story of the newest incident of a name: `fired: HostDown fires`. */
  story(name: string): readonly string[] {
    return this.store.rows.timeline(this.incident(name).id, 100).map(({ kind, sentence }) => `${kind}: ${sentence}`)
  }

  async stop(): Promise<void> {
    const now = new AbortController()
    now.abort()
    const stopped = this.path.stop(now.signal)
    await this.clock.pass(0)
    await stopped
  }
}
