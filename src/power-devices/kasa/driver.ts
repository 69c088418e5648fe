import type { PowerDriver } from '../../ports/power-device.ts'
import { callBudgetMs, KasaDevice } from './device.ts'
import { type KasaSettings, schema } from './settings.ts'

/** What an aborted call still needs to end, and a busy event loop to notice. */
const MARGIN_MS = 1000

/** TP-Link Kasa strips and plugs, such as the HS300: KLAP v2, KLAP v1 and the legacy XOR protocol. */
export const kasaDriver = {
  driver: 'kasa',
  schema,
  slowestCommandMs: (settings) => callBudgetMs(settings) + MARGIN_MS,
  create: (name, settings) => new KasaDevice(name, settings),
} satisfies PowerDriver<KasaSettings> & { readonly schema: typeof schema }
