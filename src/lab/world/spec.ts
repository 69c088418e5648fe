import type { ClusterSpec } from './cluster/spec.ts'

/** One power supply of a host and the outlet that it hangs on. `outlet` counts from 0. */
export type SupplyRef = { readonly strip: string; readonly outlet: number }

/** What a host draws in each state, in watts, shared between its live supplies. A host without power draws nothing. */
export type HostWatts = {
  readonly booting: number
  readonly idle: number
  readonly hung: number
  readonly standby: number
}

export const USUAL_WATTS: HostWatts = { booting: 120, idle: 60, hung: 95, standby: 4 }

/** The firmware setting for what a machine does when its power returns. */
export type AfterPowerLoss = 'on' | 'stay-off' | 'last'

export type HostSpec = {
  readonly name: string
  /** Default `main`. */
  readonly cluster?: string
  /** None: it hangs on the wall, and only the mains can fail it. Several: it lives while one of them has power. */
  readonly supplies: readonly SupplyRef[]
  /** From power to userland; default 90 s. */
  readonly bootMs?: number
  /** From power to the first answer of the kernel; default two thirds of `bootMs`. */
  readonly kernelMs?: number
  /** How long a clean shutdown takes; default 20 s. */
  readonly shutdownMs?: number
  readonly watts?: Partial<HostWatts>
  readonly afterPowerLoss?: AfterPowerLoss
  /** Default `up`. A host whose supplies are all off begins as `off` whatever is said here. */
  readonly begins?: 'up' | 'hung' | 'wedged' | 'standby'
}

export type StripSpec = {
  readonly name: string
  /** 40 hex digits on real strips. */
  readonly deviceId: string
  /** Default 6. */
  readonly outletCount?: number
  /** Default `Outlet 1` and so on, which is how a new strip labels its outlet 0. */
  readonly aliases?: readonly string[]
  /** Default all on. */
  readonly relays?: readonly boolean[]
  /** What its relays are when it gets power back; default `last`. */
  readonly afterPowerLoss?: 'on' | 'off' | 'last'
  /** From power to its first answer; default 15 s. */
  readonly rebootMs?: number
  /** Whether its firmware has count-down timers; default true. */
  readonly hasTimers?: boolean
}

export type UpsSpec = {
  readonly name: string
  /** Strips that hang behind it. */
  readonly strips: readonly string[]
  /** Hosts that have no supplies on a strip and hang behind it directly; default none. */
  readonly hosts?: readonly string[]
  /** Energy of its full battery. */
  readonly capacityWattHours: number
  /** What it can carry; default 1000 W. */
  readonly nominalWatts?: number
  /** What it carries besides: switches, itself; default 30 W. */
  readonly baseWatts?: number
  /** What it charges its battery with; default 60 W. */
  readonly chargingWatts?: number
  /** Default 100. */
  readonly chargePercent?: number
  /** On battery and not above this, it says that it is low; default 20. */
  readonly lowPercent?: number
}

export type WorldSpec = {
  readonly hosts: readonly HostSpec[]
  readonly strips: readonly StripSpec[]
  /** Default none: strips hang on mains. */
  readonly upses?: readonly UpsSpec[]
  /** Proxmox on some of the hosts; default none. */
  readonly clusters?: readonly ClusterSpec[]
  readonly startMs?: number
}
