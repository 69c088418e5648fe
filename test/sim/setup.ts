import type { DevicePolicy, HostPolicy, OutletPolicy, Policy } from '../../src/core/policy.ts'
import type { DeviceRef } from '../../src/core/power/types.ts'
import type { HostSpec, StripSpec, WorldSpec } from '../../src/lab/world/index.ts'

export const SECOND = 1_000
export const MINUTE = 60_000
export const HOUR = 3_600_000
/** 2025-06-01 08:00:00 UTC. */
export const WALL_START = Date.UTC(2025, 5, 1, 8)
export const SLOWEST_MS = 15 * SECOND

/** A simulated site and the configuration of the watchdog that guards it. */
export type Setup = {
  readonly world: WorldSpec
  readonly policy: Policy
  /** Devices that are a host's own BMC: device name to host. Every other device is the world's strip of that name. */
  readonly bmcs: Readonly<Record<string, string>>
  /** The Proxmox cluster whose nodes are asked, and how often. */
  readonly peers?: { readonly cluster: string; readonly pollMs: number }
}

export function ref(device: string, outlet: number | string): DeviceRef {
  return { device, outlet: `${outlet}` }
}

export function mapping(levels: readonly (readonly DeviceRef[])[]): string {
  return JSON.stringify(levels)
}

export function host(
  name: string,
  levels: readonly (readonly DeviceRef[])[],
  over: Partial<HostPolicy> = {},
): HostPolicy {
  return {
    name,
    address: '192.0.2.1',
    cluster: 'main',
    channels: [
      { name: 'icmp', proves: 'kernel' },
      { name: 'https:8006', proves: 'userland' },
    ],
    levels,
    mappingHash: mapping(levels),
    runsHere: false,
    offHoldMs: 10 * MINUTE,
    bootGraceMs: 10 * MINUTE,
    onWedged: 'alert',
    ...over,
  }
}

export function device(
  name: string,
  outlets: number,
  over: Partial<Record<number, Partial<OutletPolicy>>> = {},
): DevicePolicy {
  const known = Array.from({ length: outlets }, (_, outlet): OutletPolicy => {
    return { outlet: `${outlet}`, protected: false, ...over[outlet] }
  })
  return { name, driver: 'simulated', slowestCommandMs: SLOWEST_MS, outlets: known }
}

/** The documented defaults. */
export function policyOf(
  hosts: readonly HostPolicy[],
  devices: readonly DevicePolicy[],
  over: Partial<Policy> = {},
): Policy {
  return {
    mode: 'act',
    intervalMs: 30 * SECOND,
    failureThreshold: 3,
    offHoldMs: 10 * MINUTE,
    bootGraceMs: 10 * MINUTE,
    startupGraceMs: 90 * SECOND,
    maxCyclesPerOutage: 5,
    maxCyclesPerDay: 8,
    clearAfterHealthyMs: 30 * MINUTE,
    cycleSpacingMs: MINUTE,
    onWedged: 'alert',
    heldAlertAfterMs: 15 * MINUTE,
    standbyWatts: 0,
    stormCanaryAfterMs: 30 * MINUTE,
    deviceCheckMs: MINUTE,
    hosts,
    references: [{ name: 'gateway', address: '192.0.2.254', channels: ['icmp'] }],
    devices,
    ...over,
  }
}

function strip(name: string, deviceId: string, outletCount: number, over: Partial<StripSpec> = {}): StripSpec {
  return { name, deviceId, outletCount, ...over }
}

/** Three hosts on one strip, one outlet each. */
export function threeHosts(over: Partial<Policy> = {}, hostOver: Partial<HostPolicy> = {}): Setup {
  const names = ['pve1', 'pve2', 'pve3']
  return {
    world: {
      strips: [strip('strip', 'ID-STRIP', 4)],
      hosts: names.map((name, outlet): HostSpec => ({ name, supplies: [{ strip: 'strip', outlet }] })),
    },
    policy: policyOf(
      names.map((name, outlet) => host(name, [[ref('strip', outlet)]], hostOver)),
      [device('strip', 4)],
      over,
    ),
    bmcs: {},
  }
}

/**
 * Everything at once: two plain hosts, one on two supplies of two strips, one whose first level is dead wood and whose
 * BMC is the fallback, a host that is only watched, and a NAS on a protected outlet.
 */
export function fullSite(over: Partial<Policy> = {}, hostOver: Partial<HostPolicy> = {}, timers = true): Setup {
  return {
    world: {
      strips: [
        strip('strip', 'ID-STRIP', 6, { hasTimers: timers }),
        strip('rack', 'ID-RACK', 3, { hasTimers: timers }),
      ],
      hosts: [
        { name: 'pve1', supplies: [{ strip: 'strip', outlet: 0 }], bootMs: 40_000 },
        { name: 'pve2', supplies: [{ strip: 'strip', outlet: 1 }], bootMs: 60_000 },
        {
          name: 'duo',
          supplies: [
            { strip: 'strip', outlet: 2 },
            { strip: 'rack', outlet: 0 },
          ],
          bootMs: 50_000,
        },
        { name: 'fall', supplies: [{ strip: 'rack', outlet: 1 }], bootMs: 40_000 },
        { name: 'watched', supplies: [{ strip: 'strip', outlet: 3 }] },
        { name: 'nas', cluster: 'storage', supplies: [{ strip: 'strip', outlet: 4 }] },
      ],
    },
    policy: policyOf(
      [
        host('pve1', [[ref('strip', 0)]], hostOver),
        host('pve2', [[ref('strip', 1)]], hostOver),
        host('duo', [[ref('strip', 2), ref('rack', 0)]], hostOver),
        host('fall', [[ref('rack', 1)], [ref('bmc', '')]], hostOver),
        host('watched', [], hostOver),
        host('nas', [[ref('strip', 4)]], { ...hostOver, cluster: 'storage' }),
      ],
      [
        device('strip', 6, { 4: { protected: true } }),
        device('rack', 3),
        { name: 'bmc', driver: 'simulated', slowestCommandMs: SLOWEST_MS, outlets: [{ outlet: '', protected: false }] },
      ],
      over,
    ),
    bmcs: { bmc: 'fall' },
  }
}

/** The same site with short times, so that a random night of an hour holds many stories. */
export function hastySite(over: Partial<Policy> = {}, timers = true): Setup {
  const quick = { offHoldMs: 60 * SECOND, bootGraceMs: 150 * SECOND }
  return fullSite(
    {
      intervalMs: 10 * SECOND,
      startupGraceMs: 30 * SECOND,
      clearAfterHealthyMs: 5 * MINUTE,
      cycleSpacingMs: 20 * SECOND,
      heldAlertAfterMs: 5 * MINUTE,
      stormCanaryAfterMs: 10 * MINUTE,
      deviceCheckMs: 20 * SECOND,
      ...quick,
      ...over,
    },
    { ...quick, ...(over.onWedged === undefined ? {} : { onWedged: over.onWedged }) },
    timers,
  )
}
