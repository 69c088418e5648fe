import type { Registries } from '../../config/registry.ts'
import { POWER_DRIVERS } from './power-devices.ts'
import { PROBES } from './probes.ts'

/** What the configuration is composed of. */
export const REGISTRIES: Registries = { probes: PROBES, drivers: POWER_DRIVERS }
