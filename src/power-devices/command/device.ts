import { setTimeout as sleep } from 'node:timers/promises'
import type { DeviceError, DeviceIdentity, Outcome, OutletReading, PowerDevice } from '../../ports/power-device.ts'
import { identityOf, readingOf } from './answer.ts'
import { isList, runCommand } from './run.ts'
import type { CommandSettings } from './settings.ts'

const VERIFY_PAUSE_MS = 500

/** Whatever your own program can switch. Its exit code 0 is an acknowledgement; only its status is taken as success. */
export class CommandDevice implements PowerDevice {
  readonly name: string
  readonly driver = 'command'
  readonly #settings: CommandSettings

  constructor(name: string, settings: CommandSettings) {
    this.name = name
    this.#settings = settings
  }

  /** The identity that identify prints; else the configured one; else the status command's own words stand for it. */
  async identify(signal: AbortSignal): Promise<Outcome<DeviceIdentity>> {
    const { command, id } = this.#settings
    const status = isList(command) ? command : command.status
    let deviceId = id ?? `command ${JSON.stringify(status)}`
    if (!isList(command) && command.identify !== undefined) {
      const run = await runCommand(this.name, this.#settings, 'identify', '', signal)
      if ('error' in run) return failure(run.error)
      const told = identityOf(run.stdout)
      if (told === undefined) return malformed('the identify command did not print one line')
      if (id !== undefined && told !== id) {
        const sentence = `the identify command tells ${told}, configured is ${id}`
        return failure({ code: 'identity-mismatch', sentence, mayHaveLanded: false })
      }
      deviceId = told
    }
    const outlets = await this.readAll(signal)
    if (!outlets.ok) return outlets
    return { ok: true, value: { deviceId, model: 'command', outlets: outlets.value } }
  }

  async readAll(signal: AbortSignal): Promise<Outcome<readonly OutletReading[]>> {
    const readings: OutletReading[] = []
    for (const outlet of this.#settings.outletNames ?? ['']) {
      const reading = await this.read(outlet, signal)
      if (!reading.ok) return reading
      readings.push(reading.value)
    }
    return { ok: true, value: readings }
  }

  async read(outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    const unknown = this.#unknownOutlet(outlet)
    if (unknown) return failure(unknown)
    const run = await runCommand(this.name, this.#settings, 'status', outlet, signal)
    if ('error' in run) return failure(run.error)
    const reading = readingOf(run.stdout, outlet)
    return reading ? { ok: true, value: reading } : malformed('the status command printed neither on nor off')
  }

  turnOff(outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    return this.#turn('off', outlet, signal)
  }

  turnOn(outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    return this.#turn('on', outlet, signal)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  async #turn(wanted: 'on' | 'off', outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    const unknown = this.#unknownOutlet(outlet)
    if (unknown) return failure(unknown)
    const run = await runCommand(this.name, this.#settings, wanted, outlet, signal)
    if ('error' in run) return failure(run.error)
    const endMs = performance.now() + this.#settings.verifyWithin
    while (true) {
      const reading = await this.read(outlet, signal)
      if (!reading.ok) return failure({ ...reading.error, mayHaveLanded: true })
      if (reading.value.state === wanted) return reading
      if (performance.now() + VERIFY_PAUSE_MS > endMs) return failure(unchanged(wanted, reading.value.state))
      // An abort in the pause is told by the next run, which it keeps from starting.
      await sleep(VERIFY_PAUSE_MS, undefined, { signal }).catch(() => {})
    }
  }

  #unknownOutlet(outlet: string): DeviceError | undefined {
    const names = this.#settings.outletNames ?? ['']
    if (names.includes(outlet)) return undefined
    const known = this.#settings.outletNames?.join(', ') ?? 'none by name: set outletNames'
    return {
      code: 'no-such-outlet',
      sentence: `there is no outlet '${outlet}'; known are: ${known}`,
      mayHaveLanded: false,
    }
  }
}

function unchanged(wanted: 'on' | 'off', state: OutletReading['state']): DeviceError {
  const sentence = `the ${wanted} command reported success, but the status is still ${state}`
  return { code: 'refused', sentence, mayHaveLanded: true }
}

function malformed(sentence: string): { readonly ok: false; readonly error: DeviceError } {
  return failure({ code: 'malformed-answer', sentence, mayHaveLanded: false })
}

function failure(error: DeviceError): { readonly ok: false; readonly error: DeviceError } {
  return { ok: false, error }
}
