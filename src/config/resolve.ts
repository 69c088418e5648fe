import { dirname, resolve as resolvePath } from 'node:path'
import type { DeviceRef } from '../core/power/types.ts'
import type { Finding } from './checks/finding.ts'
import type {
  Configuration,
  HostConfiguration,
  OutletConfiguration,
  PowerDeviceConfiguration,
  ProbeChannel,
} from './configuration.ts'
import { given } from './given.ts'
import { isMap, type Path, valueAt } from './path.ts'
import type { DriverDeclaration, ProbeDeclaration, Registries } from './registry.ts'
import { resolveAlerting } from './resolve-alerting.ts'
import { resolveProxmox } from './resolve-proxmox.ts'
import { resolveUps, strangeUps } from './resolve-ups.ts'
import type { ParsedFile } from './schema/configuration.ts'
import type { ProbeEntry } from './schema/probes.ts'
import { formatDuration } from './values.ts'

/** The cluster of addresses that the dead man’s switch watches. */
export const OUTSIDE = 'outside'

export type Resolved = { readonly configuration: Configuration; readonly findings: readonly Finding[] }

/**
 * From the validated file to the configuration: defaults that depend on other values, channel names, levels. The
 * findings are what only shows once the values are known: two probes of one name, a round shorter than its probes.
 */
export function resolveConfiguration(
  parsed: ParsedFile,
  data: unknown,
  registries: Registries,
  file?: string,
): Resolved {
  const { rounds, recovery } = parsed
  const watched: Watched[] = []
  const channels = (entries: readonly ProbeEntry[], path: Path) => {
    const resolved = entries.map((entry) => channelOf(entry, registries))
    watched.push({ channels: resolved, path: [...path, 'probes'] })
    return resolved
  }
  const bootGraceMs = recovery.bootGrace ?? recovery.offHold
  const configuration: Configuration = {
    ...(file === undefined ? {} : { file }),
    mode: parsed.mode,
    stateDirectory: resolvePath(file === undefined ? '.' : dirname(file), parsed.stateDirectory),
    http: parsed.http,
    log: parsed.log,
    history: { keepMs: parsed.history.keep },
    rounds: { intervalMs: rounds.interval, failureThreshold: rounds.failureThreshold },
    recovery: {
      offHoldMs: recovery.offHold,
      bootGraceMs,
      startupGraceMs: recovery.startupGrace ?? rounds.interval * rounds.failureThreshold,
      maxCyclesPerOutage: recovery.maxCyclesPerOutage,
      maxCyclesPerDay: recovery.maxCyclesPerDay,
      clearAfterHealthyMs: recovery.clearAfterHealthy,
      cycleSpacingMs: recovery.cycleSpacing,
      onWedged: recovery.onWedged,
      heldAlertAfterMs: recovery.heldAlertAfter,
      standbyWatts: recovery.standbyWatts,
      stormCanaryAfterMs: recovery.stormCanaryAfter,
    },
    deviceCheckMs: parsed.deviceCheck,
    references: parsed.references.map(({ name, address, probes }, index) => {
      return { name, address, channels: channels(probes, ['references', index]) }
    }),
    powerDevices: parsed.powerDevices.map((device) => deviceOf(device, registries)),
    alerting: resolveAlerting(parsed),
    proxmox: resolveProxmox(parsed),
    ...given({ netconsole: parsed.netconsole, ups: resolveUps(parsed) }),
    hosts: [
      ...parsed.hosts.map((host, index) => hostOf(host, recovery, channels(host.probes, ['hosts', index]))),
      ...parsed.deadman.probe.map(({ name, address, probes }, index) => {
        return outsideOf(name, address, channels(probes, ['deadman', 'probe', index]), recovery)
      }),
    ],
  }
  const intervalGiven = valueAt(data, ['rounds', 'interval']) !== undefined
  const findings = [
    ...watched.flatMap((one) => repeatedChannels(one.channels, one.path)),
    ...strangeUps(parsed),
    ...shortInterval(rounds.interval, slowestProbe(watched, registries), intervalGiven),
  ]
  return { configuration, findings }
}

