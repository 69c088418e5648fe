import { expect } from 'vitest'
import type { Told } from '../../core/state/types.ts'
import type { JournalTails } from '../../ports/journal-tails.ts'
import type { Rebooted, RebootWatchParts } from '../reboots/parts.ts'
import { RebootWatch } from '../reboots/reboot-watch.ts'
import { FakeNode, FakeWatch } from './fake-watch.ts'
import { ManualClock } from './manual-clock.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** Two nodes on virtual time, and whoever explains their reboots. */
export class RebootBench {
  readonly clock = new ManualClock()
  readonly pve1 = new FakeNode('pve1', this.clock)
  readonly pve2 = new FakeNode('pve2', this.clock)
  readonly cluster = new FakeWatch('home', [this.pve1, this.pve2])
  readonly tails: JournalTails
  readonly events: Told[] = []
  readonly rebooted: Rebooted[] = []
  /** What was told of alerts, fences and stops since it was last emptied. */
  said: string[] = []
  readonly #watches: RebootWatch[] = []

  constructor(tails: JournalTails) {
    this.tails = tails
  }

  watching(more: Partial<RebootWatchParts> = {}, journals = true): RebootWatch {
    const watch = new RebootWatch({
      clock: this.clock,
      clusters: [{ watch: this.cluster, journals, hostOf: (node) => node }],
      tails: this.tails,
      telling: {
        rebooted: (reboot) => this.rebooted.push(reboot),
        remembered: ({ node, verdict }) => this.said.push(`remembered ${node}: ${verdict.sentence}`),
        fence: ({ node }, _, holds, sentence) => this.said.push(`fence ${node} ${holds}: ${sentence}`),
        cleanStop: ({ node }, _, kind) => this.said.push(`stop ${node} ${kind}`),
      },
      history: ({ fromMs, untilMs }) => this.events.filter(({ at }) => at.wallMs >= fromMs && at.wallMs <= untilMs),
      ...more,
    })
    this.#watches.push(watch)
    watch.start()
    return watch
  }

  async stop(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.stop()))
    expect(this.cluster.listeners).toBe(0)
  }

  /** Time passes; the poller asks every ten seconds, and each node says something now and then. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 10_000) {
      await this.clock.pass(Math.min(left, 10_000))
      for (const node of this.cluster.nodes) {
        if (!this.cluster.away.has(node.name)) node.say('pvestatd[128]', 'auth key pair generated')
      }
      this.cluster.poll()
      await this.clock.settle()
    }
  }

  /** The power of a node is gone for `ms`. */
  async cut(node: FakeNode, ms: number, unsyncedMs?: number): Promise<void> {
    node.die(unsyncedMs)
    this.cluster.away.add(node.name)
    await this.pass(ms)
    node.boot(['EXT4-fs (dm-1): recovery complete'])
    await this.pass(20_000)
    this.cluster.away.delete(node.name)
    await this.pass(20_000)
  }

  tell(code: Told['code'], about: Partial<Told>): void {
    this.events.push({ code, severity: 'info', at: this.clock.now(), sentence: `${code} of ${about.host}`, ...about })
  }

  causes(): readonly string[] {
    return this.rebooted.map(({ node, verdict }) => `${node} ${verdict.cause} (${verdict.confidence})`)
  }
}
