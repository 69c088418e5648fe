import { type ActResult, done, refused } from '../actions.ts'
import type { World } from '../types.ts'
import type { Cluster } from './types.ts'

/** HA lets go of every watchdog: at once where nothing is on its way, else as soon as that is over. */
export function disarmHa(world: World, cluster: Cluster, mode: 'freeze' | 'ignore'): ActResult {
  const { ha } = cluster
  if (cluster.version !== '9.2')
    return refused('not-possible-now', `HA of Proxmox ${cluster.version} cannot be disarmed`)
  if (ha.armed !== 'armed') return refused('not-possible-now', `HA of ${cluster.name} is ${ha.armed}`)
  ha.armed = ha.services.length === 0 ? 'disarmed' : 'disarming'
  ha.mode = mode
  ha.armedSinceMs = world.nowMs
  return done(`HA of ${cluster.name} is being disarmed (${mode})`)
}

export function armHa(world: World, cluster: Cluster): ActResult {
  const { ha } = cluster
  if (ha.armed === 'armed') return refused('not-possible-now', `HA of ${cluster.name} is armed`)
  ha.armed = 'armed'
  ha.mode = undefined
  ha.armedSinceMs = world.nowMs
  for (const service of ha.services) {
    if (service.state === 'ignored' && service.requested !== 'ignored') service.state = service.requested
  }
  return done(`HA of ${cluster.name} is armed`)
}
