import type { HeartbeatDriver } from '../driver.ts'
import { Healthchecks } from './sender.ts'
import { type HealthchecksSettings, schema } from './settings.ts'

/** Healthchecks, hosted or a server of your own. */
export const healthchecksDriver = {
  type: 'healthchecks',
  schema,
  create: (name, settings) => new Healthchecks(name, settings),
} satisfies HeartbeatDriver<HealthchecksSettings> & { readonly schema: typeof schema }
