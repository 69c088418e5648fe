import type { Cluster } from './cluster/types.ts'
import type { AfterPowerLoss, HostWatts } from './spec.ts'

/**
 * `hung`: power, but the kernel is dead. `wedged`: the kernel answers, userland does not. `standby`: shut down
 * cleanly with power present; only a button, or power that goes and comes back, starts it. `off`: no power at all.
 */
export type HostState = 'off' | 'booting' | 'up' | 'hung' | 'wedged' | 'shutting-down' | 'standby'

/** Who or what moved a relay or the power. */
export type Cause = 'command' | 'timer' | 'person' | 'strip-reboot' | 'mains' | 'battery' | 'replugged'

export type Timer = {
  readonly id: string
  readonly on: boolean
  readonly name: string
  readonly delayMs: number
  readonly dueMs: number
  fired: boolean
}

export type Outlet = {
  readonly strip: Strip
  readonly index: number
  alias: string
  on: boolean
  onSinceMs: number
  timer?: Timer
  hosts: Host[]
  watts: number
  /** Energy up to `meteredAtMs`, in watt-milliseconds. */
  energyWattMs: number
  meteredAtMs: number
}

export type Strip = {
  readonly name: string
  readonly outlets: Outlet[]
  readonly afterPowerLoss: 'on' | 'off' | 'last'
  readonly rebootMs: number
  deviceId: string
  hasTimers: boolean
  /** Whether its network works. */
  online: boolean
  powered: boolean
  /** While it starts, it answers nobody. */
  rebooting: boolean
  /** Raised by each start, so that whatever lives in its memory (sessions, timers) can be dropped. */
  boots: number
}

export type Host = {
  readonly name: string
  readonly cluster: string
  readonly shutdownMs: number
  readonly watts: HostWatts
  readonly afterPowerLoss: AfterPowerLoss
  bootMs: number
  kernelMs: number
  supplies: Outlet[]
  state: HostState
  sinceMs: number
  powered: boolean
  ranWhenPowerWent: boolean
  netCut: boolean
  /** This many of its next boots end hung. */
  failingBoots: number
  /** Drawn on top of `idle` while it runs. */
  loadWatts: number
  /** After the shutdown that runs now, boot again. */
  bootAfterShutdown: boolean
  /** Raised by each change of state, so that what was due for an older state is void. */
  epoch: number
}

/** What upsd tells of a UPS: all, nothing new, that its driver is gone, or nothing at all. */
export type UpsFault = 'none' | 'stale' | 'driver-gone' | 'silent'

export type Ups = {
  readonly name: string
  readonly strips: readonly Strip[]
  /** Names of the hosts that hang behind it directly. */
  readonly hosts: readonly string[]
  readonly capacityWattMs: number
  readonly nominalWatts: number
  readonly baseWatts: number
  readonly chargingWatts: number
  readonly lowPercent: number
  /** Whether its own feed is whole; it has mains only where the site has, too. */
  inputOn: boolean
  /** As of `meteredAtMs`. */
  chargeWattMs: number
  meteredAtMs: number
  loadWatts: number
  /** Whether what hangs behind it has power. */
  output: boolean
  /** A client has said that it will be cut. */
  fsd: boolean
  fault: UpsFault
  beeper: boolean
  testedAtMs?: number
  /** Raised by each change of load, so that an end that was reckoned before is void. */
  epoch: number
}

/** A host lost its power: the ground truth that a watchdog's safety is judged by. */
export type PowerCut = {
  readonly atMs: number
  readonly host: string
  readonly by: Cause
  /** `STRIP/OUTLET` that took the last of its power away; missing where no relay did. */
  readonly byOutlet?: string
  readonly hostWas: HostState
}

/** A relay changed its state. */
export type Switching = {
  readonly atMs: number
  readonly strip: string
  readonly outlet: number
  readonly on: boolean
  readonly by: Cause
}

export type Due =
  | { readonly kind: 'boot-done' | 'shutdown-done' | 'panic-reboot'; readonly host: Host; readonly epoch: number }
  | { readonly kind: 'strip-started'; readonly strip: Strip; readonly boots: number }
  | { readonly kind: 'timer-fires'; readonly outlet: Outlet; readonly timer: Timer }
  | { readonly kind: 'relay-lands'; readonly outlet: Outlet; readonly on: boolean; readonly by: Cause }
  | { readonly kind: 'battery-empty'; readonly ups: Ups; readonly epoch: number }
  | { readonly kind: 'cluster-step'; readonly cluster: Cluster; readonly atMs: number }

export type Queued = { readonly atMs: number; readonly due: Due }

export type World = {
  nowMs: number
  readonly hosts: Host[]
  readonly strips: Strip[]
  readonly upses: Ups[]
  /** Proxmox clusters; most labs of the tests have none. */
  readonly clusters: Cluster[]
  gatewayUp: boolean
  mainsOn: boolean
  /** The watcher's own network is at fault: it sees nobody, while everybody else sees each other. */
  watcherIsolated: boolean
  /** Sorted by time; equals in the order in which they were queued. */
  readonly queue: Queued[]
  readonly cuts: PowerCut[]
  readonly switchings: Switching[]
  /** How many entries fell out of the two records because they are bounded. */
  forgotten: number
  timersArmed: number
}
