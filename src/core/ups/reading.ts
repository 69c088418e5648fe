import type { At } from '../time.ts'

/**
 * How one look at a UPS went. `heard`: upsd told a status of the UPS itself. The others are states of their own, since
 * each asks something else of people: `stale` (`ERR DATA-STALE`: the driver stands still), `driver-gone`
 * (`ERR DRIVER-NOT-CONNECTED`), `waiting` (the status is `WAIT`: the driver has only started), `unreachable` (upsd itself
 * does not answer), `refused` (user or password), `unknown-ups` (upsd has none of this name), `broken` (an answer that is
 * not the protocol's).
 */
export type UpsHearing =
  | 'heard'
  | 'stale'
  | 'driver-gone'
  | 'waiting'
  | 'unreachable'
  | 'refused'
  | 'unknown-ups'
  | 'broken'

/** What one look at one UPS told. Missing numbers were not told by the UPS. */
export type UpsReading = {
  /** The name of the UPS in our configuration. */
  readonly ups: string
  readonly at: At
  readonly hearing: UpsHearing
  /** Which connection told it, counted from 1 within this process: a change seen across two of them is no live change. */
  readonly connection: number
  /** Tokens of `ups.status` in capitals, such as `OB`, `LB`, `DISCHRG`; empty unless `heard`. */
  readonly status: readonly string[]
  /** battery.charge and battery.charge.low, in percent. */
  readonly chargePercent?: number
  readonly lowChargePercent?: number
  /** battery.runtime and battery.runtime.low, in milliseconds. */
  readonly runtimeMs?: number
  readonly lowRuntimeMs?: number
  /** ups.load, in percent of what it can carry. */
  readonly loadPercent?: number
  /** ups.realpower, or what load and nominal power make of it; ups.realpower.nominal. */
  readonly watts?: number
  readonly nominalWatts?: number
  readonly inputVolts?: number
  readonly model?: string
  /** Why upsd takes no LOGIN of ours: until it does the primary does not wait for our hosts. */
  readonly loginRefused?: string
  /** Why it was not heard, or what is odd about it. For people, without secrets. */
  readonly sentence?: string
}
