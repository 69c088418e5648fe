import type { ChannelDriver } from '../driver.ts'
import { fromUrl } from './from-url.ts'
import { DiscordNotifier } from './notifier.ts'
import { type DiscordSettings, schema } from './settings.ts'

/** A channel of Discord, through a webhook of it. */
export const discordDriver: ChannelDriver<DiscordSettings> = {
  type: 'discord',
  schema,
  // What the service's headers told for a webhook: 5 in 2 s. The headers are respected whatever is configured.
  rate: { burst: 5, refillMs: 1000 },
  schemes: ['discord'],
  fromUrl,
  create: (name, settings) => new DiscordNotifier(name, settings),
}
