import { REFERENCE } from '../../src/core/evidence/observe.ts'
import type { Evidence } from '../../src/core/evidence/types.ts'
import type { HostPolicy, Policy } from '../../src/core/policy.ts'
import type { Event } from '../../src/core/state/types.ts'
import type { At } from '../../src/core/time.ts'

export type Heard = {
  /** Monotonic time at which the newest answered probe was sent. */
  lifeAtMs: number
  userlandAtMs: number
  /** Rounds in a row in which everything that could prove life was silent, or only the kernel answered. */
  silentRounds: number
  kernelRounds: number
  /** Since when it has not been well: 0 where its last round was. */
  unwellSinceMs: number
  /** Since when it counts as dead; 0 where it does not. */
  deadSinceMs: number
  healthySinceMs: number
  /** Not known to live: dead, wedged or unknown. */
  lost: boolean
  /** Every look since its last round or probe: when sent, and whether life was in it. */
  lastLookAtMs: number
  lastLookAlive: boolean
}

/** What the core was told of the hosts, kept independently of it. All times are the process's monotonic ones. */
export class Ledger {
  heard = new Map<string, Heard>()
  startedAtMs = 0
  graceFromMs = 0
  referencesSaid: boolean | undefined
  /** Since when too many hosts of a cluster were not alive. */
  stormSinceMs = new Map<string, number>()
  /** When the process last was known to run. */
  #lastEvent: At | undefined

  start(now: At): void {
    this.#forget(now.monoMs)
    this.startedAtMs = now.monoMs
    this.#lastEvent = now
  }

  #forget(nowMs: number): void {
    this.heard.clear()
    this.graceFromMs = nowMs
    this.referencesSaid = undefined
    this.stormSinceMs.clear()
  }

  event(event: Event, policy: Policy, now: At): void {
    this.#notice(2 * policy.intervalMs, now)
    if (event.kind === 'configured') {
      for (const name of this.heard.keys())
        if (!policy.hosts.some((host) => host.name === name)) this.heard.delete(name)
    }
    if (event.kind === 'round') this.#round(event.evidence, policy, now.monoMs)
    if (event.kind === 'probed') this.#look(event.evidence, policy)
  }

  /** Like the core it notes the time only now and then: by that much a shorter gap is one, too. */
  #notice(limitMs: number, now: At): void {
    const last = this.#lastEvent ?? now
    const monoGap = now.monoMs - last.monoMs
    const gap = Math.max(monoGap, now.wallMs - last.wallMs - monoGap)
    if (gap > limitMs) this.#forget(now.monoMs)
    if (gap > limitMs / 40) this.#lastEvent = now
  }

  of(host: string): Heard {
    let heard = this.heard.get(host)
    if (heard === undefined) {
      heard = {
        lifeAtMs: Number.NEGATIVE_INFINITY,
        userlandAtMs: Number.NEGATIVE_INFINITY,
        silentRounds: 0,
        kernelRounds: 0,
        unwellSinceMs: 0,
        deadSinceMs: 0,
        healthySinceMs: 0,
        lost: true,
        lastLookAtMs: Number.NEGATIVE_INFINITY,
        lastLookAlive: false,
      }
      this.heard.set(host, heard)
    }
    return heard
  }

  #look(evidence: readonly Evidence[], policy: Policy): void {
    for (const host of policy.hosts) {
      const answers = evidence.filter(({ host: name }) => name === host.name)
      if (answers.length > 0) this.#take(host, answers)
    }
  }

  #take(host: HostPolicy, answers: readonly Evidence[]): void {
    const heard = this.of(host.name)
    let alive = false
    for (const { says, proves, sentAt } of answers) {
      if (says !== 'life' || proves === 'none') continue
      if (host.onWedged !== 'cycle' || proves === 'userland') alive = true
      heard.lifeAtMs = Math.max(heard.lifeAtMs, sentAt.monoMs)
      if (proves === 'userland') heard.userlandAtMs = Math.max(heard.userlandAtMs, sentAt.monoMs)
    }
    const sentAtMs = (answers[0] as Evidence).sentAt.monoMs
    // A slow round may come in after a look that was asked later.
    if (sentAtMs < heard.lastLookAtMs) return
    heard.lastLookAtMs = sentAtMs
    heard.lastLookAlive = alive
  }

  #round(evidence: readonly Evidence[], policy: Policy, nowMs: number): void {
    const fresh = evidence.filter(({ sentAt }) => {
      return nowMs - sentAt.monoMs <= 2 * policy.intervalMs && sentAt.monoMs >= this.graceFromMs
    })
    const references = fresh.filter(({ host }) => host.startsWith(REFERENCE))
    this.referencesSaid = references.length === 0 ? undefined : references.some(({ says }) => says === 'life')
    for (const host of policy.hosts) {
      const answers = fresh.filter(({ host: name }) => name === host.name)
      const heard = this.of(host.name)
      if (answers.length > 0) this.#take(host, answers)
      const life = answers.some(({ says, proves }) => says === 'life' && proves !== 'none')
      const userland = answers.some(({ says, proves }) => says === 'life' && proves === 'userland')
      const broken = answers.length === 0 || answers.some(({ says }) => says === 'probe-broken')
      heard.silentRounds = life || broken ? 0 : heard.silentRounds + 1
      heard.kernelRounds = life && !userland && !broken ? heard.kernelRounds + 1 : 0
      // Silence and a kernel without its userland count after some rounds; being unable to ask counts at once.
      if (broken && !life) heard.lost = true
      else if (userland || (life && broken)) heard.lost = false
      else if (Math.max(heard.silentRounds, heard.kernelRounds) >= policy.failureThreshold) heard.lost = true
      const dead = heard.silentRounds >= policy.failureThreshold
      heard.deadSinceMs = dead ? heard.deadSinceMs || nowMs : 0
      heard.unwellSinceMs = userland ? 0 : heard.unwellSinceMs || nowMs
      heard.healthySinceMs = userland ? heard.healthySinceMs || nowMs : 0
    }
    this.#storms(policy, nowMs)
  }

  /** Hosts whose last round was not one of life; `off` are those that are off on purpose. */
  notAlive(policy: Policy, cluster: string, off: (host: HostPolicy) => boolean): string[] {
    return policy.hosts
      .filter((host) => host.cluster === cluster && this.#isSilent(host.name) && !off(host))
      .map(({ name }) => name)
  }

  #isSilent(host: string): boolean {
    const { lost, silentRounds } = this.of(host)
    return lost || silentRounds > 0
  }

  #storms(policy: Policy, nowMs: number): void {
    for (const cluster of new Set(policy.hosts.map((host) => host.cluster))) {
      const count = policy.hosts.filter((host) => host.cluster === cluster).length
      const storm = this.notAlive(policy, cluster, () => false).length > Math.max(1, Math.floor((count - 1) / 2))
      if (!storm) this.stormSinceMs.delete(cluster)
      else if (!this.stormSinceMs.has(cluster)) this.stormSinceMs.set(cluster, nowMs)
    }
  }
}
