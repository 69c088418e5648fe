import type { Host, Outlet, World } from './types.ts'
import { loadUps, upsOfHost, upsOfStrip } from './ups/battery.ts'

/** Brings the watts and energy of every outlet of this host up to date; call it after any change of the host. */
export function meterHost(world: World, host: Host): void {
  for (const outlet of host.supplies) meterOutlet(world, outlet)
  if (host.supplies.length === 0) loadUps(world, upsOfHost(world, host), hostWatts)
}

export function meterOutlet(world: World, outlet: Outlet): void {
  outlet.energyWattMs += outlet.watts * (world.nowMs - outlet.meteredAtMs)
  outlet.meteredAtMs = world.nowMs
  outlet.watts = 0
  if (outlet.on && outlet.strip.powered) {
    for (const host of outlet.hosts) outlet.watts += hostWatts(host) / liveSupplies(host)
  }
  loadUps(world, upsOfStrip(world, outlet.strip), hostWatts)
}

/** What the host draws from all its supplies together. */
export function hostWatts(host: Host): number {
  switch (host.state) {
    case 'off':
      return 0
    case 'standby':
      return host.watts.standby
    case 'booting':
      return host.watts.booting
    case 'hung':
      return host.watts.hung
    default:
      return host.watts.idle + host.loadWatts
  }
}

function liveSupplies(host: Host): number {
  let live = 0
  for (const outlet of host.supplies) if (outlet.on && outlet.strip.powered) live += 1
  return Math.max(1, live)
}
