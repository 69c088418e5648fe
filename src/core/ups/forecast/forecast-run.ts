import type { Evidence } from '../../evidence/types.ts'
import type { Command, CommandResult, Reading } from '../../power/types.ts'
import { apply, snapshotOf } from '../../state/apply.ts'
import { decide } from '../../state/decide.ts'
import { feedsOf, initialState, roundOf } from '../../state/initial.ts'
import type { Effect, Event, State, Told } from '../../state/types.ts'
import { type At, later } from '../../time.ts'
import type { UpsPolicy } from '../policy.ts'
import { BatteryModel } from './battery-model.ts'
import { SiteModel } from './site-model.ts'
import type { Suppositions } from './types.ts'

const SECOND = 1_000
const READ_EVERY_MS = 5 * SECOND
const SITE_EVERY_MS = 15 * SECOND
const SWITCHING_MS = 2 * SECOND
const MOST_TURNS = 50

type Later = { readonly atMs: number; readonly event: () => Event }

/** One supposed power failure: the real core decides, and a model of the site does as it is told, in virtual time. */
export class ForecastRun {
  readonly site: SiteModel
  readonly batteries: readonly BatteryModel[]
  readonly told: (Told & { readonly afterMs: number })[] = []
  state: State
  nowMs = 0
  readonly #start: At
  readonly #policy: UpsPolicy
  readonly #own: string | undefined
  #bootedAtMs = 0
  #boots = 0
  #away = false
  #round: number
  #wakeAtMs: number | undefined
  #later: Later[] = []
  #every: { readonly ms: number; nextMs: number; readonly run: () => void }[]

