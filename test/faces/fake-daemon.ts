import type { Finding } from '../../src/core/audit/types.ts'
import { HAPPENINGS, type HappeningCode } from '../../src/core/codes.ts'
import type { Order, State, Told } from '../../src/core/state/types.ts'
import type { At } from '../../src/core/time.ts'
import type { Proof } from '../../src/ports/alerting.ts'
import type { ClusterWatch } from '../../src/ports/cluster.ts'
import type { Daemon, DaemonHealth, EventQuery, OrderAnswer, ProbeStat, StoredEvent } from '../../src/ports/daemon.ts'
import type { NodeWatchdogs } from '../../src/ports/node-watchdog.ts'
import { ago, HOUR, NOON, SECOND } from './clock.ts'
import { FakeAlerting } from './fake-alerting.ts'
import { calm } from './situation.ts'

/** A daemon that decides nothing: it shows the state that a test gives it, and remembers what was ordered. */
export class FakeDaemon implements Daemon {
  readonly about = {
    version: '0.1.0',
    startedAt: ago(50 * HOUR),
    pid: process.pid,
    configuration: '/etc/proxmox-watchdog/watchdog.yaml',
    stateDirectory: '/var/lib/proxmox-watchdog',
  }
  alerting: FakeAlerting | undefined = new FakeAlerting()
  watched: readonly ClusterWatch[] = []
  watchdogs: NodeWatchdogs | undefined
  found: readonly Finding[] = []
  proved: Proof = { well: true, reasons: [] }
  readonly orders: Order[] = []
  readonly history: StoredEvent[] = []
  readonly #listeners = new Set<(told: Told) => void>()
  current: State
  answer: (order: Order) => OrderAnswer = () => ({ ok: true, code: 'claim-made', sentence: 'Recorded.' })
  nextSteps: Record<string, { sentence: string; at?: At }> = {}
  wrong: Partial<DaemonHealth> = {}
  storeWorks = true
  clock: At = NOON

  constructor(state: State = calm()) {
    this.current = state
  }

  state(): State {
    return this.current
  }

  now(): At {
    return this.clock
  }

  explain(host: string) {
    const known = this.current.hostsNow[host]
    if (!this.current.policy.hosts.some(({ name }) => name === host)) return undefined
    return {
      host,
      verdict: known?.verdict ?? ('unknown' as const),
      guards: [
        { code: 'host-alive', holds: known?.verdict === 'up', sentence: `icmp answered 12 s ago.` },
        { code: 'storm', holds: false, sentence: '1 of 4 hosts of home is silent; 1 is allowed.' },
      ],
      next: this.nextSteps[host] ?? { sentence: 'Nothing: it answers.' },
    }
  }

  events(query: EventQuery): readonly StoredEvent[] {
    const matching = this.history.filter(
      (event) =>
        (query.host === undefined || event.host === query.host) &&
        (query.code === undefined || event.code === query.code) &&
        (query.intent === undefined || event.intent === query.intent) &&
        (query.sinceWallMs === undefined || event.at.wallMs >= query.sinceWallMs) &&
        (query.afterId === undefined || event.id > query.afterId),
    )
    return query.afterId === undefined ? matching.slice(-query.limit) : matching.slice(0, query.limit)
  }

  async order(order: Order): Promise<OrderAnswer> {
    this.orders.push(order)
    return this.answer(order)
  }

  health(): DaemonHealth {
    return {
      live: true,
      ready: true,
      reasons: [],
      loopLagMs: 3,
      lastRoundAt: ago(12 * SECOND),
      rounds: 120,
      lateRounds: 0,
      ...this.wrong,
    }
  }

  proof(): Proof {
    return this.proved
  }

  clusters(): readonly ClusterWatch[] {
    return this.watched
  }

  async audit(): Promise<readonly Finding[]> {
    return this.found
  }

  nodeWatchdogs(): NodeWatchdogs | undefined {
    return this.watchdogs
  }

  probeStats(): readonly ProbeStat[] {
    const stat = (of: ProbeStat['of'], target: string, channel: string, says: 'life' | 'silence'): ProbeStat => ({
      of,
      target,
      channel,
      kind: channel.replace(/:.*/, ''),
      last: { at: ago(12 * SECOND), says, durationMs: says === 'life' ? 0.4 : 5000, detail: says },
      life: says === 'life' ? 120 : 112,
      silence: says === 'life' ? 0 : 8,
      broken: 0,
    })
    const hosts = this.current.policy.hosts.flatMap(({ name, channels }) =>
      channels.map((channel) =>
        stat('host', name, channel.name, this.current.hostsNow[name]?.verdict === 'down' ? 'silence' : 'life'),
      ),
    )
    const references = this.current.policy.references.map(({ name }) => stat('reference', name, 'icmp', 'life'))
    return [...hosts, ...references, stat('canary', 'loopback', 'icmp', 'life')]
  }

  async reload() {
    return { ok: false, sentence: 'watchdog.yaml:3:7: intervall is not known; did you mean interval?' }
  }

  async backup(file: string) {
    return file.startsWith('/nowhere')
      ? { ok: false as const, code: 'missing', sentence: `${file} cannot be written: its folder does not exist.` }
      : { ok: true as const }
  }

  exportState(): unknown {
    return { format: 'situation', state: this.current }
  }

  subscribe(listener: (told: Told) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get listeners(): number {
    return this.#listeners.size
  }

  /** As after a commit: in the history first (where that can be written), then to the listeners. */
  tell(code: HappeningCode, sentence: string, about: Partial<Told> = {}): void {
    const told: Told = { code, severity: HAPPENINGS[code][0], at: this.clock, sentence, ...about }
    if (this.storeWorks) this.history.push({ ...told, id: this.history.length + 1 })
    for (const listener of this.#listeners) listener(told)
  }
}
