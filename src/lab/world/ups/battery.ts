import { enqueue } from '../queue.ts'
import type { Strip, Ups, World } from '../types.ts'

/** What is in the battery now. It drains with what hangs behind it, and charges while there is mains. */
export function chargeOf(world: World, ups: Ups): number {
  const passedMs = world.nowMs - ups.meteredAtMs
  if (world.mainsOn) return Math.min(ups.capacityWattMs, ups.chargeWattMs + ups.chargingWatts * passedMs)
  return ups.output ? Math.max(0, ups.chargeWattMs - ups.loadWatts * passedMs) : ups.chargeWattMs
}

/** Brings the charge up to date; call it before anything that it depends on changes. */
export function settle(world: World, ups: Ups): void {
  ups.chargeWattMs = chargeOf(world, ups)
  ups.meteredAtMs = world.nowMs
}

/** Something behind a strip draws more or less. */
export function loadUps(world: World, strip: Strip): void {
  const ups = world.upses.find(({ strips }) => strips.includes(strip))
  if (ups === undefined) return
  const drawn = ups.strips.flatMap(({ outlets }) => outlets).reduce((sum, { watts }) => sum + watts, 0)
  const loadWatts = ups.baseWatts + drawn
  if (loadWatts === ups.loadWatts) return
  settle(world, ups)
  ups.loadWatts = loadWatts
  reckonEnd(world, ups)
}

/** When the battery will be empty, if nothing changes. */
export function reckonEnd(world: World, ups: Ups): void {
  ups.epoch += 1
  if (world.mainsOn || !ups.output) return
  const leftMs = Math.ceil(chargeOf(world, ups) / ups.loadWatts)
  enqueue(world, world.nowMs + leftMs, { kind: 'battery-empty', ups, epoch: ups.epoch })
}