  constructor(state: State, policy: UpsPolicy, at: At, supposed: Suppositions) {
    this.state = state
    this.#start = at
    this.#policy = policy
    this.#own = state.policy.hosts.find(({ runsHere }) => runsHere)?.name
    this.#round = roundOf(state).round
    this.site = new SiteModel(state, policy)
    this.batteries = policy.units.map(({ name }) => new BatteryModel(state, policy, name, supposed.runtimeMs))
    const { intervalMs, deviceCheckMs } = state.policy
    this.#every = [
      { ms: READ_EVERY_MS, nextMs: 0, run: () => this.#read() },
      { ms: SITE_EVERY_MS, nextMs: 0, run: () => this.#show() },
      { ms: intervalMs, nextMs: intervalMs, run: () => this.#ask() },
      { ms: deviceCheckMs, nextMs: deviceCheckMs, run: () => this.#look() },
    ]
  }

  /** The watchdog went down with its own machine. */
  get isAway(): boolean {
    return this.#away
  }

  get own(): string | undefined {
    return this.#own
  }

  fail(units: readonly string[] | undefined): void {
    for (const battery of this.batteries) battery.onBattery = units === undefined || units.includes(battery.unit)
  }

  restore(): void {
    for (const battery of this.batteries) battery.onBattery = false
    for (const { name } of this.state.policy.hosts) this.site.powered(name, this.nowMs)
    if (this.#away && this.#own !== undefined && !this.site.runs(this.#own)) this.site.boot(this.#own, this.nowMs)
  }

  /** Goes on to the next moment at which something happens, and lets it happen. */
  step(): void {
    const next = Math.min(
      ...this.#every.map(({ nextMs }) => nextMs),
      ...this.#later.map(({ atMs }) => atMs),
      this.site.nextMs(),
      this.#wakeAtMs ?? Number.POSITIVE_INFINITY,
    )
    this.#pass(Math.max(next, this.nowMs))
    this.#followOwn()
    const due = this.#later.filter(({ atMs }) => atMs <= this.nowMs)
    this.#later = this.#later.filter(({ atMs }) => atMs > this.nowMs)
    for (const { event } of due) this.#deliver(event())
    for (const each of this.#every) {
      if (each.nextMs > this.nowMs) continue
      each.nextMs = this.nowMs + each.ms
      each.run()
    }
    for (let turns = 0; this.#wakeAtMs !== undefined && this.#wakeAtMs <= this.nowMs; turns += 1) {
      if (turns > MOST_TURNS) throw new Error('the plan wakes itself for ever')
      this.#wakeAtMs = undefined
      this.#deliver({ kind: 'wake' })
    }
  }

  #now(): At {
    const at = later(this.#start, this.nowMs)
    if (this.#boots === 0) return at
    return { wallMs: at.wallMs, bootId: `${this.#start.bootId}+${this.#boots}`, monoMs: this.nowMs - this.#bootedAtMs }
  }

  #pass(toMs: number): void {
    const runs = (host: string) => this.site.runs(host)
    for (const battery of this.batteries) battery.pass(toMs - this.nowMs, runs)
    this.nowMs = toMs
    for (const { host, units } of this.#policy.hosts) {
      const fed = this.batteries.filter(({ unit }) => units.includes(unit))
      if (fed.length > 0 && fed.every(({ isEmpty }) => isEmpty)) this.site.cut(host, toMs)
    }
    this.site.pass(toMs)
  }

  /** It goes down with its machine, and is another process after that has booted. */
  #followOwn(): void {
    if (this.#own === undefined) return
    const isAway = !this.site.answers(this.#own, this.nowMs)
    if (this.#away && !isAway) this.#restart()
    this.#away = isAway
    if (isAway) this.#later = []
  }

  #restart(): void {
    this.#boots += 1
    this.#bootedAtMs = this.nowMs
    this.#away = false
    const feeds = feedsOf(this.state)
    this.state = initialState(snapshotOf(this.state), this.state.policy, this.#now())
    this.#round = 0
    this.#deliver({ kind: 'started', breadcrumbs: [] })
    this.#deliver({ kind: 'fed', feeds })
  }

  #deliver(event: Event): void {
    if (this.#away) return
    const now = this.#now()
    const decision = decide(this.state, event, now)
    this.state = apply(this.state, decision.changes)
    for (const told of decision.told) this.told.push({ ...told, afterMs: this.nowMs })
    this.#wakeAtMs = decision.wakeAt === undefined ? undefined : this.nowMs + decision.wakeAt.monoMs - now.monoMs
    for (const effect of decision.effects) this.#act(effect)
  }

  #act(effect: Effect): void {
    if (effect.kind === 'errand') {
      const { errand } = effect
      const { afterMs, end } = this.site.carryOut(errand, this.nowMs)
      this.#soon(afterMs, () => ({ kind: 'errand-result', errand: errand.id, result: end() }))
    } else if (effect.kind === 'probe') {
      this.#soon(SECOND, () => ({ kind: 'probed', evidence: this.#evidence(0, effect.hosts) }))
    } else if (effect.kind === 'command') {
      const { command } = effect
      this.#soon(SWITCHING_MS, () => ({ kind: 'command-result', command: command.id, result: this.#switch(command) }))
    }
  }

  #soon(afterMs: number, event: () => Event): void {
    this.#later.push({ atMs: this.nowMs + Math.max(SECOND, afterMs), event })
  }

  #read(): void {
    const runs = (host: string) => this.site.runs(host)
    this.#deliver({ kind: 'ups-read', readings: this.batteries.map((each) => each.reading(this.#now(), runs)) })
  }

  #show(): void {
    const feeds = feedsOf(this.state)
    for (const site of this.site.sites(this.#now())) {
      if (site.nodes.some(({ online }) => online)) this.#deliver({ kind: 'power-site', site })
    }
    this.#deliver({ kind: 'fed', feeds: { ...feeds, peers: this.site.peers(this.#now()) } })
  }

  #ask(): void {
    this.#round += 1
    this.#deliver({ kind: 'round', round: this.#round, evidence: this.#evidence(this.#round) })
  }

  #evidence(round: number, only?: readonly string[]): readonly Evidence[] {
    const { hosts, references } = this.state.policy
    const asked = [
      ...hosts.map(({ name, channels }) => ({ name, channels, lives: this.site.answers(name, this.nowMs) })),
      ...references.map(({ name, channels }) => ({
        name: `reference:${name}`,
        channels: channels.map((channel) => ({ name: channel, proves: 'userland' as const })),
        lives: true,
      })),
    ].filter(({ name }) => only === undefined || only.includes(name))
    const at = this.#now()
    return asked.flatMap(({ name, channels, lives }) =>
      channels.map((channel): Evidence => {
        const says = lives ? 'life' : 'silence'
        const proves = lives ? channel.proves : 'none'
        const given = { host: name, vantage: 'forecast', channel: channel.name, round, says, proves } as const
        return { ...given, sentAt: at, receivedAt: at, detail: says }
      }),
    )
  }

  /** Devices that were read are read on. */
  #look(): void {
    for (const { device, readings, reachable } of Object.values(this.state.devicesNow)) {
      if (reachable !== true) continue
      const now = Object.keys(readings).map((outlet) => [outlet, this.#reading(device, outlet)] as const)
      const identity = this.state.pins[device]
      const read = { kind: 'device-read', device, readings: Object.fromEntries(now) } as const
      this.#deliver(identity === undefined ? read : { ...read, identity })
    }
  }

  #reading(device: string, outlet: string): Reading {
    const before = this.state.devicesNow[device]?.readings[outlet]
    const host = this.#hostOn(device, outlet)
    const at = this.#now()
    if (host === undefined) return { ...(before ?? { state: 'unknown' }), at }
    const isOn = this.site.isOutletOn(host)
    const watts = before?.watts === undefined ? {} : { watts: this.site.runs(host) ? before.watts || 1 : 0 }
    return { state: isOn ? 'on' : 'off', ...watts, at }
  }

  #switch({ op, ref }: Command): CommandResult {
    const host = this.#hostOn(ref.device, ref.outlet)
    if (host !== undefined && (op === 'off' || op === 'on')) this.site.switchOutlet(host, op === 'on', this.nowMs)
    const identity = this.state.pins[ref.device]
    const result = { outcome: 'ok', reading: this.#reading(ref.device, ref.outlet) } as const
    return identity === undefined ? result : { ...result, identity }
  }

  #hostOn(device: string, outlet: string): string | undefined {
    const isIt = (ref: { device: string; outlet: string }) => ref.device === device && ref.outlet === outlet
    return this.state.policy.hosts.find(({ levels }) => levels.some((level) => level.some(isIt)))?.name
  }
}
