import type { UpsSpec } from '../spec.ts'
import type { Ups, World } from '../types.ts'

/** Where the spec of a UPS does not say when its battery is low. */
export const LOW_PERCENT = 20
const WATT_HOUR = 3_600_000

export function createUps(world: World, spec: UpsSpec): Ups {
  const capacityWattMs = spec.capacityWattHours * WATT_HOUR
  return {
    name: spec.name,
    strips: spec.strips.map((name) => {
      const strip = world.strips.find((each) => each.name === name)
      if (strip === undefined) throw new RangeError(`the lab has no strip ${name} for the UPS ${spec.name}`)
      return strip
    }),
    hosts: spec.hosts ?? [],
    capacityWattMs,
    nominalWatts: spec.nominalWatts ?? 1_000,
    baseWatts: spec.baseWatts ?? 30,
    chargingWatts: spec.chargingWatts ?? 60,
    lowPercent: spec.lowPercent ?? LOW_PERCENT,
    inputOn: true,
    chargeWattMs: (capacityWattMs * (spec.chargePercent ?? 100)) / 100,
    meteredAtMs: world.nowMs,
    loadWatts: spec.baseWatts ?? 30,
    output: true,
    fsd: false,
    fault: 'none',
    beeper: true,
    epoch: 0,
  }
}
