import type { Registries } from '../../config/registry.ts'
import { CHANNELS } from './channels.ts'
import { HEARTBEATS } from './heartbeats.ts'
import { POWER_DRIVERS } from './power-devices.ts'
import { PROBES } from './probes.ts'

/** What the configuration is composed of. */
export const REGISTRIES: Registries = {
  probes: PROBES,
  drivers: POWER_DRIVERS,
  channels: CHANNELS,
  heartbeats: HEARTBEATS,
}
