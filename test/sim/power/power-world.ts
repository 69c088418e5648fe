import type { Errand, ErrandResult } from '../../../src/core/ups/errands.ts'

export type HostSpec = {
  readonly name: string
  /** From the order to off; `hangs`: never. */
  readonly downS?: number
  readonly hangs?: boolean
  readonly bootS?: number
  /** What it does when power comes back after it was gone. */
  readonly firmware?: 'on' | 'stay-off'
  /** Whether a magic packet starts it. */
  readonly wakes?: boolean
  readonly unit?: string
  /** Its API takes no order to shut down. */
  readonly refuses?: boolean
}

export type GuestSpec = {
  readonly id: string
  readonly host: string
  readonly order?: number
  readonly stopS?: number
  /** It does not hear a clean shutdown, only the hard stop. */
  readonly ignores?: boolean
  readonly tags?: readonly string[]
  readonly onboot?: boolean
  readonly ha?: boolean
}

export type WorldSpec = {
  readonly hosts: readonly HostSpec[]
  readonly guests?: readonly GuestSpec[]
  /** Seconds that the battery lasts at full load; by unit. */
  readonly batteryS?: number
  readonly qdevice?: boolean
  readonly haWay?: 'disarm' | 'ignore' | 'none'
  readonly ceph?: boolean
}

type Host = HostSpec & {
  state: 'up' | 'going-down' | 'off' | 'booting' | 'hung' | 'no-power'
  sinceS: number
  outlet: boolean
  /** Its LRM holds the watchdog: it has had quorum since it booted. */
  holding: boolean
}
type Guest = GuestSpec & { running: boolean; stopsAtS?: number; startsAtS?: number }
type Unit = { mains: boolean; chargeS: number; fsd: boolean; heard: boolean; connection: number }

const BASE = 0.2
const FENCE_AFTER_S = 60

/** Hosts, guests, HA and batteries in seconds of virtual time. Keeps what must never happen. */
export class PowerWorld {
  nowS = 0
  readonly hosts: Record<string, Host> = {}
  readonly guests: Record<string, Guest> = {}
  readonly units: Record<string, Unit> = {}
  readonly spec: WorldSpec
  haArmed = true
  cephFlags = false
  readonly broken: string[] = []
  #noQuorumSinceS: number | undefined

  constructor(spec: WorldSpec) {
    this.spec = spec
    for (const host of spec.hosts) {
      this.hosts[host.name] = { ...host, state: 'up', sinceS: 0, outlet: true, holding: true }
      const unit = host.unit ?? 'rack'
      this.units[unit] ??= { mains: true, chargeS: this.#capacityS, fsd: false, heard: true, connection: 1 }
    }
    for (const guest of spec.guests ?? []) this.guests[guest.id] = { ...guest, running: true }
  }

  get #capacityS(): number {
    return this.spec.batteryS ?? 3_600
  }

  hasHa(): boolean {
    return (this.spec.guests ?? []).some(({ ha }) => ha === true)
  }

  quorum(): { readonly present: number; readonly needed: number } {
    const names = Object.values(this.hosts)
    const all = names.length + (this.spec.qdevice === true ? 1 : 0)
    const present = names.filter(({ state }) => isMember(state)).length + (this.spec.qdevice === true ? 1 : 0)
    return { present, needed: Math.floor(all / 2) + 1 }
  }

  step(): void {
    this.nowS += 1
    for (const name of Object.keys(this.units)) this.#drain(name)
    for (const host of Object.values(this.hosts)) this.#follow(host)
    for (const guest of Object.values(this.guests)) this.#followGuest(guest)
    this.#fence()
  }

