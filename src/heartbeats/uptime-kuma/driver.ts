import type { HeartbeatDriver } from '../driver.ts'
import { UptimeKuma } from './sender.ts'
import { schema, type UptimeKumaSettings } from './settings.ts'

/** A Push monitor of Uptime Kuma. */
export const uptimeKumaDriver = {
  type: 'uptime-kuma',
  schema,
  create: (name, settings) => new UptimeKuma(name, settings),
} satisfies HeartbeatDriver<UptimeKumaSettings> & { readonly schema: typeof schema }
