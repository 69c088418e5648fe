import {
  type Action,
  type ActResult,
  act,
  advanceTo,
  type Host,
  lookAtGateway,
  nextDueMs,
  type World,
} from '../world/index.ts'
import type { StripServer } from './kasa/strip-server.ts'
import type { LabClock } from './lab-clock.ts'
import { LabFault } from './lab-fault.ts'
import type { Listener, ListenerMode } from './listener.ts'
import type { PveApi } from './pve/pve-api.ts'
import { describeLab, type LabServers, type LabState } from './state.ts'
import type { UpsdServer } from './upsd/upsd-server.ts'

/** No timer waits longer: `setTimeout` counts in 31 bits. */
const LONGEST_WAIT_MS = 60_000

type OwnServers = LabServers & { readonly gateway: Listener; readonly pve: PveApi; readonly upsd?: UpsdServer }

/** The lab on real sockets. Time runs from its start until `stop`. */
export class Lab {
  readonly world: World
  readonly #clock: LabClock
  readonly #servers: OwnServers
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  #stopping: Promise<void> | undefined
  #following: Promise<void> = Promise.resolve()
  #faults: LabFault[] = []
  readonly #watchers = new Set<() => void>()

  constructor(world: World, clock: LabClock, servers: OwnServers) {
    this.world = world
    this.#clock = clock
    this.#servers = servers
  }

  /** The lab's time in milliseconds. */
  nowMs(): number {
    return this.#clock.nowMs()
  }

  /** Lets everything happen that is due by now. */
  catchUp(): void {
    if (this.#stopped) return
    const happened = advanceTo(this.world, Math.max(this.world.nowMs, this.#clock.nowMs()))
    if (happened > 0) this.changed()
  }

  /** Something changed in the world: the sockets follow, and the next due time is waited for. */
  changed(): void {
    if (this.#stopped) return
    const work = Promise.all([...this.#follow()]).then(() => {})
    this.#following = Promise.all([this.#following, work.catch((error: unknown) => this.#noteFault(error))]).then(
      () => {},
    )
    this.#schedule()
    for (const watcher of this.#watchers) watcher()
  }

  /** Does one thing to the lab, now; resolves when the sockets follow it. Throws `LabFault` where they cannot. */
  async act(action: Action): Promise<ActResult> {
    this.catchUp()
    const result = act(this.world, action)
    if (result.ok) this.changed()
    await this.settled()
    return result
  }

  /** Resolves when every socket behaves as the world has it. */
  async settled(): Promise<void> {
    await this.#following
    const fault = this.#faults.shift()
    if (fault !== undefined) throw fault
  }

  state(): LabState {
    this.catchUp()
    return describeLab(this.world, this.#servers, this.#clock.scale)
  }

  /** The strip's own controls: transport, faults, mishaps, record. */
  strip(name: string): StripServer {
    const server = this.#servers.strips.get(name)
    if (server === undefined) throw new RangeError(`the lab has no strip ${name}`)
    return server
  }

  /** The Proxmox API's own controls: what is wrong with it, and what it was asked. */
  proxmox(): PveApi {
    return this.#servers.pve
  }

  /**
   * Resolves true as soon as the lab is so, or false when `withinRealMs` of real time passed first or it stopped. It
   * looks at each change (an action, a request, a due time), not at the mere passing of time.
   */
  async until(isSo: (state: LabState) => boolean, withinRealMs: number): Promise<boolean> {
    if (isSo(this.state())) return true
    return new Promise((resolve) => {
      const finish = (so: boolean) => {
        clearTimeout(deadline)
        this.#watchers.delete(look)
        resolve(so)
      }
      const look = () => {
        if (this.#stopped) finish(false)
        else if (isSo(describeLab(this.world, this.#servers, this.#clock.scale))) finish(true)
      }
      const deadline = setTimeout(() => finish(isSo(this.state())), withinRealMs)
      this.#watchers.add(look)
    })
  }

  /** Closes every socket and ends every child. May be called again. */
  stop(): Promise<void> {
    this.#stopped = true
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#servers.pve.stop()
    for (const watcher of [...this.#watchers]) watcher()
    const { hosts, strips, gateway, upsd } = this.#servers
    const servers = [...hosts.values(), ...strips.values(), gateway, ...(upsd === undefined ? [] : [upsd])]
    await Promise.all(servers.map((server) => server.stop()))
  }

  *#follow(): Generator<Promise<void>> {
    const { hosts, strips, gateway, upsd } = this.#servers
    for (const host of this.world.hosts) {
      const server = hosts.get(host.name)
      if (server !== undefined) yield server.set(hostMode(this.world, host))
    }
    yield gateway.set(lookAtGateway(this.world).says === 'life' ? 'answering' : 'silent')
    for (const strip of strips.values()) yield strip.follow()
    if (upsd !== undefined) yield upsd.follow()
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    const dueMs = nextDueMs(this.world)
    if (dueMs === undefined) return
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.ceil(this.#clock.realUntilMs(dueMs)))
    this.#timer = setTimeout(() => {
      this.catchUp()
      this.#schedule()
    }, waitMs)
  }

  #noteFault(error: unknown): void {
    if (!(error instanceof LabFault)) throw error
    process.emitWarning(error.message)
    // A few are enough to tell that the sockets do not follow.
    if (this.#faults.length < 10) this.#faults.push(error)
  }
}

/** What a host's ports do in each of its states. Its own firmware and a booting kernel have no ports open yet. */
function hostMode(world: World, host: Host): ListenerMode {
  if (world.watcherIsolated || host.netCut) return 'silent'
  if (host.state === 'up') return 'answering'
  return host.state === 'wedged' ? 'accepting' : 'silent'
}