  mains(on: boolean, only?: string): void {
    for (const [name, unit] of Object.entries(this.units)) {
      if (only !== undefined && name !== only) continue
      unit.mains = on
      if (on) for (const host of this.#on(name)) if (host.state === 'no-power' && host.outlet) this.#powered(host)
    }
  }

  runtimeS(name: string): number {
    const unit = this.units[name]
    return unit === undefined ? 0 : Math.round(unit.chargeS / Math.max(this.#load(name), 0.05))
  }

  chargePercent(name: string): number {
    return Math.round(((this.units[name]?.chargeS ?? 0) / this.#capacityS) * 100)
  }

  switchOutlet(name: string, on: boolean): void {
    const host = this.hosts[name]
    if (host === undefined || host.outlet === on) return
    host.outlet = on
    if (!on) this.#cut(host)
    else if (this.#isFed(host)) this.#powered(host)
  }

  wattsOf(name: string): number {
    const host = this.hosts[name]
    if (host === undefined || !host.outlet || host.state === 'no-power') return 0
    return host.state === 'off' ? 3 : 120
  }

  lives(name: string): boolean {
    const state = this.hosts[name]?.state
    return state === 'up' || (state === 'going-down' && this.nowS - (this.hosts[name]?.sinceS ?? 0) < 5)
  }

  /** Seconds that the errand takes, and what comes of it then. */
  carryOut(errand: Errand): { readonly afterS: number; readonly end: () => ErrandResult } {
    const done: ErrandResult = { outcome: 'done', code: 'done', sentence: 'It is done.' }
    const failed = (sentence: string): ErrandResult => ({ outcome: 'failed', code: 'refused', sentence })
    switch (errand.do) {
      case 'quiet-ha':
        return { afterS: 15, end: () => (this.#quorate() ? this.#setHa(false, done) : failed('no quorum')) }
      case 'arm-ha':
        return { afterS: 15, end: () => (this.#quorate() ? this.#setHa(true, done) : failed('no quorum')) }
      case 'ceph-flags':
        return {
          afterS: 2,
          end: () => {
            this.cephFlags = errand.set
            return done
          },
        }
      case 'stop-guest':
        return this.#stopGuest(errand.guest, errand.timeoutMs / 1_000, done)
      case 'start-guest': {
        const guest = this.guests[errand.guest]
        const host = guest === undefined ? undefined : this.hosts[guest.host]
        if (guest === undefined || host?.state !== 'up') return { afterS: 1, end: () => failed('the node is away') }
        return { afterS: 3, end: () => Object.assign(guest, { running: host.state === 'up' }) && done }
      }
      case 'shutdown-node': {
        const host = this.hosts[errand.host]
        if (host?.state !== 'up') return { afterS: 1, end: () => failed('no answer') }
        if (host.refuses === true && errand.by === 'api') return { afterS: 1, end: () => failed('permission denied') }
        return { afterS: 1, end: () => this.#shutDown(host, done) }
      }
      case 'wake': {
        const host = this.hosts[errand.host]
        if (host?.state === 'off' && host.wakes === true && host.outlet) this.#set(host, 'booting')
        return { afterS: 1, end: () => done }
      }
      case 'replicate':
        return { afterS: 1, end: () => done }
    }
  }

  #setHa(armed: boolean, done: ErrandResult): ErrandResult {
    this.haArmed = armed
    return done
  }

  #stopGuest(id: string, timeoutS: number, done: ErrandResult): { afterS: number; end: () => ErrandResult } {
    const guest = this.guests[id]
    if (guest === undefined || !guest.running) return { afterS: 1, end: () => done }
    const takesS = guest.ignores === true ? timeoutS : Math.min(timeoutS, guest.stopS ?? 20)
    const host = this.hosts[guest.host]
    if (host?.state === 'hung')
      return { afterS: 10, end: () => ({ ...done, outcome: 'failed', sentence: 'no answer' }) }
    return {
      afterS: takesS,
      end: () => {
        guest.running = false
        return done
      },
    }
  }

  #shutDown(host: Host, done: ErrandResult): ErrandResult {
    if (host.state === 'up') this.#set(host, 'going-down')
    return done
  }

  #follow(host: Host): void {
    const lastedS = this.nowS - host.sinceS
    if (host.state === 'booting' && lastedS >= (host.bootS ?? 90)) {
      this.#set(host, 'up')
      for (const guest of this.#guestsOf(host)) if (guest.onboot !== false) guest.startsAtS = this.nowS + 30
    }
    if (host.state !== 'going-down') return
    if (host.hangs === true && lastedS >= 10) {
      this.#set(host, 'hung')
      return
    }
    if (lastedS < (host.downS ?? 40)) return
    for (const guest of this.#guestsOf(host)) guest.running = false
    this.#set(host, 'off')
  }

  #followGuest(guest: Guest): void {
    if (guest.startsAtS === undefined || this.nowS < guest.startsAtS) return
    guest.startsAtS = undefined
    if (this.hosts[guest.host]?.state === 'up') guest.running = true
  }

  /** Without quorum and with HA armed what is left resets itself. */
  #fence(): void {
    const isArmed = this.haArmed && this.hasHa()
    if (this.#quorate() || !isArmed) {
      this.#noQuorumSinceS = undefined
      for (const host of Object.values(this.hosts)) if (host.state === 'up') host.holding = isArmed
      return
    }
    this.#noQuorumSinceS ??= this.nowS
    if (this.nowS - this.#noQuorumSinceS < FENCE_AFTER_S) return
    for (const host of Object.values(this.hosts)) {
      if (host.state !== 'up' || !host.holding) continue
      this.broken.push(`${host.name} fenced itself at ${this.nowS} s`)
      for (const guest of this.#guestsOf(host)) guest.running = false
      this.#set(host, 'booting')
    }
  }

  #quorate(): boolean {
    const { present, needed } = this.quorum()
    return present >= needed
  }

  #drain(name: string): void {
    const unit = this.units[name]
    if (unit === undefined) return
    if (unit.mains) {
      unit.chargeS = Math.min(this.#capacityS, unit.chargeS + 0.5)
      return
    }
    if (unit.chargeS <= 0) return
    unit.chargeS = Math.max(0, unit.chargeS - this.#load(name))
    if (unit.chargeS > 0) return
    for (const host of this.#on(name)) {
      if (host.state === 'up' || host.state === 'going-down' || host.state === 'booting') {
        this.broken.push(`${host.name} lost its power while it ran at ${this.nowS} s`)
      }
      this.#cut(host)
    }
  }

  #cut(host: Host): void {
    for (const guest of this.#guestsOf(host)) guest.running = false
    this.#set(host, 'no-power')
  }

  #powered(host: Host): void {
    this.#set(host, host.firmware === 'stay-off' ? 'off' : 'booting')
  }

  #load(name: string): number {
    const on = this.#on(name)
    const running = on.filter(({ state }) => state !== 'off' && state !== 'no-power').length
    return BASE + ((1 - BASE) * running) / Math.max(1, on.length)
  }

  #isFed(host: Host): boolean {
    const unit = this.units[host.unit ?? 'rack']
    return unit !== undefined && (unit.mains || unit.chargeS > 0)
  }

  #on(unit: string): Host[] {
    return Object.values(this.hosts).filter((host) => (host.unit ?? 'rack') === unit)
  }

  #guestsOf(host: Host): Guest[] {
    return Object.values(this.guests).filter((guest) => guest.host === host.name)
  }

  #set(host: Host, state: Host['state']): void {
    host.state = state
    host.sinceS = this.nowS
    if (state !== 'going-down') host.holding = false
  }
}

function isMember(state: Host['state']): boolean {
  return state === 'up'
}
