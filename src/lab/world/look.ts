import type { Host, HostState, World } from './types.ts'

export type LookChannel = 'icmp' | 'tcp' | 'banner' | 'http'
export type Look = { readonly says: 'life' | 'silence'; readonly proves: 'kernel' | 'userland' | 'none' }

const SILENCE: Look = { says: 'silence', proves: 'none' }
const KERNEL: Look = { says: 'life', proves: 'kernel' }
const USERLAND: Look = { says: 'life', proves: 'userland' }

/**
 * What a probe sees. Without `from` it is the watcher's view; with it, another host's, which the watcher's own
 * network trouble does not touch. A `banner` or `http` probe of a wedged host sees the connection accepted and
 * nothing said: that proves the kernel.
 */
export function look(world: World, host: Host, channel: LookChannel, from?: Host): Look {
  const blind = from === undefined ? world.watcherIsolated : from.netCut || !answersAtAll(from.state)
  if (blind || host.netCut) return SILENCE
  switch (host.state) {
    case 'up':
      return channel === 'icmp' || channel === 'tcp' ? KERNEL : USERLAND
    case 'wedged':
      return KERNEL
    case 'booting':
      return channel === 'icmp' && world.nowMs - host.sinceMs >= host.kernelMs ? KERNEL : SILENCE
    case 'shutting-down':
      return channel === 'icmp' ? KERNEL : SILENCE
    default:
      return SILENCE
  }
}

/** What the watcher sees of the gateway, its reference target. */
export function lookAtGateway(world: World): Look {
  // Where there is a UPS it hangs behind one.
  const isSupplied = world.mainsOn || world.upses.some(({ output }) => output)
  return world.gatewayUp && isSupplied && !world.watcherIsolated ? KERNEL : SILENCE
}

function answersAtAll(state: HostState): boolean {
  return state === 'up' || state === 'wedged'
}
