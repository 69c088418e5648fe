import type { DeviceIdentity, Outcome } from '../../ports/power-device.ts'
import { KasaDevice } from './device.ts'
import type { KasaSettings } from './settings.ts'

export type DiscoverOptions = Partial<Omit<KasaSettings, 'address'>> & { readonly signal?: AbortSignal }

/**
 * Asks one address whether a Kasa device is there, and what it is. With no account given, the default ones are tried.
 * `timeout` is in milliseconds, 5000 where left out.
 */
export async function discoverKasa(address: string, options: DiscoverOptions = {}): Promise<Outcome<DeviceIdentity>> {
  const { signal = new AbortController().signal, ...given } = options
  const settings = { address, port: 80, legacyPort: 9999, timeout: 5000, transport: 'auto' as const, ...given }
  const device = new KasaDevice(address, settings)
  try {
    return await device.identify(signal)
  } finally {
    await device.close()
  }
}
