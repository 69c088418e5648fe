import { createCluster } from './cluster/create.ts'
import { touchClusters } from './cluster/touch.ts'
import { feedsHost } from './hosts.ts'
import { meterHost, meterOutlet } from './meter.ts'
import { type HostSpec, type StripSpec, USUAL_WATTS, type WorldSpec } from './spec.ts'
import type { Host, Outlet, Strip, World } from './types.ts'
import { createUps } from './ups/create.ts'

/** Builds the world at `spec.startMs` (default 0). A spec that contradicts itself throws a `RangeError`. */
export function createWorld(spec: WorldSpec): World {
  const world: World = {
    nowMs: spec.startMs ?? 0,
    hosts: [],
    strips: [],
    upses: [],
    clusters: [],
    gatewayUp: true,
    mainsOn: true,
    watcherIsolated: false,
    queue: [],
    cuts: [],
    switchings: [],
    forgotten: 0,
    timersArmed: 0,
  }
  for (const strip of spec.strips) world.strips.push(createStrip(world, strip))
  for (const ups of spec.upses ?? []) world.upses.push(createUps(world, ups))
  for (const host of spec.hosts) world.hosts.push(createHost(world, host))
  for (const strip of world.strips) for (const outlet of strip.outlets) meterOutlet(world, outlet)
  for (const host of world.hosts) meterHost(world, host)
  for (const cluster of spec.clusters ?? []) world.clusters.push(createCluster(world, cluster))
  touchClusters(world)
  return world
}

function createStrip(world: World, spec: StripSpec): Strip {
  const strip: Strip = {
    name: spec.name,
    deviceId: spec.deviceId,
    outlets: [],
    afterPowerLoss: spec.afterPowerLoss ?? 'last',
    rebootMs: spec.rebootMs ?? 15_000,
    hasTimers: spec.hasTimers ?? true,
    online: true,
    powered: true,
    rebooting: false,
    boots: 0,
  }
  for (let index = 0; index < (spec.outletCount ?? 6); index += 1) {
    strip.outlets.push({
      strip,
      index,
      alias: spec.aliases?.[index] ?? `Outlet ${index + 1}`,
      on: spec.relays?.[index] ?? true,
      onSinceMs: world.nowMs,
      hosts: [],
      watts: 0,
      energyWattMs: 0,
      meteredAtMs: world.nowMs,
    })
  }
  return strip
}

function createHost(world: World, spec: HostSpec): Host {
  const bootMs = spec.bootMs ?? 90_000
  const host: Host = {
    name: spec.name,
    cluster: spec.cluster ?? 'main',
    supplies: spec.supplies.map((supply) => mustFindOutlet(world, supply.strip, supply.outlet)),
    bootMs,
    kernelMs: spec.kernelMs ?? Math.round((bootMs * 2) / 3),
    shutdownMs: spec.shutdownMs ?? 20_000,
    watts: { ...USUAL_WATTS, ...spec.watts },
    afterPowerLoss: spec.afterPowerLoss ?? 'on',
    state: spec.begins ?? 'up',
    sinceMs: world.nowMs,
    powered: true,
    ranWhenPowerWent: spec.begins !== 'standby',
    netCut: false,
    failingBoots: 0,
    loadWatts: 0,
    bootAfterShutdown: false,
    epoch: 0,
  }
  for (const outlet of host.supplies) outlet.hosts.push(host)
  if (!feedsHost(world, host)) {
    host.powered = false
    host.state = 'off'
  }
  return host
}

function mustFindOutlet(world: World, strip: string, index: number): Outlet {
  const outlet = world.strips.find((candidate) => candidate.name === strip)?.outlets[index]
  if (outlet === undefined) throw new RangeError(`the lab has no outlet ${strip}/${index}`)
  return outlet
}
