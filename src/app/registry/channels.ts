import type { ChannelDeclaration } from '../../config/registry.ts'
import type { Rate } from '../../core/alerts/policy.ts'
import { alertmanagerDriver } from '../../notify/alertmanager/driver.ts'
import { commandChannelDriver } from '../../notify/command/driver.ts'
import { discordDriver } from '../../notify/discord/driver.ts'
import type { FromUrl } from '../../notify/driver.ts'
import { emailDriver } from '../../notify/email/driver.ts'
import { gotifyDriver } from '../../notify/gotify/driver.ts'
import { ntfyDriver } from '../../notify/ntfy/driver.ts'
import { pushoverDriver } from '../../notify/pushover/driver.ts'
import { slackDriver } from '../../notify/slack/driver.ts'
import { telegramDriver } from '../../notify/telegram/driver.ts'
import { webhookDriver } from '../../notify/webhook/driver.ts'
import type { Notifier } from '../../ports/notifier.ts'

/** A driver with its settings' type forgotten: they come out of its own schema, or its own URL, and go back into it. */
export interface RegisteredChannel extends ChannelDeclaration {
  readonly rate: Rate
  readonly schemes: readonly string[]
  /** It works without our uplink, unless the configuration says otherwise. */
  readonly local?: boolean
  /** It hands alerts to something that brings them back: no way to a person by itself. */
  readonly loops?: boolean
  fromUrl?(url: URL): FromUrl<unknown>
  create(name: string, settings: unknown): Notifier
}

/** Every integration that a configuration can name. */
export const CHANNELS: Readonly<Record<string, RegisteredChannel>> = {
  discord: discordDriver,
  slack: slackDriver,
  telegram: telegramDriver,
  ntfy: ntfyDriver,
  gotify: gotifyDriver,
  pushover: pushoverDriver,
  email: emailDriver,
  webhook: webhookDriver,
  alertmanager: { ...alertmanagerDriver, loops: true },
  command: { ...commandChannelDriver, local: true },
}
