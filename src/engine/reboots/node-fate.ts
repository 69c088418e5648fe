import type { ClusterViews } from '../../core/cluster/types.ts'
import { isAnotherBoot } from '../../core/reboots/boot-change.ts'
import { departuresIn } from '../../core/reboots/departures.ts'
import { liveSigns } from '../../core/reboots/live.ts'
import { severityOf } from '../../core/reboots/weight.ts'
import { type At, elapsedMs } from '../../core/time.ts'
import type { JudgedReboot, NodeKey, SeenNode } from '../../ports/journal-tails.ts'
import type { Begun } from './evidence.ts'
import { FenceSigns } from './fence-signs.ts'
import { inquire } from './inquiry.ts'
import { JournalFollower } from './journal-follower.ts'
import { FOLLOW_MS, type RebootWatchParts, type WatchedCluster } from './parts.ts'
import { ledTo, sightOf } from './sighting.ts'

/** A node that has not answered for this long is away: its journal cannot be asked for. */
const AWAY_MS = 60_000
/** How long the journal of a node that is back is waited for. */
const PATIENCE_MS = 600_000

/** A boot that began since the node was last seen, until it is written down why. */
type Beginning = { readonly seen: SeenNode; readonly peers: readonly string[] }

/** Members of the cluster, by their numbers. */
export type Moved = (left: readonly number[], joined: readonly number[]) => void

/** One node: what was seen of it, whether it began anew, and why. */
export class NodeFate {
  readonly key: NodeKey
  readonly #cluster: WatchedCluster
  readonly #parts: RebootWatchParts
  readonly #closing = new AbortController()
  readonly #fence: FenceSigns
  readonly #follower: JournalFollower
  /** Told of members that its corosync saw leave and join, by their numbers. */
  readonly #moved: Moved
  #leaving: readonly number[] = []
  /** As it was last seen in a boot whose begin is written down. */
  #seen: SeenNode | undefined
  #seenAt: At | undefined
  #skewS = 0
  #beginning: Beginning | undefined
  #inquiring: Promise<void> | undefined
  #asked: Promise<void> | undefined

