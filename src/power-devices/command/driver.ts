import type { PowerDriver } from '../../ports/power-device.ts'
import { CommandDevice } from './device.ts'
import { type CommandSettings, schema } from './settings.ts'

/** For the end of a run whose time is up: SIGTERM, then SIGKILL, then its last words. */
const MARGIN_MS = 3000

/** Your own program as a power device. */
export const commandDriver = {
  driver: 'command',
  schema,
  // The order, the time to verify, and a last look at the status that began just before that was over.
  slowestCommandMs: (settings) => 2 * (settings.timeout + MARGIN_MS) + settings.verifyWithin,
  create: (name, settings) => new CommandDevice(name, settings),
} satisfies PowerDriver<CommandSettings> & { readonly schema: typeof schema }
