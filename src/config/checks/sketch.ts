import { isMap, listOf, type Path } from '../path.ts'

/**
 * The configuration as far as its entries refer to each other, taken from the unvalidated data: so that a typing
 * mistake elsewhere in the file does not hide that two hosts share an outlet.
 */
export type Sketch = {
  readonly hosts: readonly SketchHost[]
  readonly devices: readonly SketchDevice[]
  readonly references: readonly Named[]
  readonly channels: readonly Named[]
  readonly receivers: readonly Named[]
  /** Channels that chains of receivers name, and receivers that routes name. */
  readonly chains: readonly SketchName[]
  readonly routed: readonly SketchName[]
  readonly heartbeats: readonly Named[]
  readonly expectations: readonly Named[]
  readonly outside: readonly Named[]
  /** Clusters whose Proxmox API is read, by the name that they have here. */
  readonly proxmox: readonly Named[]
  readonly clusters: readonly string[]
}

export type Named = { readonly name: string | undefined; readonly path: Path }
export type SketchName = { readonly name: string; readonly path: Path }
export type SketchHost = Named & { readonly power: readonly SketchRef[]; readonly fallback: readonly SketchRef[] }
export type SketchRef = { readonly device: string; readonly outlet: string; readonly path: Path }
export type SketchOutlet = { readonly outlet: string; readonly protected: boolean; readonly path: Path }
export type SketchDevice = Named & {
  readonly driver: string | undefined
  readonly outlets: readonly SketchOutlet[]
  readonly written: Readonly<Record<string, unknown>>
}

export function sketch(data: unknown): Sketch {
  const root = isMap(data) ? data : {}
  return {
    hosts: maps(root.hosts, ['hosts']).map(([host, path]) => ({
      name: text(host.name),
      path,
      power: refs(host.power, [...path, 'power']),
      fallback: refs(host.fallback, [...path, 'fallback']),
    })),
    devices: maps(root.powerDevices, ['powerDevices']).map(([device, path]) => ({
      name: text(device.name),
      driver: text(device.driver),
      written: device,
      path,
      outlets: maps(device.outlets, [...path, 'outlets']).flatMap(([entry, at]) => {
        const outlet = outletText(entry.outlet)
        return outlet === undefined ? [] : [{ outlet, protected: entry.protected === true, path: at }]
      }),
    })),
    references: named(root.references, ['references']),
    ...alerting(root),
    proxmox: maps(root.proxmox, ['proxmox']).map(([entry, path]) => ({ name: text(entry.cluster) ?? 'default', path })),
    clusters: maps(root.hosts, ['hosts']).map(([host]) => text(host.cluster) ?? 'default'),
  }
}

/** The alert path, as far as its entries refer to each other. */
function alerting(root: Record<string, unknown>) {
  const alerts = isMap(root.alerts) ? root.alerts : {}
  const deadman = isMap(root.deadman) ? root.deadman : {}
  const receivers = maps(alerts.receivers, ['alerts', 'receivers'])
  return {
    channels: named(root.channels, ['channels']),
    receivers: named(alerts.receivers, ['alerts', 'receivers']),
    chains: receivers.flatMap(([receiver, path]) => names(receiver.chain, [...path, 'chain'])),
    routed: maps(alerts.routes, ['alerts', 'routes']).flatMap(([route, path]) =>
      names(route.receivers, [...path, 'receivers']),
    ),
    heartbeats: named(root.heartbeats, ['heartbeats']),
    expectations: named(deadman.expect, ['deadman', 'expect']),
    outside: named(deadman.probe, ['deadman', 'probe']),
  }
}

function named(value: unknown, base: Path): Named[] {
  return maps(value, base).map(([entry, path]) => ({ name: text(entry.name), path }))
}

/** Names in a list, and in the lists within it. */
function names(value: unknown, base: Path): SketchName[] {
  return listOf(value).flatMap((entry, index): SketchName[] => {
    const path = [...base, index]
    if (Array.isArray(entry)) return names(entry, path)
    const name = text(entry)
    return name === undefined ? [] : [{ name, path }]
  })
}

function refs(value: unknown, base: Path): SketchRef[] {
  return maps(value, base).flatMap(([entry, path]) => {
    const device = text(entry.device)
    const outlet = entry.outlet === undefined ? '' : outletText(entry.outlet)
    return device === undefined || outlet === undefined ? [] : [{ device, outlet, path }]
  })
}

function maps(value: unknown, base: Path): [Record<string, unknown>, Path][] {
  return listOf(value).flatMap((entry, index) => (isMap(entry) ? [[entry, [...base, index]]] : []))
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

function outletText(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : text(value)
}
