import { z } from 'zod'
import type { ProbeDeclaration } from '../registry.ts'
import { entryName, networkAddress } from '../values.ts'
import { outletNumber } from './power-devices.ts'
import { probeList } from './probes.ts'
import { bootGrace, offHold, onWedged } from './sections.ts'

export const DEFAULT_HOST_PROBES = ['icmp', 'https'] as const
export const DEFAULT_REFERENCE_PROBES = ['icmp'] as const
const MOST_SUPPLIES = 8

const powerRefs = () =>
  z
    .array(
      z.strictObject({
        device: z.string().min(1).describe('Name of a power device.'),
        outlet: outletNumber()
          .optional()
          .describe('Its outlet. Left out for a device that is one switch, such as a BMC.'),
      }),
    )
    .max(MOST_SUPPLIES)
    .prefault([])

export function host(probes: Readonly<Record<string, ProbeDeclaration>>) {
  return z.strictObject({
    name: entryName().describe('Name of the host: in messages, metrics and commands.'),
    address: networkAddress().describe('Host name or IP address that is probed. An address does not depend on DNS.'),
    cluster: entryName()
      .default('default')
      .describe('Hosts of one cluster are weighed against each other: too many silent at once is rarely the hosts.'),
    probes: probeList(probes, DEFAULT_HOST_PROBES).describe(
      'What is asked each round: names of kinds, or maps of a kind to its settings. Any answer is life.',
    ),
    power: powerRefs().describe(
      'The outlets that feed it. All of one list switch together: two supplies are two entries. None: only watched.',
    ),
    fallback: powerRefs().describe('What is tried where `power` cannot be switched, such as its BMC.'),
    runsHere: z
      .boolean()
      .default(false)
      .describe('The watchdog itself runs on this host or on a guest of it: it is never cycled automatically.'),
    offHold: offHold().optional().describe('Overrides `recovery.offHold` for this host.'),
    bootGrace: bootGrace().optional().describe('Overrides `recovery.bootGrace` for this host.'),
    onWedged: onWedged.optional().describe('Overrides `recovery.onWedged` for this host.'),
  })
}

export function reference(probes: Readonly<Record<string, ProbeDeclaration>>) {
  return z.strictObject({
    name: entryName().describe('Name of the reference, such as `gateway`.'),
    address: networkAddress().describe('Host name or IP address that is probed.'),
    probes: probeList(probes, DEFAULT_REFERENCE_PROBES).describe('What is asked each round.'),
  })
}
