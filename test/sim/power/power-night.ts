import type { Evidence } from '../../../src/core/evidence/types.ts'
import type { HostPolicy, Policy } from '../../../src/core/policy.ts'
import type { Command, CommandResult } from '../../../src/core/power/types.ts'
import { EMPTY_SNAPSHOT } from '../../../src/core/state/initial.ts'
import type { Effect, Event, PeersView, Snapshot, State, Told } from '../../../src/core/state/types.ts'
import type { At } from '../../../src/core/time.ts'
import type { Errand, ErrandResult } from '../../../src/core/ups/errands.ts'
import type { FedHost, UpsPolicy } from '../../../src/core/ups/policy.ts'
import type { UpsReading } from '../../../src/core/ups/reading.ts'
import type { PowerSite } from '../../../src/core/ups/site.ts'
import type { PowerOutage } from '../../../src/core/ups/types.ts'
import { POLICY } from '../../faces/situation.ts'
import { UPS } from '../../faces/ups-situation.ts'
import { type Core, realCore } from '../core.ts'
import { judgeErrand } from './judge.ts'
import { PowerWorld, type WorldSpec } from './power-world.ts'

const SECOND = 1_000
export const MINUTE = 60 * SECOND

export type NightOptions = {
  readonly world: WorldSpec
  readonly ups?: Partial<UpsPolicy>
  readonly fed?: Partial<Record<string, Partial<FedHost>>>
  readonly runsHere?: string
  readonly mode?: 'act' | 'dry-run'
  /** What becomes of an errand: by its number. */
  readonly fault?: (errand: Errand, number: number) => 'none' | 'lost' | 'unclear' | 'failed'
  /** A mutant in place of the real one. */
  readonly core?: Core
}

/** The plan for power failures on a small site, second by second of virtual time: the core decides, the world obeys. */
export class PowerNight {
  readonly world: PowerWorld
  readonly told: Told[] = []
  readonly errands: Errand[] = []
  readonly broken: string[] = []
  policy: Policy
  durable: Snapshot = EMPTY_SNAPSHOT
  state: State
  storeOk = true
  /** Errands fail no more. */
  healed = false
  readonly #options: NightOptions
  readonly #core: Core
  #boot = 1
  #bootedS = 0
  #round = 0
  #wakeAtMs: number | undefined
  #process = 1
  #later: { atS: number; process: number; event: () => Event }[] = []
  wallJumpMs = 0
  #away = false

  constructor(options: NightOptions) {
    this.#options = options
    this.#core = options.core ?? realCore
    this.world = new PowerWorld(options.world)
    this.policy = policyOf(options)
    this.state = this.#core.initialState(this.durable, this.policy, this.now())
    this.deliver({ kind: 'started', breadcrumbs: [] })
    this.deliver({ kind: 'fed', feeds: { peers: {}, peersConfigured: ['main'] } })
    this.#devices()
    this.#sites()
  }

