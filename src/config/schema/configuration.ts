import { z } from 'zod'
import type { Registries } from '../registry.ts'
import { alerts } from './alerts.ts'
import { channel } from './channels.ts'
import { deadman, heartbeat } from './heartbeats.ts'
import { hooks, relay } from './hooks.ts'
import { host, reference } from './hosts.ts'
import { powerDevice } from './power-devices.ts'
import { guests, netconsole, proxmox } from './proxmox.ts'
import { deviceCheck, history, http, log, mode, recovery, rounds, stateDirectory } from './sections.ts'
import { ups } from './ups.ts'

const MOST_ENTRIES = 20_000

/** The whole file, composed of the program's own sections and of what the probes and drivers bring. */
export function configurationSchema(registries: Registries) {
  return z
    .strictObject({
      mode,
      stateDirectory,
      http,
      log,
      history,
      rounds,
      recovery,
      deviceCheck,
      references: z
        .array(reference(registries.probes))
        .max(MOST_ENTRIES)
        .prefault([])
        .describe(
          'What answers when our own network is well: a gateway, a DNS server. None of them answering holds every cycle.',
        ),
      powerDevices: z
        .array(powerDevice(registries.drivers))
        .max(MOST_ENTRIES)
        .prefault([])
        .describe('Strips, BMCs and whatever else switches power.'),
      proxmox,
      guests,
      netconsole,
      ups,
      channels: z
        .array(channel(registries.channels))
        .max(MOST_ENTRIES)
        .prefault([])
        .describe('Ways to tell a person: a chat, a phone, e-mail, a program of your own.'),
      alerts,
      hooks,
      relay,
      heartbeats: z
        .array(heartbeat(registries.heartbeats))
        .max(MOST_ENTRIES)
        .prefault([])
        .describe('Who is told regularly that all is well, and notices when that stops. Only sent while it is proved.'),
      deadman: deadman(registries.probes),
      hosts: z.array(host(registries.probes)).max(MOST_ENTRIES).prefault([]).describe('The machines to watch.'),
    })
    .describe('Configuration of proxmox-watchdog')
}

export type ParsedFile = z.output<ReturnType<typeof configurationSchema>>
