import { touchClusters } from './cluster/touch.ts'
import { meterHost } from './meter.ts'
import { enqueue } from './queue.ts'
import { recordCut } from './record.ts'
import type { Cause, Host, HostState, Outlet, World } from './types.ts'

export function become(world: World, host: Host, state: HostState): void {
  host.state = state
  host.sinceMs = world.nowMs
  host.epoch += 1
  host.bootAfterShutdown = false
  meterHost(world, host)
  if (world.clusters.length > 0) touchClusters(world)
}

export function boot(world: World, host: Host): void {
  become(world, host, 'booting')
  enqueue(world, world.nowMs + host.bootMs, { kind: 'boot-done', host, epoch: host.epoch })
}

export function finishBoot(world: World, host: Host): void {
  if (host.failingBoots > 0) {
    host.failingBoots -= 1
    become(world, host, 'hung')
  } else {
    become(world, host, 'up')
  }
}

export function beginShutdown(world: World, host: Host, bootAfterwards: boolean): void {
  become(world, host, 'shutting-down')
  host.bootAfterShutdown = bootAfterwards
  enqueue(world, world.nowMs + host.shutdownMs, { kind: 'shutdown-done', host, epoch: host.epoch })
}

export function finishShutdown(world: World, host: Host): void {
  if (host.bootAfterShutdown) boot(world, host)
  else become(world, host, 'standby')
}

/** Whether power reaches the host now: through any of its supplies; where it has none, from its UPS or the wall. */
export function feedsHost(world: World, host: Host): boolean {
  if (host.supplies.length === 0) {
    return world.upses.find(({ hosts }) => hosts.includes(host.name))?.output ?? world.mainsOn
  }
  return host.supplies.some((outlet) => outlet.on && outlet.strip.powered)
}

/** Lets the host lose or regain its power, if its supplies say so. `through` is the outlet that changed. */
export function followPower(world: World, host: Host, by: Cause, through?: Outlet): void {
  const powered = feedsHost(world, host)
  if (powered === host.powered) {
    meterHost(world, host)
    return
  }
  host.powered = powered
  if (powered) regainPower(world, host)
  else losePower(world, host, by, through)
}

function losePower(world: World, host: Host, by: Cause, through?: Outlet): void {
  const byOutlet = through === undefined ? undefined : `${through.strip.name}/${through.index}`
  recordCut(world, {
    atMs: world.nowMs,
    host: host.name,
    by,
    hostWas: host.state,
    ...(byOutlet === undefined ? {} : { byOutlet }),
  })
  host.ranWhenPowerWent = host.state !== 'standby'
  become(world, host, 'off')
}

function regainPower(world: World, host: Host): void {
  const starts = host.afterPowerLoss === 'on' || (host.afterPowerLoss === 'last' && host.ranWhenPowerWent)
  if (starts) boot(world, host)
  else become(world, host, 'standby')
}