  now(): At {
    const monoMs = (this.world.nowS - this.#bootedS) * SECOND
    return {
      wallMs: 1_700_000_000_000 + this.world.nowS * SECOND + this.wallJumpMs,
      bootId: `boot-${this.#boot}`,
      monoMs,
    }
  }

  /** Another process on the same state; with `reboot` on a machine that has started anew. */
  restart({ reboot = false } = {}): void {
    this.#process += 1
    if (reboot) {
      this.#boot += 1
      this.#bootedS = this.world.nowS
    }
    for (const unit of Object.values(this.world.units)) unit.connection += 1
    this.state = this.#core.initialState(this.durable, this.policy, this.now())
    this.deliver({ kind: 'started', breadcrumbs: [] })
    this.deliver({ kind: 'fed', feeds: { peers: {}, peersConfigured: ['main'] } })
  }

  run(seconds: number): void {
    for (let passed = 0; passed < seconds; passed += 1) this.#second()
  }

  /** Runs until it holds, at most so many seconds; answers whether it did. */
  until(holds: () => boolean, seconds: number): boolean {
    for (let passed = 0; passed < seconds && !holds(); passed += 1) this.#second()
    return holds()
  }

  has(code: string, host?: string): boolean {
    return this.told.some((each) => each.code === code && (host === undefined || each.host === host))
  }

  when(code: string, host?: string): number {
    const found = this.told.find((each) => each.code === code && (host === undefined || each.host === host))
    return found === undefined ? Number.NaN : (found.at.wallMs - 1_700_000_000_000) / SECOND
  }

  outage(): PowerOutage | undefined {
    return Object.values(this.state.powerOutages).find(({ phase }) => phase !== 'over')
  }

  deliver(event: Event): void {
    const before = this.state
    const decision = this.#core.decide(this.state, event, this.now())
    this.state = this.#core.apply(this.state, decision.changes)
    if (this.storeOk) this.durable = this.#core.snapshotOf(this.state)
    this.told.push(...decision.told)
    for (const effect of decision.effects) this.#act(effect)
    this.#wakeAtMs = decision.wakeAt?.monoMs
    const live = Object.values(this.state.powerOutages).filter(({ phase }) => phase !== 'over')
    if (live.length > 1) this.broken.push('two power failures at once')
    if (before.policy !== this.state.policy) this.broken.push('the policy was changed')
  }

  /** The machine that carries us goes down and comes back like any other. */
  #isAway(): boolean {
    const own = this.#options.runsHere
    if (own === undefined) return false
    const isUp = this.world.lives(own)
    if (isUp && this.#away) this.restart({ reboot: true })
    this.#away = !isUp
    return this.#away
  }

  #second(): void {
    this.world.step()
    if (this.#isAway()) return
    const { nowS } = this.world
    const due = this.#later.filter(({ atS }) => atS <= nowS)
    this.#later = this.#later.filter(({ atS }) => atS > nowS)
    for (const { process, event } of due) {
      const made = event()
      if (process === this.#process) this.deliver(made)
    }
    if (nowS % 5 === 0) this.#units()
    if (nowS % 15 === 0) this.#sites()
    if (nowS % 30 === 0) this.#rounds()
    if (nowS % 60 === 0) this.#devices()
    for (let turns = 0; this.#isWakeDue(); turns += 1) {
      if (turns > 20) throw new Error('it wakes itself for ever')
      this.deliver({ kind: 'wake' })
    }
  }

  #isWakeDue(): boolean {
    return this.#wakeAtMs !== undefined && this.#wakeAtMs <= this.now().monoMs
  }

  #units(): void {
    const readings = Object.entries(this.world.units).map(([name, unit]): UpsReading => {
      const base = { ups: name, at: this.now(), connection: unit.connection }
      if (!unit.heard) return { ...base, hearing: 'unreachable', status: [], sentence: 'No answer.' }
      const runtimeS = this.world.runtimeS(name)
      const low = !unit.mains && runtimeS < 120 ? ['LB'] : []
      const status = [unit.mains ? 'OL' : 'OB', ...low, ...(unit.fsd ? ['FSD'] : [])]
      const chargePercent = this.world.chargePercent(name)
      return { ...base, hearing: 'heard', status, chargePercent, runtimeMs: runtimeS * SECOND, watts: 300 }
    })
    this.deliver({ kind: 'ups-read', readings })
  }

