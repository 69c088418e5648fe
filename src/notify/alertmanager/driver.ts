import type { ChannelDriver } from '../driver.ts'
import { AlertmanagerNotifier } from './notifier.ts'
import { type AlertmanagerSettings, schema } from './settings.ts'
import { fromUrl } from './short-url.ts'

/** A Prometheus Alertmanager, which then routes our alerts as those of Prometheus. */
export const alertmanagerDriver = {
  type: 'alertmanager',
  schema,
  // It has no limit of its own; this only keeps a storm from coming as a single burst.
  rate: { burst: 100, refillMs: 100 },
  schemes: ['alertmanager', 'alertmanagers'],
  fromUrl,
  create: (name, settings) => new AlertmanagerNotifier(name, settings),
} satisfies ChannelDriver<AlertmanagerSettings> & { readonly schema: typeof schema }
