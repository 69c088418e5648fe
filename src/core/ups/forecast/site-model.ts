import { feedsOf } from '../../state/initial.ts'
import type { PeersView, State } from '../../state/types.ts'
import type { At } from '../../time.ts'
import type { Errand, ErrandResult } from '../errands.ts'
import { learnedBoot, learnedGuest, learnedMs, learnedNode } from '../learned.ts'
import type { UpsPolicy } from '../policy.ts'
import type { PowerSite, SiteGuest } from '../site.ts'

/** What a host takes from power to an answer, until that was measured. */
export const SUPPOSED_BOOT_MS = 3 * 60_000
const ORDER_MS = 1_000
const HA_MS = 15_000
const GUEST_START_MS = 10_000
/** Guests with onboot run so long after their node answers. */
const ONBOOT_MS = 30_000
/** The first seconds of a shutdown, in which a host still answers. */
const STILL_ANSWERS_MS = 5_000

type Host = { state: 'up' | 'going-down' | 'off' | 'booting'; changesAtMs?: number; outlet: boolean }
type Guest = SiteGuest & { running?: boolean; startsAtMs?: number }

export type Answered = { readonly afterMs: number; readonly end: () => ErrandResult }

const DONE: ErrandResult = { outcome: 'done', code: 'done', sentence: 'It is done.' }

/** Hosts, guests and HA in a forecast: everything does as it is told, in the time that it took before. */
export class SiteModel {
  readonly #state: State
  readonly #policy: UpsPolicy
  readonly #hosts = new Map<string, Host>()
  readonly #sites = new Map<string, PowerSite>()
  readonly #guests = new Map<string, Guest[]>()
  readonly #quiet = new Map<string, boolean>()
  /** Hosts that a battery left in the middle of their work. */
  readonly lost: { readonly host: string; readonly atMs: number }[] = []

