import type { ChannelDriver } from '../driver.ts'
import { CommandNotifier } from './notifier.ts'
import { type CommandSettings, schema } from './settings.ts'

/**
 * Your own program as a channel. It runs on this machine, so it counts as a local channel unless its configuration says
 * otherwise: a siren or a modem works when the uplink does not.
 */
export const commandChannelDriver = {
  type: 'command',
  schema,
  rate: { burst: 20, refillMs: 1000 },
  schemes: [],
  create: (name, settings) => new CommandNotifier(name, settings),
} satisfies ChannelDriver<CommandSettings>