  constructor(key: NodeKey, cluster: WatchedCluster, parts: RebootWatchParts, moved: Moved) {
    const { clock, tails, telling, followMs = FOLLOW_MS } = parts
    this.key = key
    this.#cluster = cluster
    this.#parts = parts
    this.#moved = moved
    this.#seen = tails.seen(key)
    this.#fence = new FenceSigns(key, clock, telling, () => this.host)
    const cursor = this.#seen?.cursor
    this.#follower = new JournalFollower(key, {
      clock,
      watch: cluster.watch,
      tails,
      followMs,
      ...(cursor === undefined ? {} : { cursor }),
      answers: () => this.answers,
      followed: (reached, bootId) => this.#followed(reached, bootId),
      live: (lines) => this.#hear(lines),
      ...(parts.log === undefined ? {} : { log: parts.log }),
    })
  }

  get host(): string | undefined {
    return this.#cluster.hostOf(this.key.node)
  }

  /** Whether it was heard of lately. */
  get answers(): boolean {
    return this.#seenAt !== undefined && elapsedMs(this.#seenAt, this.#parts.clock.now()) <= AWAY_MS
  }

  start(): void {
    this.#fence.start()
    const [newest] = this.#parts.tails.judged(this.key, 1)
    if (newest !== undefined)
      this.#parts.telling.remembered?.({ ...this.key, verdict: newest.verdict, atMs: newest.atMs })
    if (this.#cluster.journals) this.#follower.start()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([this.#follower.close(), this.#inquiring, this.#asked])
  }

  /** After each change of the views. */
  look(views: ClusterViews): void {
    const own = views.views[this.key.node]?.own
    const seen = sightOf(this.key, views.views[this.key.node])
    if (own === undefined || seen === undefined || own.at === this.#seenAt) return
    const { clockS, clockOursS } = own.value
    if (clockS !== undefined && clockOursS !== undefined) this.#skewS = clockS - clockOursS
    const before = this.#beginning?.seen ?? this.#seen
    const passedMs =
      this.#seenAt === undefined
        ? Math.max(0, seen.seenMs - (before?.seenMs ?? seen.seenMs))
        : elapsedMs(this.#seenAt, own.at)
    this.#seenAt = own.at
    if (before === undefined || !isAnotherBoot(before, seen, passedMs)) return this.#goesOn(seen, before)
    const peers = Object.keys(views.views).filter((node) => node !== this.key.node)
    this.#fence.began()
    this.#beginning = { seen, peers }
    this.#inquiring ??= this.#inquireUntilDone().finally(() => {
      this.#inquiring = undefined
    })
  }

  /** Its peers saw it leave with a goodbye, or join. */
  left(): void {
    this.#fence.left()
  }

  joined(): void {
    this.#fence.joined()
  }

  /** What is due by the clock alone. */
  tick(): void {
    this.#fence.tick()
  }

  /** Looks into the newest reboot where that was not done: of a node that was never seen before, nothing is told. */
  know(): Promise<void> {
    if (this.#inquiring !== undefined) return this.#inquiring
    const seen = this.#seen
    const newest = this.#parts.tails.judged(this.key, 1)[0]
    if (seen === undefined || !this.answers || (newest !== undefined && ledTo(newest, seen))) return Promise.resolve()
    this.#asked ??= this.#inquire(() => this.#begun({ seen, peers: [] }), 0)
      .then((reboots) => {
        for (const reboot of reboots) this.#parts.tails.judge(reboot)
      })
      .finally(() => {
        this.#asked = undefined
      })
    return this.#asked
  }

  #hear(lines: readonly string[]): void {
    this.#fence.take(liveSigns(this.key.node, lines))
    const { left, joined, pending } = departuresIn(lines, this.#leaving)
    this.#leaving = pending
    if (left.length + joined.length > 0) this.#moved(left, joined)
  }

  #goesOn(seen: SeenNode, before: SeenNode | undefined): void {
    const bootId = seen.bootId ?? before?.bootId
    const bootedMs = before?.bootedMs ?? seen.bootedMs
    const known = { ...seen, bootedMs, ...(bootId === undefined ? {} : { bootId }) }
    if (this.#beginning !== undefined) {
      this.#beginning = { ...this.#beginning, seen: known }
      return
    }
    const cursor = before?.cursor
    this.#keep({ ...known, ...(cursor === undefined ? {} : { cursor }) })
  }

  #keep(seen: SeenNode): void {
    this.#seen = seen
    this.#parts.tails.see(seen)
  }

  #followed(cursor: string, bootId: string | undefined): void {
    const seen = this.#seen
    // Of a boot whose begin is not written down: a restart of ours has to find the end of the one before.
    if (seen === undefined || (bootId !== undefined && seen.bootId !== undefined && bootId !== seen.bootId)) return
    if (this.#beginning !== undefined) return
    this.#keep({ ...seen, cursor, ...(bootId === undefined ? {} : { bootId }) })
  }

  /** One that reboots again in the meantime is looked into once more: the journal holds both. */
  async #inquireUntilDone(): Promise<void> {
    while (this.#beginning !== undefined && !this.#closing.signal.aborted) {
      const { bootedMs } = this.#beginning.seen
      const current = () => this.#beginning?.seen.bootedMs === bootedMs
      const begun = this.#begun(this.#beginning)
      const reboots = await this.#inquire(
        () => (current() ? this.#begun(this.#beginning as Beginning) : begun),
        PATIENCE_MS,
      )
      if (this.#closing.signal.aborted || !current()) continue
      this.#settle(reboots)
    }
  }

  #settle(reboots: readonly JudgedReboot[]): void {
    const { seen } = this.#beginning as Beginning
    this.#beginning = undefined
    for (const reboot of reboots) this.#parts.tails.judge(reboot)
    // In one transaction with the verdicts, so that each is told once.
    this.#keep(seen)
    this.#parts.tails.flush()
    const { host } = this
    for (const { verdict, atMs } of reboots) {
      const about = { ...this.key, verdict, atMs, severity: severityOf(verdict) }
      this.#parts.telling.rebooted(host === undefined ? about : { ...about, host })
    }
  }

  async #inquire(begun: () => Begun, patienceMs: number): Promise<readonly JudgedReboot[]> {
    const { watch, journals } = this.#cluster
    const inquiry = { begun, watch: journals ? watch : undefined, skewS: this.#skewS, patienceMs }
    return (await inquire(this.#parts, inquiry, this.#closing.signal)) ?? []
  }

  #begun({ seen, peers }: Beginning): Begun {
    const before = this.#beginning === undefined ? undefined : this.#seen
    const { host } = this
    return {
      ...this.key,
      bootedMs: seen.bootedMs,
      peers,
      ...(host === undefined ? {} : { host }),
      ...(seen.bootId === undefined ? {} : { bootId: seen.bootId }),
      ...(seen.kernel === undefined ? {} : { kernel: seen.kernel }),
      ...(before === undefined ? {} : { before }),
    }
  }
}
