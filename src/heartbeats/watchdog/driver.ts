import type { HeartbeatDriver } from '../driver.ts'
import { WatchdogHeartbeat } from './sender.ts'
import { schema, type WatchdogSettings } from './settings.ts'

/** Another proxmox-watchdog, elsewhere. */
export const watchdogDriver = {
  type: 'watchdog',
  schema,
  create: (name, settings) => new WatchdogHeartbeat(name, settings),
} satisfies HeartbeatDriver<WatchdogSettings> & { readonly schema: typeof schema }
