import type { Ups, World } from '../types.ts'
import { chargeOf } from './battery.ts'

/** Below these a battery is low. */
export const LOW_PERCENT = 20
export const LOW_RUNTIME_MS = 120_000
const TEST_MS = 10_000

export type UpsView = {
  readonly name: string
  readonly onBattery: boolean
  readonly output: boolean
  readonly chargePercent: number
  readonly runtimeMs: number
  readonly loadWatts: number
  readonly loadPercent: number
  /** As NUT spells it. */
  readonly status: readonly string[]
  readonly testing: boolean
}

/** What the UPS tells of itself. */
export function readUps(world: World, ups: Ups): UpsView {
  const charge = chargeOf(world, ups)
  const chargePercent = (charge / ups.capacityWattMs) * 100
  const runtimeMs = charge / ups.loadWatts
  const onBattery = !world.mainsOn
  const low = onBattery && (chargePercent <= LOW_PERCENT || runtimeMs <= LOW_RUNTIME_MS)
  const testing = ups.testedAtMs !== undefined && world.nowMs - ups.testedAtMs < TEST_MS
  return {
    name: ups.name,
    onBattery,
    output: ups.output,
    chargePercent,
    runtimeMs,
    loadWatts: ups.loadWatts,
    loadPercent: (ups.loadWatts / ups.nominalWatts) * 100,
    status: [
      ...(ups.fsd ? ['FSD'] : []),
      ...(onBattery ? ['OB', 'DISCHRG'] : ['OL']),
      ...(low ? ['LB'] : []),
      ...(!onBattery && chargePercent < 100 ? ['CHRG'] : []),
      ...(ups.loadWatts > ups.nominalWatts ? ['OVER'] : []),
      ...(ups.output ? [] : ['OFF']),
    ],
    testing,
  }
}
