import { enqueue } from '../queue.ts'
import type { Host, Strip, Ups, World } from '../types.ts'

/** Whether it is fed from mains now. */
export function hasMains(world: World, ups: Ups): boolean {
  return world.mainsOn && ups.inputOn
}

/** What is in the battery now. It drains with what hangs behind it, and charges while there is mains. */
export function chargeOf(world: World, ups: Ups): number {
  const passedMs = world.nowMs - ups.meteredAtMs
  if (hasMains(world, ups)) return Math.min(ups.capacityWattMs, ups.chargeWattMs + ups.chargingWatts * passedMs)
  return ups.output ? Math.max(0, ups.chargeWattMs - ups.loadWatts * passedMs) : ups.chargeWattMs
}

/** Brings the charge up to date; call it before anything that it depends on changes. */
export function settle(world: World, ups: Ups): void {
  ups.chargeWattMs = chargeOf(world, ups)
  ups.meteredAtMs = world.nowMs
}

export function upsOfStrip(world: World, strip: Strip): Ups | undefined {
  return world.upses.find(({ strips }) => strips.includes(strip))
}

/** Of a host that hangs behind it directly. */
export function upsOfHost(world: World, { name }: Host): Ups | undefined {
  return world.upses.find(({ hosts }) => hosts.includes(name))
}

/** Something behind it draws more or less. `wattsOf` is handed in, since the meter calls this. */
export function loadUps(world: World, ups: Ups | undefined, wattsOf: (host: Host) => number): void {
  if (ups === undefined) return
  const byStrips = ups.strips.flatMap(({ outlets }) => outlets).reduce((sum, { watts }) => sum + watts, 0)
  const direct = world.hosts.filter((host) => host.supplies.length === 0 && ups.hosts.includes(host.name))
  const loadWatts = direct.reduce((sum, host) => sum + wattsOf(host), ups.baseWatts + byStrips)
  if (loadWatts === ups.loadWatts) return
  settle(world, ups)
  ups.loadWatts = loadWatts
  reckonEnd(world, ups)
}

/** When the battery will be empty, if nothing changes. */
export function reckonEnd(world: World, ups: Ups): void {
  ups.epoch += 1
  if (hasMains(world, ups) || !ups.output) return
  const leftMs = Math.ceil(chargeOf(world, ups) / ups.loadWatts)
  enqueue(world, world.nowMs + leftMs, { kind: 'battery-empty', ups, epoch: ups.epoch })
}
