import { nearest } from '../nearest.ts'
import type { DriverDeclaration, Registries } from '../registry.ts'
import type { Finding } from './finding.ts'
import type { Sketch, SketchDevice, SketchHost, SketchRef } from './sketch.ts'

/** What is wrong with which outlet feeds which host. A mistake here cuts the power of the wrong machine. */
export function mappingMistakes(sketch: Sketch, registries: Registries): Finding[] {
  return [
    ...sketch.hosts.flatMap((host) =>
      [...host.power, ...host.fallback].flatMap((ref) => badRef(ref, host, sketch, registries)),
    ),
    ...sharedOutlets(sketch),
    ...sketch.hosts.flatMap(fallbackAlone),
  ]
}

function badRef(ref: SketchRef, host: SketchHost, { devices }: Sketch, registries: Registries): Finding[] {
  const device = devices.find(({ name }) => name === ref.device)
  if (device === undefined) return [unknownDevice(ref, devices)]
  const protectedEntry = device.outlets.find((entry) => entry.outlet === ref.outlet && entry.protected)
  if (protectedEntry !== undefined) {
    const who = host.name ?? 'this host'
    const message = `${who} is mapped to outlet ${ref.outlet} of ${ref.device}, which is protected and never switched automatically; without \`power\` the host is only watched`
    return [{ path: [...ref.path, 'outlet'], first: [...protectedEntry.path, 'protected'], message }]
  }
  return addressing(ref, device, registries)
}

function unknownDevice(ref: SketchRef, devices: readonly SketchDevice[]): Finding {
  const names = devices.flatMap(({ name }) => name ?? [])
  const suggestion = nearest(ref.device, names)
  const known =
    names.length === 0 ? 'none is configured under `powerDevices`' : `known: ${names.slice(0, 10).join(', ')}`
  return {
    path: [...ref.path, 'device'],
    message: `there is no power device ${ref.device}${suggestion === undefined ? ` (${known})` : ''}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  }
}

function addressing(ref: SketchRef, device: SketchDevice, { drivers }: Registries): Finding[] {
  const declared: DriverDeclaration | undefined =
    device.driver !== undefined && Object.hasOwn(drivers, device.driver) ? drivers[device.driver] : undefined
  if (declared === undefined) return []
  const { outlet, names } = declared.addressing(device.written)
  const at = [...ref.path, 'outlet']
  if (outlet === 'required' && ref.outlet === '') {
    const example = names?.[0] ?? 0
    const message = `\`outlet\` is required: ${ref.device} has outlets, such as { device: ${ref.device}, outlet: ${example} }`
    return [{ path: ref.path, message }]
  }
  if (outlet === 'none' && ref.outlet !== '') {
    return [{ path: at, message: `${ref.device} is one switch and has no outlets; leave \`outlet\` out` }]
  }
  if (names === undefined || names.includes(ref.outlet)) return []
  const suggestion = nearest(ref.outlet, names)
  const message = `${ref.device} has no outlet ${ref.outlet}${suggestion === undefined ? ` (known: ${names.slice(0, 10).join(', ')})` : ''}`
  return [{ path: at, message, ...(suggestion === undefined ? {} : { suggestion }) }]
}

function sharedOutlets({ hosts }: Sketch): Finding[] {
  const seen = new Map<string, { readonly host: SketchHost; readonly ref: SketchRef }>()
  return hosts.flatMap((host) =>
    [...host.power, ...host.fallback].flatMap((ref) => {
      const key = JSON.stringify([ref.device, ref.outlet])
      const first = seen.get(key)
      if (first === undefined) {
        seen.set(key, { host, ref })
        return []
      }
      const what = ref.outlet === '' ? `the device ${ref.device}` : `outlet ${ref.outlet} of ${ref.device}`
      const message =
        first.host === host
          ? `${what} is given twice for ${host.name ?? 'this host'}`
          : `${what} already feeds ${first.host.name ?? 'another host'}; cutting it would cut both hosts`
      return [{ path: ref.outlet === '' ? ref.path : [...ref.path, 'outlet'], first: first.ref.path, message }]
    }),
  )
}

function fallbackAlone({ power, fallback, path, name }: SketchHost): Finding[] {
  if (fallback.length === 0 || power.length > 0) return []
  return [
    {
      path: [...path, 'fallback'],
      message: `${name ?? 'this host'} has a fallback but no \`power\` to fall back from; write it as \`power\``,
    },
  ]
}