  constructor(state: State, policy: UpsPolicy) {
    this.#state = state
    this.#policy = policy
    for (const { name } of state.policy.hosts) {
      const isDown = state.hostsNow[name]?.verdict === 'down'
      this.#hosts.set(name, { state: isDown ? 'off' : 'up', outlet: true })
    }
    for (const site of Object.values(state.powerSites)) {
      this.#sites.set(site.cluster, site)
      this.#guests.set(
        site.cluster,
        site.guests.map((guest) => ({ ...guest })),
      )
      this.#quiet.set(site.cluster, site.ha.quiet)
    }
  }

  runs(host: string): boolean {
    const state = this.#hosts.get(host)?.state
    return state !== undefined && state !== 'off'
  }

  answers(host: string, nowMs: number): boolean {
    const known = this.#hosts.get(host)
    if (known?.state !== 'going-down') return known?.state === 'up'
    return nowMs < this.#wentAtMs(host, known) + STILL_ANSWERS_MS
  }

  isOutletOn(host: string): boolean {
    return this.#hosts.get(host)?.outlet !== false
  }

  switchOutlet(host: string, on: boolean, nowMs: number): void {
    const known = this.#hosts.get(host)
    if (known === undefined || known.outlet === on) return
    known.outlet = on
    if (on) this.boot(host, nowMs)
    else this.#off(host)
  }

  /** Its UPS is empty. */
  cut(host: string, atMs: number): void {
    if (!this.runs(host)) return
    this.lost.push({ host, atMs })
    this.#off(host)
  }

  lostAtMs(host: string): number | undefined {
    return this.lost.find((each) => each.host === host)?.atMs
  }

  /** Mains is back: what had lost its power starts by its firmware, as is supposed. */
  powered(host: string, nowMs: number): void {
    if (this.lostAtMs(host) !== undefined && !this.runs(host)) this.boot(host, nowMs)
  }

  pass(nowMs: number): void {
    for (const [name, host] of this.#hosts) {
      if (host.changesAtMs === undefined || host.changesAtMs > nowMs) continue
      host.changesAtMs = undefined
      if (host.state === 'going-down') this.#off(name)
      else if (host.state === 'booting') this.#up(name, host, nowMs)
    }
    for (const guests of this.#guests.values()) {
      for (const guest of guests) {
        if (guest.startsAtMs === undefined || guest.startsAtMs > nowMs) continue
        guest.startsAtMs = undefined
        guest.running = true
      }
    }
  }

  /** When something changes by itself. */
  nextMs(): number {
    const hosts = [...this.#hosts.values()].map(({ changesAtMs = Number.POSITIVE_INFINITY }) => changesAtMs)
    const guests = [...this.#guests.values()].flat().map(({ startsAtMs = Number.POSITIVE_INFINITY }) => startsAtMs)
    return Math.min(Number.POSITIVE_INFINITY, ...hosts, ...guests)
  }

  carryOut(errand: Errand, nowMs: number): Answered {
    switch (errand.do) {
      case 'quiet-ha':
      case 'arm-ha':
        return done(HA_MS, () => this.#setHa(errand.cluster, errand.do === 'quiet-ha', nowMs + HA_MS))
      case 'stop-guest': {
        const tookMs = learnedMs(this.#state, learnedGuest(errand.cluster, errand.guest)) ?? errand.timeoutMs
        return done(Math.min(tookMs, errand.timeoutMs), () => this.#setGuest(errand.cluster, errand.guest, false))
      }
      case 'start-guest':
        return done(GUEST_START_MS, () => this.#setGuest(errand.cluster, errand.guest, true))
      case 'shutdown-node':
        return done(ORDER_MS, () => this.#shutDown(errand.host, nowMs))
      case 'wake':
        return done(ORDER_MS, () => {
          if (this.#hosts.get(errand.host)?.state === 'off') this.boot(errand.host, nowMs)
        })
      case 'ceph-flags':
      case 'replicate':
        return done(ORDER_MS, () => {})
    }
  }

  /** Each cluster as it would be seen now. */
  sites(at: At): readonly PowerSite[] {
    return [...this.#sites.values()].map((site) => this.#site(site, at))
  }

  /** What the members of each cluster would say. */
  peers(at: At): Readonly<Record<string, PeersView>> {
    const views: Record<string, PeersView> = {}
    for (const [cluster, view] of Object.entries(feedsOf(this.#state).peers)) {
      const isUp = (host: string) => this.#hosts.get(host)?.state === 'up'
      const site = this.#sites.get(cluster)
      const quorate = site === undefined ? view.quorate : this.#site(site, at).trusted
      views[cluster] = { ...view, at, quorate, members: view.nodes.filter(isUp), cleanStops: {}, tasks: {} }
    }
    return views
  }

  #site(site: PowerSite, at: At): PowerSite {
    const isUp = (host: string | undefined, online: boolean) =>
      host === undefined ? online : this.#hosts.get(host)?.state === 'up'
    const nodes = site.nodes.map((node) => ({ ...node, online: isUp(node.host, node.online) }))
    const change = site.nodes.reduce((all, node, index) => {
      const isOnline = nodes[index]?.online === true
      return all + (isOnline === node.online ? 0 : isOnline ? node.votes : -node.votes)
    }, 0)
    const quorum = site.quorum === undefined ? undefined : { ...site.quorum, present: site.quorum.present + change }
    const isQuiet = this.#quiet.get(site.cluster) === true
    const trusted = quorum === undefined ? site.trusted : quorum.present >= quorum.needed
    return {
      ...site,
      at,
      nodes,
      trusted,
      guests: (this.#guests.get(site.cluster) ?? []).map((guest) => guestOf(guest, trusted ? nodes : [])),
      ...(quorum === undefined ? {} : { quorum }),
      ha: { ...site.ha, quiet: isQuiet, services: isQuiet ? [] : site.ha.services },
    }
  }

  #wentAtMs(host: string, { changesAtMs = 0 }: Host): number {
    return changesAtMs - this.#downMs(host)
  }

  #downMs(host: string): number {
    return learnedMs(this.#state, learnedNode(host)) ?? this.#policy.nodeDownMs
  }

  #shutDown(host: string, nowMs: number): void {
    const known = this.#hosts.get(host)
    if (known?.state !== 'up') return
    known.state = 'going-down'
    known.changesAtMs = nowMs + ORDER_MS + this.#downMs(host)
  }

  /** Its power has come, or a packet: it answers after the time that it takes. */
  boot(host: string, nowMs: number): void {
    const known = this.#hosts.get(host)
    if (known === undefined) return
    known.state = 'booting'
    known.changesAtMs = nowMs + (learnedMs(this.#state, learnedBoot(host)) ?? SUPPOSED_BOOT_MS)
  }

  #up(name: string, host: Host, nowMs: number): void {
    host.state = 'up'
    for (const guest of this.#guestsOn(name)) {
      if (guest.onboot && !guest.ha) guest.startsAtMs = nowMs + ONBOOT_MS
    }
  }

  #off(name: string): void {
    const host = this.#hosts.get(name)
    if (host === undefined) return
    host.state = 'off'
    host.changesAtMs = undefined
    for (const guest of this.#guestsOn(name)) {
      guest.running = false
      guest.startsAtMs = undefined
    }
  }

  #setHa(cluster: string, isQuiet: boolean, nowMs: number): void {
    this.#quiet.set(cluster, isQuiet)
    if (isQuiet) return
    for (const guest of this.#guests.get(cluster) ?? []) if (guest.ha) guest.startsAtMs = nowMs + ONBOOT_MS
  }

  #setGuest(cluster: string, id: string, running: boolean): void {
    const guest = this.#guests.get(cluster)?.find((each) => each.guest === id)
    if (guest !== undefined) Object.assign(guest, { running })
  }

  #guestsOn(host: string): readonly Guest[] {
    const found: Guest[] = []
    for (const site of this.#sites.values()) {
      const node = site.nodes.find((each) => each.host === host)?.node
      for (const guest of this.#guests.get(site.cluster) ?? []) if (guest.node === node) found.push(guest)
    }
    return found
  }
}

function done(afterMs: number, act: () => void): Answered {
  return {
    afterMs,
    end: () => {
      act()
      return DONE
    },
  }
}

/** Of a node that is away, or has no quorum, nobody tells what runs there. */
function guestOf({ startsAtMs: _, running, ...guest }: Guest, nodes: PowerSite['nodes']): SiteGuest {
  const isUp = nodes.find(({ node }) => node === guest.node)?.online === true
  return isUp && running !== undefined ? { ...guest, running } : guest
}
