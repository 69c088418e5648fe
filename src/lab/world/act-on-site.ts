import { type ActResult, done, type SiteAction } from './actions.ts'
import { followPower } from './hosts.ts'
import { resetRelays, restartStrip } from './strips.ts'
import type { World } from './types.ts'

export function actOnSite(world: World, action: SiteAction): ActResult {
  switch (action.kind) {
    case 'gateway-down':
    case 'gateway-up':
      world.gatewayUp = action.kind === 'gateway-up'
      return done(`the gateway is ${world.gatewayUp ? 'up' : 'down'}`)
    case 'isolate-watcher':
    case 'rejoin-watcher':
      world.watcherIsolated = action.kind === 'isolate-watcher'
      return done(world.watcherIsolated ? 'the watcher sees nobody' : 'the watcher is back on the network')
    case 'mains-off':
      return mainsOff(world)
    case 'mains-on':
      return mainsOn(world)
  }
}

function mainsOff(world: World): ActResult {
  world.mainsOn = false
  for (const strip of world.strips) strip.powered = false
  for (const host of world.hosts) followPower(world, host, 'mains')
  return done('the mains are off')
}

function mainsOn(world: World): ActResult {
  if (world.mainsOn) return done('the mains are on')
  world.mainsOn = true
  for (const strip of world.strips) {
    strip.powered = true
    restartStrip(world, strip)
    resetRelays(world, strip, strip.afterPowerLoss, 'mains')
  }
  for (const host of world.hosts) followPower(world, host, 'mains')
  return done('the mains are on')
}
