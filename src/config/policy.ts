import { createHash } from 'node:crypto'
import type { DevicePolicy, HostPolicy, OutletPolicy, Policy } from '../core/policy.ts'
import type { DeviceRef } from '../core/power/types.ts'
import type { Configuration, HostConfiguration, PowerDeviceConfiguration } from './configuration.ts'
import { isOwnAddress } from './own-address.ts'
import { DEFAULT_MAX_WATTS } from './schema/power-devices.ts'

/**
 * What the core needs of a configuration. `ownAddresses` are those of this machine's interfaces: a host with one of
 * them is never cycled, whether or not `runsHere` says so, since that would cut the watchdog's own power.
 */
export function toPolicy(configuration: Configuration, ownAddresses: readonly string[] = []): Policy {
  const { rounds, recovery, powerDevices } = configuration
  return {
    mode: configuration.mode,
    intervalMs: rounds.intervalMs,
    failureThreshold: rounds.failureThreshold,
    ...recovery,
    deviceCheckMs: configuration.deviceCheckMs,
    disabledAlerts: configuration.alerting.alerts.disable,
    ...(configuration.ups === undefined ? {} : { ups: configuration.ups.policy }),
    hosts: configuration.hosts.map((host): HostPolicy => {
      return {
        name: host.name,
        address: host.address,
        cluster: host.cluster,
        channels: host.channels.map(({ name, proves }) => ({ name, proves })),
        levels: host.levels,
        mappingHash: mappingHash(host.levels, powerDevices),
        runsHere: host.runsHere || isOwnAddress(host.address, ownAddresses),
        offHoldMs: host.offHoldMs,
        bootGraceMs: host.bootGraceMs,
        onWedged: host.onWedged,
      }
    }),
    references: configuration.references.map(({ name, address, channels }) => {
      return { name, address, channels: channels.map((channel) => channel.name) }
    }),
    devices: powerDevices.map((device): DevicePolicy => {
      const { name, driver, slowestCommandMs } = device
      return { name, driver, slowestCommandMs, outlets: outletsOf(device, configuration.hosts) }
    }),
  }
}

/** Those that are listed, and those that hosts use, which have the default limit. */
function outletsOf(device: PowerDeviceConfiguration, hosts: readonly HostConfiguration[]): OutletPolicy[] {
  const outlets = new Map<string, OutletPolicy>(device.outlets.map((outlet) => [outlet.outlet, outlet]))
  for (const ref of hosts.flatMap((host) => host.levels.flat())) {
    if (ref.device !== device.name || outlets.has(ref.outlet)) continue
    // A device that is one switch has no outlet whose watts could be limited.
    const limit = ref.outlet === '' ? {} : { maxWatts: DEFAULT_MAX_WATTS }
    outlets.set(ref.outlet, { outlet: ref.outlet, protected: false, ...limit })
  }
  return [...outlets.values()].sort((a, b) => a.outlet.localeCompare(b.outlet, 'en', { numeric: true }))
}

/**
 * Changes with anything that decides which switch a host's power hangs on: level, device, driver, endpoint, outlet.
 * Not with the order of the file, credentials, labels or limits.
 */
export function mappingHash(
  levels: readonly (readonly DeviceRef[])[],
  devices: readonly PowerDeviceConfiguration[],
): string {
  const described = levels.map((level) =>
    level
      .map(({ device, outlet }) => {
        const found = devices.find(({ name }) => name === device)
        return JSON.stringify([device, found?.driver ?? '', found?.endpoint ?? '', outlet])
      })
      .sort(),
  )
  return createHash('sha256').update(JSON.stringify(described)).digest('hex').slice(0, 16)
}
