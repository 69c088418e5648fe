import { followPower } from '../hosts.ts'
import { resetRelays, restartStrip } from '../strips.ts'
import type { Cause, Strip, Ups, World } from '../types.ts'
import { settle } from './battery.ts'

/** Whether a strip has power: from its UPS, or from mains where it has none. */
function isSupplied(world: World, strip: Strip): boolean {
  return world.upses.find(({ strips }) => strips.includes(strip))?.output ?? world.mainsOn
}

/** Strips and hosts lose or regain their power as their UPS, or mains, has it now. */
export function followSupply(world: World, by: Cause): void {
  for (const strip of world.strips) {
    const powered = isSupplied(world, strip)
    if (powered === strip.powered) continue
    strip.powered = powered
    if (!powered) continue
    restartStrip(world, strip)
    resetRelays(world, strip, strip.afterPowerLoss, by)
  }
  for (const host of world.hosts) followPower(world, host, by)
}

/** Everything behind it is without power, until mains is back. */
export function emptyBattery(world: World, ups: Ups): void {
  settle(world, ups)
  ups.chargeWattMs = 0
  ups.output = false
  ups.epoch += 1
  followSupply(world, 'battery')
}
