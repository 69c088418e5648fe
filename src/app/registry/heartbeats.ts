import type { HeartbeatDeclaration } from '../../config/registry.ts'
import { deadMansSnitchDriver } from '../../heartbeats/dead-mans-snitch/driver.ts'
import { healthchecksDriver } from '../../heartbeats/healthchecks/driver.ts'
import { uptimeKumaDriver } from '../../heartbeats/uptime-kuma/driver.ts'
import { urlDriver } from '../../heartbeats/url/driver.ts'
import { watchdogDriver } from '../../heartbeats/watchdog/driver.ts'
import type { HeartbeatSender } from '../../ports/heartbeat.ts'

/** A driver with its settings' type forgotten: they come out of its own schema and go back into it. */
export interface RegisteredHeartbeat extends HeartbeatDeclaration {
  create(name: string, settings: unknown): HeartbeatSender
}

/** Every service that a configuration can name. */
export const HEARTBEATS: Readonly<Record<string, RegisteredHeartbeat>> = {
  healthchecks: healthchecksDriver,
  'uptime-kuma': uptimeKumaDriver,
  'dead-mans-snitch': deadMansSnitchDriver,
  watchdog: watchdogDriver,
  url: urlDriver,
}