type Recovery = ParsedFile['recovery']

function hostOf(host: ParsedFile['hosts'][number], recovery: Recovery, channels: ProbeChannel[]): HostConfiguration {
  const offHoldMs = host.offHold ?? recovery.offHold
  return {
    name: host.name,
    address: host.address,
    cluster: host.cluster,
    channels,
    levels: [host.power, host.fallback].filter((level) => level.length > 0).map((level) => level.map(refOf)),
    runsHere: host.runsHere,
    offHoldMs,
    bootGraceMs: host.bootGrace ?? recovery.bootGrace ?? offHoldMs,
    onWedged: host.onWedged ?? recovery.onWedged,
  }
}

/** An address that is watched from outside: a host that is only watched, in a cluster of its own. */
function outsideOf(name: string, address: string, channels: ProbeChannel[], recovery: Recovery): HostConfiguration {
  const { offHold: offHoldMs, onWedged } = recovery
  const bootGraceMs = recovery.bootGrace ?? offHoldMs
  return { name, address, cluster: OUTSIDE, channels, levels: [], runsHere: false, offHoldMs, bootGraceMs, onWedged }
}

type Watched = { readonly channels: readonly ProbeChannel[]; readonly path: Path }

const refOf = (ref: { device: string; outlet?: string | undefined }): DeviceRef => {
  return { device: ref.device, outlet: ref.outlet ?? '' }
}

function channelOf(entry: ProbeEntry, { probes }: Registries): ProbeChannel {
  const kind = typeof entry === 'string' ? entry : (Object.keys(entry)[0] as string)
  const declaration = probes[kind] as ProbeDeclaration
  const settings = typeof entry === 'string' ? declaration.schema.parse({}) : entry[kind]
  const port = isMap(settings) && typeof settings.port === 'number' ? `:${settings.port}` : ''
  return { name: `${kind}${port}`, kind, settings, proves: declaration.provesWith(settings) }
}

function repeatedChannels(channels: readonly ProbeChannel[], path: Path): Finding[] {
  return channels.flatMap((channel, index) => {
    const first = channels.findIndex(({ name }) => name === channel.name)
    if (first === index) return []
    return [{ path: [...path, index], first: [...path, first], message: `the probe ${channel.name} is given twice` }]
  })
}

type Slowest = { readonly ms: number; readonly name: string; readonly path: Path }

/** All probes of a round run together, so the slowest alone says how long it takes. */
function slowestProbe(watched: readonly Watched[], { probes }: Registries): Slowest | undefined {
  let slowest: Slowest | undefined
  for (const { channels, path } of watched) {
    for (const [index, { kind, settings, name }] of channels.entries()) {
      const ms = (probes[kind] as ProbeDeclaration).maxMs(settings)
      if (slowest === undefined || ms > slowest.ms) slowest = { ms, name, path: [...path, index] }
    }
  }
  return slowest
}

function shortInterval(intervalMs: number, slowest: Slowest | undefined, intervalGiven: boolean): Finding[] {
  if (slowest === undefined || slowest.ms < intervalMs) return []
  const took = formatDuration(slowest.ms)
  if (!intervalGiven) {
    const message = `the probe ${slowest.name} may take ${took}, but a round must end within \`rounds.interval\`, which is ${formatDuration(intervalMs)} by default`
    return [{ path: slowest.path, message }]
  }
  const message = `a round must be longer than its slowest probe, but ${slowest.name} may take ${took}`
  return [{ path: ['rounds', 'interval'], first: slowest.path, message, value: formatDuration(intervalMs) }]
}

function deviceOf(parsed: unknown, { drivers }: Registries): PowerDeviceConfiguration {
  const { name, driver, outlets, ...settings } = parsed as {
    name: string
    driver: string
    outlets: readonly { outlet: string; label?: string; protected: boolean; maxWatts: number }[]
  }
  const declaration = drivers[driver] as DriverDeclaration
  return {
    name,
    driver,
    endpoint: declaration.endpoint(settings),
    settings,
    slowestCommandMs: declaration.slowestCommandMs(settings),
    outlets: outlets satisfies readonly OutletConfiguration[],
  }
}
