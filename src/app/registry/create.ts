import type { Configuration, PowerDeviceConfiguration } from '../../config/configuration.ts'
import type { PowerDevice } from '../../ports/power-device.ts'
import type { Probe } from '../../ports/probe.ts'
import type { ProbeDeps } from '../../probes/kind.ts'
import { POWER_DRIVERS, type RegisteredDriver } from './power-devices.ts'
import { PROBES, type RegisteredProbe } from './probes.ts'

const drivers: Readonly<Record<string, RegisteredDriver>> = POWER_DRIVERS
const probes: Readonly<Record<string, RegisteredProbe>> = PROBES

/** The device that a configuration describes. Nothing is sent to it yet. */
export function createPowerDevice({ name, driver, settings }: PowerDeviceConfiguration): PowerDevice {
  const registered = drivers[driver]
  // The schema admits registered drivers only.
  if (registered === undefined) throw new TypeError(`no driver ${driver} is registered`)
  return registered.create(name, settings)
}

/** One probe of each kind that the configuration uses, by kind. */
export function createProbes({ hosts, references }: Configuration, deps: ProbeDeps = {}): ReadonlyMap<string, Probe> {
  const kinds = new Set([...hosts, ...references].flatMap(({ channels }) => channels.map(({ kind }) => kind)))
  return new Map(
    [...kinds].map((kind) => {
      const registered = probes[kind]
      if (registered === undefined) throw new TypeError(`no probe ${kind} is registered`)
      return [kind, registered.create(deps)]
    }),
  )
}
