import type { Command, CommandResult, Reading } from '../core/power/types.ts'
import { type At, reached } from '../core/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { DeviceError, Outcome, OutletReading, PowerDevice } from '../ports/power-device.ts'

/** What a look at a whole device found. */
export type Look =
  | {
      readonly ok: true
      readonly identity: { readonly deviceId: string; readonly model: string }
      readonly readings: Readonly<Record<string, Reading>>
    }
  | { readonly ok: false; readonly code: string; readonly sentence: string }

/** Drivers end by themselves, long before this: one that does not must not keep an ON waiting for ever. */
export const CALL_LIMIT_MS = 900_000
const DRIVER_FAILED = 'driver-failed'

/**
 * Speaks to the power devices: one call at a time a device, commands before looks. A look that is under way when a
 * command comes is ended, so that the command leaves at once.
 */
export class DeviceDesk {
  readonly #devices: Map<string, PowerDevice>
  readonly #clock: Clock
  readonly #tails = new Map<string, Promise<unknown>>()
  readonly #looks = new Map<string, AbortController>()
  readonly #closing = new AbortController()

  constructor(devices: readonly PowerDevice[], clock: Clock) {
    this.#devices = new Map(devices.map((device) => [device.name, device]))
    this.#clock = clock
  }

  names(): readonly string[] {
    return [...this.#devices.keys()]
  }

  /** Runs one command and says what came of it. Never rejects. */
  run(command: Command, mayStillLeave: () => boolean): Promise<CommandResult> {
    const device = this.#devices.get(command.ref.device)
    if (device === undefined) {
      const sentence = `The power device ${command.ref.device} is not configured.`
      return Promise.resolve({ outcome: 'not-sent', code: 'unmapped', sentence })
    }
    this.#looks.get(device.name)?.abort()
    const mine = this.#queue(device.name, async (): Promise<CommandResult> => {
      const cuts = command.op === 'off' || command.op === 'arm'
      if (cuts && (reached(command.sendBefore, this.#clock.now()) || !mayStillLeave())) {
        const sentence = 'The command could not leave in time; what it was decided on is no longer fresh.'
        return { outcome: 'not-sent', code: 'expired', sentence }
      }
      return this.#carryOut(device, command)
    })
    // A driver that throws is a mistake of ours; its command may still have left.
    return mine.catch((error: unknown): CommandResult => {
      return { outcome: 'ambiguous', code: DRIVER_FAILED, sentence: driverFailed(device.name, error) }
    })
  }

  /** Identity and readings of a whole device. Never rejects. */
  look(name: string): Promise<Look> {
    const device = this.#devices.get(name)
    if (device === undefined) {
      return Promise.resolve({ ok: false, code: 'unmapped', sentence: `The power device ${name} is not configured.` })
    }
    const cancel = new AbortController()
    if (this.#closing.signal.aborted) cancel.abort()
    this.#looks.set(name, cancel)
    return this.#queue(name, () => this.#lookAt(device, cancel.signal))
      .catch((error: unknown): Look => ({ ok: false, code: DRIVER_FAILED, sentence: driverFailed(name, error) }))
      .finally(() => {
        if (this.#looks.get(name) === cancel) this.#looks.delete(name)
      })
  }

  async #lookAt(device: PowerDevice, signal: AbortSignal): Promise<Look> {
    const identity = await device.identify(signal)
    if (!identity.ok) return failedLook(identity.error)
    const all = await device.readAll(signal)
    if (!all.ok) return failedLook(all.error)
    const at = this.#clock.now()
    const readings: Record<string, Reading> = {}
    for (const outlet of all.value) readings[outlet.outlet] = readingOf(outlet, at)
    const { deviceId, model } = identity.value
    return { ok: true, identity: { deviceId, model }, readings }
  }

  /** Adds devices and replaces those of the same name; answers the replaced ones, to be closed by the caller. */
  replace(devices: readonly PowerDevice[]): PowerDevice[] {
    const replaced: PowerDevice[] = []
    for (const device of devices) {
      const old = this.#devices.get(device.name)
      if (old !== undefined) replaced.push(old)
      this.#devices.set(device.name, device)
    }
    return replaced
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const look of this.#looks.values()) look.abort()
    await Promise.all(this.#tails.values())
    await Promise.all([...this.#devices.values()].map((device) => device.close()))
  }

  #queue<T>(name: string, job: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name) ?? Promise.resolve()
    const limited = () => this.#limited(job)
    const mine = before.then(limited, limited)
    this.#tails.set(
      name,
      mine.catch(() => undefined),
    )
    return mine
  }

  async #limited<T>(job: () => Promise<T>): Promise<T> {
    const ended = new AbortController()
    const overdue = this.#clock.sleep(CALL_LIMIT_MS * this.#clock.pace, ended.signal).then((): never => {
      throw new TypeError('its call did not end')
    })
    return Promise.race([job(), overdue]).finally(() => ended.abort())
  }

  async #carryOut(device: PowerDevice, command: Command): Promise<CommandResult> {
    const { outlet } = command.ref
    const signal = this.#closing.signal
    switch (command.op) {
      case 'identify':
        return this.#identify(device, outlet, signal)
      case 'read':
        return this.#reading(await device.read(outlet, signal))
      case 'off':
        return this.#reading(await device.turnOff(outlet, signal))
      case 'on':
        return this.#reading(await device.turnOn(outlet, signal))
      case 'arm':
        return done(await device.arm?.(outlet, command.armSeconds ?? 0, signal))
      case 'disarm':
        return done(await device.disarm?.(outlet, signal))
    }
  }

  async #identify(device: PowerDevice, outlet: string, signal: AbortSignal): Promise<CommandResult> {
    const found = await device.identify(signal)
    if (!found.ok) return resultOf(found.error)
    const { deviceId, model, outlets } = found.value
    const known = outlets.find((each) => each.outlet === outlet)
    const at = this.#clock.now()
    if (known !== undefined) return { outcome: 'ok', identity: { deviceId, model }, reading: readingOf(known, at) }
    const read = await device.read(outlet, signal)
    if (!read.ok) return resultOf(read.error)
    return { outcome: 'ok', identity: { deviceId, model }, reading: readingOf(read.value, this.#clock.now()) }
  }

  #reading(outcome: Outcome<OutletReading>): CommandResult {
    if (!outcome.ok) return resultOf(outcome.error)
    return { outcome: 'ok', reading: readingOf(outcome.value, this.#clock.now()) }
  }
}

function driverFailed(device: string, error: unknown): string {
  return `The driver of ${device} failed: ${error instanceof Error ? error.message : String(error)}`
}

function readingOf({ state, watts, alias }: OutletReading, at: At): Reading {
  return { state, at, ...(watts === undefined ? {} : { watts }), ...(alias === undefined ? {} : { alias }) }
}

function resultOf({ code, sentence, mayHaveLanded }: DeviceError): CommandResult {
  return { outcome: mayHaveLanded ? 'ambiguous' : 'failed', code, sentence }
}

function done(outcome: Outcome<void> | undefined): CommandResult {
  if (outcome === undefined) {
    return { outcome: 'failed', code: 'not-supported', sentence: 'The device has no timer of its own.' }
  }
  return outcome.ok ? { outcome: 'ok' } : resultOf(outcome.error)
}

function failedLook({ code, sentence }: DeviceError): Look {
  return { ok: false, code, sentence }
}
