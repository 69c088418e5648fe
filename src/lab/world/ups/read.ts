import type { Ups, World } from '../types.ts'
import { chargeOf, hasMains } from './battery.ts'

/** Below this a battery is low, whatever its charge. */
export const LOW_RUNTIME_MS = 120_000
const TEST_MS = 10_000

export type UpsView = {
  readonly name: string
  readonly onBattery: boolean
  readonly output: boolean
  readonly chargePercent: number
  readonly lowPercent: number
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
  const onBattery = !hasMains(world, ups)
  const low = onBattery && (chargePercent <= ups.lowPercent || runtimeMs <= LOW_RUNTIME_MS)
  const testing = ups.testedAtMs !== undefined && world.nowMs - ups.testedAtMs < TEST_MS
  return {
    name: ups.name,
    onBattery,
    output: ups.output,
    chargePercent,
    lowPercent: ups.lowPercent,
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
