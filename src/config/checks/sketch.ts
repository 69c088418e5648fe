import { isMap, listOf, type Path } from '../path.ts'

/**
 * The configuration as far as its entries refer to each other, taken from the unvalidated data: so that a typing
 * mistake elsewhere in the file does not hide that two hosts share an outlet.
 */
export type Sketch = {
  readonly hosts: readonly SketchHost[]
  readonly devices: readonly SketchDevice[]
  readonly references: readonly Named[]
}

export type Named = { readonly name: string | undefined; readonly path: Path }
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
    references: maps(root.references, ['references']).map(([reference, path]) => ({
      name: text(reference.name),
      path,
    })),
  }
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
