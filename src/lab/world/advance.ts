import { stepCluster } from './cluster/step.ts'
import { boot, finishBoot, finishShutdown } from './hosts.ts'
import { fireTimer, setRelay } from './strips.ts'
import type { Due, Host, World } from './types.ts'
import { emptyBattery } from './ups/supply.ts'

/**
 * Lets everything happen that is due by `nowMs`, in order, and sets the world's time to it. Time never goes back.
 * Answers how many things were due.
 */
export function advanceTo(world: World, nowMs: number): number {
  if (nowMs < world.nowMs) throw new RangeError(`the lab's time cannot go back from ${world.nowMs} to ${nowMs}`)
  let happened = 0
  for (;;) {
    const next = world.queue[0]
    if (next === undefined || next.atMs > nowMs) break
    world.queue.shift()
    world.nowMs = next.atMs
    happen(world, next.due)
    happened += 1
  }
  world.nowMs = nowMs
  return happened
}

function happen(world: World, due: Due): void {
  switch (due.kind) {
    case 'relay-lands':
      setRelay(world, due.outlet, due.on, due.by)
      break
    case 'timer-fires':
      fireTimer(world, due.outlet, due.timer)
      break
    case 'strip-started':
      if (due.strip.boots === due.boots) due.strip.rebooting = false
      break
    case 'battery-empty':
      if (due.ups.epoch === due.epoch) emptyBattery(world, due.ups)
      break
    case 'cluster-step':
      // An earlier step may have taken its place.
      if (due.cluster.nextMs === due.atMs) stepCluster(world, due.cluster)
      break
    default:
      // What was due for an older state of the host is void.
      if (due.host.epoch === due.epoch) continueHost(world, due.kind, due.host)
  }
}

function continueHost(world: World, kind: 'boot-done' | 'shutdown-done' | 'panic-reboot', host: Host): void {
  if (kind === 'boot-done') finishBoot(world, host)
  else if (kind === 'shutdown-done') finishShutdown(world, host)
  else boot(world, host)
}
