import type { HeartbeatDriver } from '../driver.ts'
import { DeadMansSnitch } from './sender.ts'
import { type DeadMansSnitchSettings, schema } from './settings.ts'

export const deadMansSnitchDriver = {
  type: 'dead-mans-snitch',
  schema,
  create: (name, settings) => new DeadMansSnitch(name, settings),
} satisfies HeartbeatDriver<DeadMansSnitchSettings> & { readonly schema: typeof schema }
