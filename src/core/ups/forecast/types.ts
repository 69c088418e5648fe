import type { HappeningCode } from '../../codes.ts'
import type { HostNeed } from '../need.ts'

/** What is supposed besides what is known; each of these is said beside a forecast. */
export type Suppositions = {
  /** UPSes that fail; undefined: all. */
  readonly units?: readonly string[]
  /** Mains is back this long after it failed; undefined: once everything that goes is down. */
  readonly mainsBackAfterMs?: number
  /** What a UPS that tells nothing has left; undefined: it lasts. */
  readonly runtimeMs?: number
}

/** What would be done in a power failure that begins now, moment by moment: by the code that decides in a real one. */
export type Forecast = {
  /** A real power failure is under way: it is this one that goes on. */
  readonly isLive: boolean
  /** What the mode makes of all this at present. */
  readonly mode: 'act' | 'dry-run'
  readonly units: readonly ForecastUnit[]
  readonly hosts: readonly ForecastHost[]
  readonly clusters: readonly ForecastCluster[]
  readonly timeline: readonly ForecastMoment[]
  /** When mains is back, as is supposed. */
  readonly mainsBackAfterMs?: number
  /** `horizon`: it was not over after a day. */
  readonly ends: 'over' | 'horizon'
  /** What was supposed, as sentences. */
  readonly supposed: readonly string[]
}

export type ForecastMoment = {
  readonly afterMs: number
  /** `supposed`: not said by the plan, but done to it. */
  readonly code: HappeningCode | 'supposed'
  readonly sentence: string
  readonly host?: string
}

export type ForecastUnit = {
  readonly unit: string
  /** As it tells them now. */
  readonly chargePercent?: number
  readonly runtimeMs?: number
  readonly watts?: number
  /** What it carries, in watts where its hosts are metered; what is left over is `rest`. */
  readonly loads: readonly { readonly host: string; readonly watts?: number; readonly ratio: number }[]
  readonly restRatio: number
  /** Charge when mains is back. */
  readonly leftPercent?: number
  /** When its battery was empty while something ran on it. */
  readonly emptyAfterMs?: number
}

export type ForecastHost = HostNeed & {
  readonly stage?: string
  readonly offAfterMs?: number
  /** It ran when its battery was empty. */
  readonly lostPowerAfterMs?: number
  readonly backAfterMs?: number
}

/** What each stage leaves of a cluster's votes. */
export type ForecastCluster = {
  readonly cluster: string
  readonly ha: 'nothing-managed' | 'disarm' | 'ignore' | 'none'
  readonly why?: string
  readonly stages: readonly {
    readonly stage: string
    readonly hosts: readonly string[]
    readonly leftVotes: number
    readonly neededVotes: number
  }[]
}
