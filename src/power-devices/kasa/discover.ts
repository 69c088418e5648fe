import type { DeviceIdentity, Outcome } from '../../ports/power-device.ts'
import { KasaDevice } from './device.ts'
import type { KasaSettings } from './settings.ts'

export type DiscoverOptions = Partial<Omit<KasaSettings, 'address'>> & { readonly signal?: AbortSignal }

/**
 * Asks one address whether a Kasa device is there, what it is, and what its outlets draw where it has meters. With no
 * account given, the default ones are tried.
 * `timeout` is in milliseconds, 5000 where left out.
 */
export async function discoverKasa(address: string, options: DiscoverOptions = {}): Promise<Outcome<DeviceIdentity>> {
  const { signal = new AbortController().signal, ...given } = options
  const settings = { address, port: 80, legacyPort: 9999, timeout: 5000, transport: 'auto' as const, ...given }
  const device = new KasaDevice('strip', settings)
  try {
    const identified = await device.identify(signal)
    if (!identified.ok) return identified
    // Identifying leaves the meters alone. Whoever looks for an outlet by what it draws wants them, but can do without.
    const read = await device.readAll(signal)
    return read.ok ? { ok: true, value: { ...identified.value, outlets: read.value } } : identified
  } finally {
    await device.close()
  }
}
