import type { PowerDriver } from '../../ports/power-device.ts'
import { FenceDevice } from './device.ts'
import { type FenceSettings, schema } from './settings.ts'

/** For the end of a run whose time is up: SIGTERM, then SIGKILL, then its last words. */
const MARGIN_MS = 3000

/** Any ClusterLabs fence agent: about 80 kinds of BMC, power strip, hypervisor and cloud. */
export const fenceDriver = {
  driver: 'fence',
  schema,
  slowestCommandMs: (settings) => 2 * (settings.timeout + MARGIN_MS),
  create: (name, settings) => new FenceDevice(name, settings),
} satisfies PowerDriver<FenceSettings> & { readonly schema: typeof schema }
