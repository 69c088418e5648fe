import type { HeartbeatDriver } from '../driver.ts'
import { UrlHeartbeat } from './sender.ts'
import { schema, type UrlSettings } from './settings.ts'

/** Any address. */
export const urlDriver = {
  type: 'url',
  schema,
  create: (name, settings) => new UrlHeartbeat(name, settings),
} satisfies HeartbeatDriver<UrlSettings> & { readonly schema: typeof schema }