  #sites(): void {
    const { world } = this
    const { present, needed } = world.quorum()
    if (!Object.values(world.hosts).some(({ state }) => state === 'up')) return
    const site: PowerSite = {
      cluster: 'main',
      at: this.now(),
      trusted: present >= needed,
      nodes: Object.values(world.hosts).map(({ name, state }) => ({
        node: name,
        host: name,
        online: state === 'up',
        votes: 1,
      })),
      guests: Object.values(world.guests).map((guest) => ({
        guest: guest.id,
        name: guest.id.replace('qemu/', 'vm'),
        node: guest.host,
        // Without quorum nobody's word counts.
        ...(world.hosts[guest.host]?.state === 'up' && present >= needed ? { running: guest.running } : {}),
        tags: guest.tags ?? [],
        onboot: guest.onboot !== false,
        ...(guest.order === undefined ? {} : { order: guest.order }),
        ha: guest.ha === true,
        locked: false,
      })),
      ha: {
        quiet: !world.haArmed || !world.hasHa(),
        way: world.spec.haWay ?? 'disarm',
        ...(world.spec.haWay === 'none' ? { why: 'Sys.Console is missing' } : {}),
        services: Object.values(world.guests)
          .filter(({ ha }) => ha === true)
          .map(({ id }) => ({ sid: id.replace('qemu/', 'vm:'), request: 'started' })),
      },
      quorum: { present, needed, qdeviceVotes: world.spec.qdevice === true ? 1 : 0 },
      ceph: world.spec.ceph === true,
      replication: [],
    }
    this.deliver({ kind: 'power-site', site })
    this.deliver({ kind: 'fed', feeds: { peers: { main: this.#peers() }, peersConfigured: ['main'] } })
  }

  #peers(): PeersView {
    const hosts = Object.values(this.world.hosts)
    const { present, needed } = this.world.quorum()
    return {
      at: this.now(),
      quorate: present >= needed,
      nodes: hosts.map(({ name }) => name),
      members: hosts.filter(({ state }) => state === 'up').map(({ name }) => name),
      fencedNodes: [],
      costsQuorum: [],
      tasks: {},
      cleanStops: {},
      inMaintenance: [],
      carriesUs: [],
    }
  }

  #rounds(): void {
    this.#round += 1
    this.deliver({ kind: 'round', round: this.#round, evidence: this.#evidence(this.#round) })
  }

  #evidence(round: number, hosts?: readonly string[]): readonly Evidence[] {
    const names = hosts ?? [...Object.keys(this.world.hosts), 'reference:gateway']
    const at = this.now()
    return names.map((host) => {
      const isAlive = host.startsWith('reference:') || this.world.lives(host)
      const says = isAlive ? ('life' as const) : ('silence' as const)
      const proves = isAlive ? ('userland' as const) : ('none' as const)
      return { host, vantage: 'here', channel: 'icmp', round, says, proves, sentAt: at, receivedAt: at, detail: says }
    })
  }

  #devices(): void {
    const readings = Object.fromEntries(Object.keys(this.world.hosts).map((name) => [name, this.#reading(name)]))
    this.deliver({ kind: 'device-read', device: 'strip', identity: { deviceId: 'ID', model: 'M' }, readings })
  }

  #reading(name: string) {
    const on = this.world.hosts[name]?.outlet === true
    return { state: on ? ('on' as const) : ('off' as const), watts: this.world.wattsOf(name), at: this.now() }
  }

  #act(effect: Effect): void {
    if (effect.kind === 'errand') return this.#errand(effect.errand)
    if (effect.kind === 'probe') {
      return this.#soon(1, () => ({ kind: 'probed', evidence: this.#evidence(0, effect.hosts) }))
    }
    if (effect.kind === 'command') {
      const { command } = effect
      this.#soon(1, () => ({ kind: 'command-result', command: command.id, result: this.#command(command) }))
    }
  }

  #errand(errand: Errand): void {
    const failed = (sentence: string): ErrandResult => ({ outcome: 'failed', code: 'store-unavailable', sentence })
    const answer = (result: ErrandResult): Event => ({ kind: 'errand-result', errand: errand.id, result })
    if (!this.storeOk) return this.#soon(1, () => answer(failed('The state could not be written.')))
    this.errands.push(errand)
    const wrong = judgeErrand(errand, this.state, this.durable, this.world)
    if (wrong !== undefined) this.broken.push(`${wrong} at ${this.world.nowS} s`)
    const fault = this.healed ? 'none' : (this.#options.fault?.(errand, this.errands.length) ?? 'none')
    if (fault === 'lost' || fault === 'failed') {
      const outcome = fault === 'lost' ? 'unclear' : 'failed'
      return this.#soon(fault === 'lost' ? errand.limitMs / SECOND : 2, () =>
        answer({ outcome, code: fault, sentence: `The errand was ${fault}.` }),
      )
    }
    const { afterS, end } = this.world.carryOut(errand)
    this.#soon(afterS, () => {
      const result = end()
      return answer(fault === 'unclear' ? { ...result, outcome: 'unclear' } : result)
    })
  }

  #command({ op, ref }: Command): CommandResult {
    if (op === 'off') {
      if (this.world.lives(ref.outlet)) this.broken.push(`${ref.outlet} was cut while it lived`)
      if (this.outage()?.phase === 'on-battery') this.broken.push(`${ref.outlet} was cut during a power failure`)
      this.world.switchOutlet(ref.outlet, false)
    }
    if (op === 'on') this.world.switchOutlet(ref.outlet, true)
    return { outcome: 'ok', reading: this.#reading(ref.outlet), identity: { deviceId: 'ID', model: 'M' } }
  }

  #soon(afterS: number, event: () => Event): void {
    this.#later.push({ atS: this.world.nowS + Math.max(1, Math.round(afterS)), process: this.#process, event })
  }
}

function policyOf({ world, ups, fed, runsHere, mode = 'act' }: NightOptions): Policy {
  const names = world.hosts.map(({ name }) => name)
  const hosts = names.map((name): HostPolicy => {
    return {
      name,
      address: '192.0.2.1',
      cluster: 'main',
      channels: [{ name: 'icmp', proves: 'userland' }],
      levels: [[{ device: 'strip', outlet: name }]],
      mappingHash: name,
      runsHere: name === runsHere,
      offHoldMs: 10 * MINUTE,
      bootGraceMs: 10 * MINUTE,
      onWedged: 'alert',
    }
  })
  const units = [...new Set(world.hosts.map(({ unit }) => unit ?? 'rack'))]
  const [first = '', ...rest] = names
  return {
    ...POLICY,
    mode,
    standbyWatts: 5,
    hosts,
    references: [{ name: 'gateway', address: '192.0.2.254', channels: ['icmp'] }],
    devices: [
      {
        name: 'strip',
        driver: 'kasa',
        slowestCommandMs: 5 * SECOND,
        outlets: names.map((outlet) => ({ outlet, protected: false })),
      },
    ],
    ups: {
      ...UPS,
      units: units.map((name) => ({ name, deadMs: 15 * SECOND })),
      hosts: world.hosts.map(({ name, unit }) => ({
        host: name,
        units: [unit ?? 'rack'],
        onBatteryWhen: 'any',
        shutdownBy: ['api', 'ssh'],
        startBy: ['firmware', 'wake', 'outlet'],
        ...fed?.[name],
      })),
      stages: [
        { name: 'secondaries', afterMs: 5 * MINUTE, shedTags: [], hosts: rest },
        { name: 'last', afterMs: 15 * MINUTE, shedTags: [], hosts: [first] },
      ],
      ...ups,
    },
  }
}
