import { type ActResult, done, type HostAction, refused } from './actions.ts'
import { findOutlet } from './find.ts'
import { become, beginShutdown, boot, followPower } from './hosts.ts'
import { meterHost, meterOutlet } from './meter.ts'
import { enqueue } from './queue.ts'
import type { SupplyRef } from './spec.ts'
import type { Host, Outlet, World } from './types.ts'

export function actOnHost(world: World, host: Host, action: HostAction): ActResult {
  switch (action.kind) {
    case 'hang':
    case 'wedge':
    case 'panic':
      return fail(world, host, action)
    case 'cut-net':
      host.netCut = true
      return done(`${host.name} is cut off from the network`)
    case 'heal':
      return heal(world, host)
    case 'shutdown':
    case 'reboot':
      return stopCleanly(world, host, action.kind === 'reboot')
    case 'press-power-button':
      return pressButton(world, host)
    case 'hold-power-button':
      return holdButton(world, host)
    case 'break-boot':
      host.failingBoots = action.boots
      return done(`the next ${action.boots} boots of ${host.name} will hang`)
    case 'set-boot-time':
      host.kernelMs = Math.round((action.bootMs * host.kernelMs) / host.bootMs)
      host.bootMs = action.bootMs
      return done(`${host.name} boots in ${action.bootMs / 1000} s from its next boot on`)
    case 'set-load':
      host.loadWatts = action.watts
      meterHost(world, host)
      return done(`${host.name} draws ${action.watts} W more while it runs`)
    case 'replug':
      return replug(world, host, action.supplies)
  }
}

function fail(world: World, host: Host, action: Extract<HostAction, { kind: 'hang' | 'wedge' | 'panic' }>): ActResult {
  const runs = host.state === 'up' || host.state === 'wedged' || host.state === 'shutting-down'
  const boots = host.state === 'booting' && action.kind !== 'wedge'
  if (!runs && !boots) return impossible(host)
  become(world, host, action.kind === 'wedge' ? 'wedged' : 'hung')
  if (action.kind === 'panic' && action.rebootsAfterMs !== undefined) {
    enqueue(world, world.nowMs + action.rebootsAfterMs, { kind: 'panic-reboot', host, epoch: host.epoch })
  }
  return done(`${host.name} is ${host.state}`)
}

function heal(world: World, host: Host): ActResult {
  host.netCut = false
  host.failingBoots = 0
  if (host.state === 'hung' || host.state === 'wedged') become(world, host, 'up')
  return done(`${host.name} is healed; it is ${host.state}`)
}

function stopCleanly(world: World, host: Host, bootAfterwards: boolean): ActResult {
  if (host.state !== 'up') return impossible(host)
  beginShutdown(world, host, bootAfterwards)
  return done(`${host.name} is ${bootAfterwards ? 'rebooting' : 'shutting down'}`)
}

function pressButton(world: World, host: Host): ActResult {
  if (host.state === 'up') return stopCleanly(world, host, false)
  if (host.state !== 'standby') return impossible(host)
  boot(world, host)
  return done(`${host.name} is booting`)
}

function holdButton(world: World, host: Host): ActResult {
  if (host.state === 'off' || host.state === 'standby') return impossible(host)
  become(world, host, 'standby')
  return done(`${host.name} is off, in standby`)
}

function replug(world: World, host: Host, supplies: readonly SupplyRef[]): ActResult {
  const outlets: Outlet[] = []
  for (const supply of supplies) {
    const outlet = findOutlet(world, supply.strip, supply.outlet)
    if (outlet === undefined) return refused('no-such-outlet', `there is no outlet ${supply.strip}/${supply.outlet}`)
    outlets.push(outlet)
  }
  const before = host.supplies
  for (const outlet of before) outlet.hosts = outlet.hosts.filter((other) => other !== host)
  for (const outlet of outlets) outlet.hosts.push(host)
  host.supplies = outlets
  for (const outlet of before) meterOutlet(world, outlet)
  followPower(world, host, 'replugged')
  return done(
    `${host.name} is plugged into ${supplies.map((s) => `${s.strip}/${s.outlet}`).join(' and ') || 'the wall'}`,
  )
}

function impossible(host: Host): ActResult {
  return refused('not-possible-now', `${host.name} is ${host.state}, so this cannot happen to it now`)
}
