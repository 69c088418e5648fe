import { type ActResult, done, type SiteAction } from './actions.ts'
import type { World } from './types.ts'
import { hasMains, reckonEnd, settle } from './ups/battery.ts'
import { followSupply } from './ups/supply.ts'

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
    case 'mains-on':
      return turnMains(world, action.kind === 'mains-on')
  }
}

function turnMains(world: World, on: boolean): ActResult {
  // What was charged or drawn until now counts by what was.
  for (const ups of world.upses) settle(world, ups)
  world.mainsOn = on
  for (const ups of world.upses) {
    if (hasMains(world, ups)) ups.output = true
    reckonEnd(world, ups)
  }
  followSupply(world, 'mains')
  return done(`the mains are ${on ? 'on' : 'off'}`)
}
