import type { HappeningCode } from '../codes.ts'
import type { Draft } from '../state/draft.ts'
import type { State, Told } from '../state/types.ts'
import { type At, later, reached } from '../time.ts'
import type { ErrandWork } from './errands.ts'
import type { UpsPolicy } from './policy.ts'
import type { PowerSite } from './site.ts'
import type { Ask, ClusterProgress, GuestProgress, HostProgress, PowerOutage, StageProgress } from './types.ts'

const MOST_STORY = 200
/** An errand ends by its limit; this long after it nobody will answer any more. */
const LOST_AFTER_MS = 30_000

/** The row of a power failure while one decision is being made; it is put once, in the end. */
export class OutageEdit {
  readonly draft: Draft
  readonly policy: UpsPolicy
  outage: PowerOutage
  readonly #given: PowerOutage

  constructor(draft: Draft, policy: UpsPolicy, outage: PowerOutage) {
    this.draft = draft
    this.policy = policy
    this.outage = outage
    this.#given = outage
  }

  get state(): State {
    return this.draft.state
  }

  get now(): At {
    return this.draft.now
  }

  save(): void {
    const isNew = this.state.powerOutages[this.outage.id] === undefined
    if (isNew || this.outage !== this.#given) this.draft.put('powerOutages', this.outage.id, this.outage)
  }

  set(part: Partial<PowerOutage>): void {
    this.outage = { ...this.outage, ...part }
  }

  setHost(host: string, part: Partial<HostProgress>): void {
    const before = this.outage.hosts[host]
    if (before === undefined) return
    this.set({ hosts: { ...this.outage.hosts, [host]: { ...before, ...part } } })
  }

  setGuest(key: string, guest: GuestProgress): void {
    this.set({ guests: { ...this.outage.guests, [key]: guest } })
  }

  setCluster(cluster: string, part: Partial<ClusterProgress>): void {
    const before = this.cluster(cluster)
    this.set({ clusters: { ...this.outage.clusters, [cluster]: { ...before, ...part } } })
  }

  setStage(index: number, part: Partial<StageProgress>): void {
    this.set({ stages: this.outage.stages.map((stage, at) => (at === index ? { ...stage, ...part } : stage)) })
  }

  cluster(cluster: string): ClusterProgress {
    return this.outage.clusters[cluster] ?? freshCluster(cluster)
  }

  site(cluster: string): PowerSite | undefined {
    return this.state.powerSites[cluster]
  }

  /** Every host of the failure, in the order of the configuration. */
  hosts(): readonly HostProgress[] {
    return Object.values(this.outage.hosts)
  }

  guestsOn(host: string): readonly GuestProgress[] {
    return Object.values(this.outage.guests).filter((guest) => guest.host === host)
  }

  /** Told, and kept with the failure for its report. */
  tell(code: HappeningCode, sentence: string, about: Omit<Partial<Told>, 'code' | 'sentence' | 'at'> = {}): void {
    this.draft.tell(code, sentence, about)
    const story = [...this.outage.story, { at: this.now, sentence }]
    this.set({ story: story.slice(-MOST_STORY) })
  }

  /** Sends an errand, whose id is in the answered `Ask`: both are on disk before it leaves. */
  ask(before: Ask, work: ErrandWork, limitMs: number): Ask {
    const id = this.draft.newId('errand')
    this.draft.effect({ kind: 'errand', errand: { id, limitMs, ...work } })
    const lostAt = later(this.now, limitMs + LOST_AFTER_MS)
    this.draft.wakeBy(lostAt)
    return { attempts: before.attempts + 1, errand: id, askedAt: this.now, lostAt }
  }

  /** Whether nothing is out, or what is out was lost, and its time to be asked again has come. */
  mayAsk(ask: Ask): boolean {
    if (ask.errand !== undefined) return ask.lostAt !== undefined && this.isReached(ask.lostAt)
    return ask.nextAt === undefined || this.isReached(ask.nextAt)
  }

  /** Asks to be woken for what is not reached yet. */
  isReached(at: At): boolean {
    if (reached(at, this.now)) return true
    this.draft.wakeBy(at)
    return false
  }
}

export const NOT_ASKED: Ask = { attempts: 0 }

export function freshCluster(cluster: string): ClusterProgress {
  return {
    cluster,
    ha: 'armed',
    haServices: [],
    haAsk: NOT_ASKED,
    ceph: 'clear',
    cephAsk: NOT_ASKED,
    replicated: [],
    replicateAsk: NOT_ASKED,
  }
}
