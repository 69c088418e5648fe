import { feedsOf } from '../../../src/core/state/initial.ts'
import { act, type World } from '../../../src/lab/world/index.ts'
import type { Simulation } from '../simulation.ts'

/** Every link is whole again, and every node and guest is as a person wants it. */
export function healClusters(world: World): void {
  for (const cluster of world.clusters) {
    cluster.cutLinks.clear()
    if (cluster.qdevice !== undefined) cluster.qdevice.up = true
    for (const { name } of cluster.nodes) act(world, { kind: 'node-maintenance-end', host: name })
    act(world, { kind: 'arm-ha', cluster: cluster.name })
  }
}

/** It was stopped in good order: what comes of it is a person's matter, and recovery leaves it alone. */
export function keptDown(sim: Simulation, host: string): boolean {
  if (!sim.running) return false
  return Object.values(feedsOf(sim.state).peers).some((view) => view.cleanStops[host]?.kind === 'shut-down')
}
