import {
  act,
  armTimer,
  clearTimers,
  type Delivery,
  findHost,
  findStrip,
  relay,
  stripReachable,
  type World,
} from '../../src/lab/world/index.ts'

export type Seen = { readonly state: 'on' | 'off'; readonly watts?: number; readonly alias?: string }

/** What hangs behind a device's driver, as it is this very moment. */
export interface Backend {
  reachable(): boolean
  deviceId(): string
  outlets(): readonly string[]
  see(outlet: string): Seen | undefined
  turn(outlet: string, on: boolean, delivery: Delivery): void
  /** False where there is no timer. */
  arm(outlet: string, seconds: number): boolean
  disarm(outlet: string): boolean
}

export function stripBackend(world: World, name: string): Backend {
  const strip = findStrip(world, name)
  if (strip === undefined) throw new RangeError(`no strip ${name}`)
  const outletOf = (outlet: string) => strip.outlets[Number(outlet)]
  const names = strip.outlets.map(({ index }) => `${index}`)
  return {
    reachable: () => stripReachable(world, strip),
    deviceId: () => strip.deviceId,
    outlets: () => names,
    see(name) {
      const outlet = outletOf(name)
      return outlet && { state: outlet.on ? 'on' : 'off', watts: outlet.watts, alias: outlet.alias }
    },
    turn(name, on, delivery) {
      const outlet = outletOf(name)
      if (outlet !== undefined) relay(world, outlet, on, delivery)
    },
    arm(name, seconds) {
      const outlet = outletOf(name)
      if (outlet === undefined || !strip.hasTimers) return false
      clearTimers(outlet)
      return armTimer(world, outlet, seconds * 1000, true).ok
    },
    disarm(name) {
      const outlet = outletOf(name)
      if (outlet === undefined || !strip.hasTimers) return false
      clearTimers(outlet)
      return true
    },
  }
}

/** A management controller: it presses the host's power button. It lives while the host has standby power. */
export function bmcBackend(world: World, name: string): Backend {
  const host = findHost(world, name)
  if (host === undefined) throw new RangeError(`no host ${name}`)
  return {
    reachable: () => host.powered && !world.watcherIsolated,
    deviceId: () => `BMC-${name}`,
    outlets: () => [''],
    see: () => ({ state: host.state === 'off' || host.state === 'standby' ? 'off' : 'on' }),
    turn(_outlet, on, delivery) {
      if (delivery.applies === false) return
      act(world, { kind: on ? 'press-power-button' : 'hold-power-button', host: name })
    },
    arm: () => false,
    disarm: () => false,
  }
}
