import type { State } from '../../state/types.ts'
import type { At } from '../../time.ts'
import type { UpsPolicy } from '../policy.ts'
import type { UpsReading } from '../reading.ts'
import { loadsOf, type UnitLoads } from './loads.ts'

/** A UPS that tells no thresholds of its own is taken to call its battery low here. */
const LOW_PERCENT = 20
const LOW_RUNTIME_MS = 2 * 60_000
/** How long an empty battery takes to be full again: what makers tell is between three and eight hours. */
export const SUPPOSED_CHARGING_MS = 5 * 3_600_000

/** One battery in a forecast. Its energy is counted in milliseconds at the load of the beginning. */
export class BatteryModel {
  readonly unit: string
  readonly loads: UnitLoads
  onBattery = false
  readonly #first: UpsReading | undefined
  readonly #connection: number
  readonly #fullMs: number | undefined
  readonly #firstPercent: number
  #leftMs: number | undefined

  constructor(state: State, policy: UpsPolicy, unit: string, supposedRuntimeMs: number | undefined) {
    this.unit = unit
    this.loads = loadsOf(state, policy, unit)
    this.#first = state.upsNow[unit]?.heard
    this.#connection = this.#first?.connection ?? 1
    this.#leftMs = this.#first?.runtimeMs ?? supposedRuntimeMs
    this.#firstPercent = this.#first?.chargePercent ?? 100
    this.#fullMs =
      this.#leftMs === undefined || this.#firstPercent <= 0 ? undefined : (this.#leftMs * 100) / this.#firstPercent
  }

  get isEmpty(): boolean {
    return this.onBattery && this.#leftMs !== undefined && this.#leftMs <= 0
  }

  get chargePercent(): number | undefined {
    if (this.#leftMs === undefined || this.#fullMs === undefined) return this.#first?.chargePercent
    return Math.max(0, Math.min(100, (this.#leftMs / this.#fullMs) * 100))
  }

  /** Lets time pass; `runs`: the hosts that draw power. */
  pass(ms: number, runs: (host: string) => boolean): void {
    if (this.#leftMs === undefined || this.#fullMs === undefined) return
    if (this.onBattery) this.#leftMs = Math.max(0, this.#leftMs - ms * this.#load(runs))
    else this.#leftMs = Math.min(this.#fullMs, this.#leftMs + (ms * this.#fullMs) / SUPPOSED_CHARGING_MS)
  }

  reading(at: At, runs: (host: string) => boolean): UpsReading {
    const load = this.#load(runs)
    const runtimeMs = this.#leftMs === undefined ? undefined : this.#leftMs / Math.max(load, 0.01)
    const { chargePercent } = this
    const watts = this.loads.watts === undefined ? undefined : this.loads.watts * load
    return {
      ups: this.unit,
      at,
      hearing: 'heard',
      connection: this.#connection,
      status: this.onBattery ? ['OB', 'DISCHRG', ...(this.#isLow(chargePercent, runtimeMs) ? ['LB'] : [])] : ['OL'],
      ...(chargePercent === undefined ? {} : { chargePercent }),
      ...(runtimeMs === undefined ? {} : { runtimeMs }),
      ...(watts === undefined ? {} : { watts }),
    }
  }

  #isLow(chargePercent: number | undefined, runtimeMs: number | undefined): boolean {
    const { lowChargePercent = LOW_PERCENT, lowRuntimeMs = LOW_RUNTIME_MS } = this.#first ?? {}
    const byCharge = this.#first?.chargePercent !== undefined && chargePercent !== undefined
    return (byCharge && chargePercent <= lowChargePercent) || (runtimeMs !== undefined && runtimeMs <= lowRuntimeMs)
  }

  #load(runs: (host: string) => boolean): number {
    const { hosts, restRatio } = this.loads
    return hosts.reduce((all, { host, ratio }) => all + (runs(host) ? ratio : 0), restRatio)
  }
}
