import type { ChannelDriver } from '../driver.ts'
import { fromUrl } from './from-url.ts'
import { TelegramNotifier } from './notifier.ts'
import { schema, type TelegramSettings } from './settings.ts'

/** Chats of Telegram, through a bot. */
export const telegramDriver: ChannelDriver<TelegramSettings> = {
  type: 'telegram',
  schema,
  // One a second in a chat, and 20 a minute in a group: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
  rate: { burst: 5, refillMs: 3000 },
  schemes: ['telegram'],
  fromUrl,
  create: (name, settings) => new TelegramNotifier(name, settings),
}
