import type { z } from 'zod'
import type { HeartbeatSender } from '../ports/heartbeat.ts'

/** One service that notices when we fall silent: what the registry of heartbeats is made of. */
export interface HeartbeatDriver<Settings> {
  readonly type: string
  /** A strict object without `name`, `type` and `every`, which belong to every heartbeat; every key described. */
  readonly schema: z.ZodObject
  /** Nothing is sent yet, and no secret is revealed. */
  create(name: string, settings: Settings): HeartbeatSender
}
