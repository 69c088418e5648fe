import { actOnHost } from './act-on-host.ts'
import { actOnSite } from './act-on-site.ts'
import { actOnStrip } from './act-on-strip.ts'
import { type Action, type ActResult, refused } from './actions.ts'
import { actOnCluster } from './cluster/act-on-cluster.ts'
import { isClusterAction } from './cluster/cluster-actions.ts'
import { stepCluster } from './cluster/step.ts'
import { findHost, findStrip } from './find.ts'
import type { World } from './types.ts'
import { actOnUps } from './ups/act-on-ups.ts'

/** Does one thing to the world, now. What cannot be done is said, and changes nothing. */
export function act(world: World, action: Action): ActResult {
  const result = carryOut(world, action)
  for (const cluster of world.clusters) stepCluster(world, cluster)
  return result
}

function carryOut(world: World, action: Action): ActResult {
  if (isClusterAction(action)) return actOnCluster(world, action)
  if ('host' in action) {
    const host = findHost(world, action.host)
    return host === undefined
      ? refused('no-such-host', `there is no host ${action.host} in the lab`)
      : actOnHost(world, host, action)
  }
  if ('strip' in action) {
    const strip = findStrip(world, action.strip)
    return strip === undefined
      ? refused('no-such-strip', `there is no strip ${action.strip} in the lab`)
      : actOnStrip(world, strip, action)
  }
  if ('ups' in action) {
    const ups = world.upses.find(({ name }) => name === action.ups)
    return ups === undefined
      ? refused('no-such-ups', `there is no UPS ${action.ups} in the lab`)
      : actOnUps(world, ups, action)
  }
  return actOnSite(world, action)
}
