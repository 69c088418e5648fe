import type { ChannelDriver } from '../driver.ts'
import { EmailNotifier } from './notifier.ts'
import { type EmailSettings, schema } from './settings.ts'
import { fromUrl } from './short-url.ts'

/** E-mail by a mail server of yours (SMTP, RFC 5321). */
export const emailDriver = {
  type: 'email',
  schema,
  // No server says what it takes. Providers of mailboxes begin to refuse at some dozens a minute.
  rate: { burst: 20, refillMs: 5_000 },
  schemes: ['smtp', 'smtps'],
  fromUrl,
  create: (name, settings) => new EmailNotifier(name, settings),
} satisfies ChannelDriver<EmailSettings> & { readonly schema: typeof schema }
