import type { PowerCut, Switching, World } from './types.ts'

/** The records keep this many entries each; a long lab forgets its oldest. */
export const RECORD_LIMIT = 2000

export function recordCut(world: World, cut: PowerCut): void {
  append(world, world.cuts, cut)
}

export function recordSwitching(world: World, switching: Switching): void {
  append(world, world.switchings, switching)
}

function append<T>(world: World, record: T[], entry: T): void {
  if (record.length >= RECORD_LIMIT) {
    record.shift()
    world.forgotten += 1
  }
  record.push(entry)
}
