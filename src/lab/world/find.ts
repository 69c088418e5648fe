import { feedsHost } from './hosts.ts'
import type { Host, Outlet, Strip, World } from './types.ts'

export function findHost(world: World, name: string): Host | undefined {
  return world.hosts.find((host) => host.name === name)
}

export function findStrip(world: World, name: string): Strip | undefined {
  return world.strips.find((strip) => strip.name === name)
}

export function findOutlet(world: World, strip: string, outlet: number): Outlet | undefined {
  return findStrip(world, strip)?.outlets[outlet]
}

/** Whether power reaches the host now. An unknown name is a programmer's error and throws. */
export function hasPower(world: World, name: string): boolean {
  const host = findHost(world, name)
  if (host === undefined) throw new RangeError(`the lab has no host ${name}`)
  return feedsHost(world, host)
}
