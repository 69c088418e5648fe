import type { Addressing, DriverDeclaration } from '../../config/registry.ts'
import type { PowerDevice } from '../../ports/power-device.ts'
import { commandDriver } from '../../power-devices/command/driver.ts'
import type { CommandSettings } from '../../power-devices/command/settings.ts'
import { fenceDriver } from '../../power-devices/fence/driver.ts'
import type { FenceSettings } from '../../power-devices/fence/settings.ts'
import { kasaDriver } from '../../power-devices/kasa/driver.ts'
import type { KasaSettings } from '../../power-devices/kasa/settings.ts'

/** A driver with its settings' type forgotten: they come out of its own schema and go back into it. */
export interface RegisteredDriver extends DriverDeclaration {
  create(name: string, settings: unknown): PowerDevice
}

const kasa = {
  ...kasaDriver,
  addressing: (): Addressing => ({ outlet: 'required' }),
  endpoint: ({ address }: KasaSettings) => address,
}

const fence = {
  ...fenceDriver,
  // A BMC is one switch, a strip has plugs: only the agent knows which it is.
  addressing: (): Addressing => ({ outlet: 'optional' }),
  // Agents call the address of their device `ip`, older ones `ipaddr`.
  endpoint: ({ agent, options }: FenceSettings) => `${agent} ${options.ip ?? options.ipaddr ?? ''}`.trim(),
}

const command = {
  ...commandDriver,
  addressing: ({ outletNames }: Readonly<Record<string, unknown>>): Addressing => {
    if (!Array.isArray(outletNames)) return { outlet: 'none' }
    return { outlet: 'required', names: outletNames.filter((name) => typeof name === 'string') }
  },
  endpoint: (settings: CommandSettings) => JSON.stringify(settings.command),
}

/** Every driver that a configuration can name. */
export const POWER_DRIVERS = { kasa, fence, command } satisfies Record<string, RegisteredDriver>
