import type { Finding } from './finding.ts'
import type { Named, Sketch } from './sketch.ts'

/** Names that stand for two things at once. */
export function duplicateNames(sketch: Sketch): Finding[] {
  return [
    ...repeated(sketch.hosts, 'host'),
    ...repeated(sketch.devices, 'power device'),
    ...repeated(sketch.references, 'reference'),
    ...repeated(sketch.channels, 'channel'),
    ...repeated(sketch.receivers, 'receiver'),
    ...repeated(sketch.heartbeats, 'heartbeat'),
    ...repeated(sketch.proxmox, 'Proxmox cluster', 'cluster'),
    ...repeated(sketch.expectations, 'sender'),
    // Addresses watched from outside are hosts that are only watched.
    ...repeated([...sketch.hosts, ...sketch.outside], 'host').filter(({ path }) => path[0] === 'deadman'),
    ...sharedWithHosts(sketch),
    ...sketch.devices.flatMap((device) =>
      twice(
        device.outlets.map(({ outlet, path }) => ({ key: outlet, path })),
        (outlet) => `outlet ${outlet} of ${device.name ?? 'this device'} is listed twice`,
        'outlet',
      ),
    ),
  ]
}

function repeated(entries: readonly Named[], what: string, field = 'name'): Finding[] {
  const named = entries.flatMap(({ name, path }) => (name === undefined ? [] : [{ key: name, path }]))
  return twice(named, (name) => `there are two ${what}s called ${name}`, field)
}

/** In events and evidence a reference is told by its name as a host is. */
function sharedWithHosts({ hosts, references }: Sketch): Finding[] {
  return references.flatMap(({ name, path }) => {
    const host = hosts.find((other) => other.name === name)
    if (name === undefined || host === undefined) return []
    const message = `${name} is already the name of a host; a reference needs its own`
    return [{ path: [...path, 'name'], first: [...host.path, 'name'], message }]
  })
}

function twice(
  entries: readonly { readonly key: string; readonly path: Finding['path'] }[],
  message: (key: string) => string,
  field: string,
): Finding[] {
  const seen = new Map<string, Finding['path']>()
  return entries.flatMap(({ key, path }) => {
    const at = [...path, field]
    const first = seen.get(key)
    if (first !== undefined) return [{ path: at, first, message: message(key) }]
    seen.set(key, at)
    return []
  })
}
