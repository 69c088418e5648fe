import assert from 'node:assert/strict'
import { formatDuration } from '../../config/values.ts'
import type { DeviceErrorCode, DeviceIdentity, Outcome, OutletReading, PowerDevice } from '../../ports/power-device.ts'
import { startDeadline } from './deadline.ts'
import { TransportDetector } from './detect.ts'
import { armTimer, disarmTimer } from './device-timer.ts'
import type { Transport, TransportLabel } from './exchange.ts'
import { parseWatts } from './iot-answer.ts'
import { meterMessage, relayMessage, sysinfoMessage } from './iot-message.ts'
import { type Outlet, parseSysinfo, type Sysinfo } from './iot-sysinfo.ts'
import { KlapTransport } from './klap-session.ts'
import { BACKOFF_AFTER_TIMEOUT_MS, MAX_TRIES, type QueryFailure, QueryLine } from './query.ts'
import { type KasaRuntime, realRuntime } from './runtime.ts'
import type { KasaSettings } from './settings.ts'
import { XorTransport } from './xor-transport.ts'

/** A meter that does not answer must not hold up the readings of the others for long. */
const METER_TRIES = 2

/** Looking, switching and reading back, each with all its tries: no call lasts longer. */
export const callBudgetMs = (settings: KasaSettings): number =>
  3 * (MAX_TRIES * settings.timeout + (MAX_TRIES - 1) * BACKOFF_AFTER_TIMEOUT_MS)

function transportsOf(settings: KasaSettings, runtime: KasaRuntime): Transport[] {
  const { address, timeout: timeoutMs } = settings
  const klap = new KlapTransport({ address, port: settings.port, timeoutMs }, settings, runtime)
  const legacy = new XorTransport({ address, port: settings.legacyPort, timeoutMs })
  if (settings.transport === 'auto') return [klap, legacy]
  return settings.transport === 'klap' ? [klap] : [legacy]
}

const failed = (code: DeviceErrorCode, what: string, mayHaveLanded: boolean): QueryFailure => ({
  ok: false,
  code,
  what,
  mayHaveLanded,
})

type Result<T> = { readonly ok: true; readonly value: T } | QueryFailure

type Seen = { readonly info: Sysinfo; readonly via: TransportLabel }

const readingOf = ({ outlet, state, alias }: Outlet, watts?: number): OutletReading => ({
  outlet,
  state,
  ...(watts === undefined ? {} : { watts }),
  ...(alias === undefined ? {} : { alias }),
})

/** The outlet by its number, counted from 0; its alias is not a name that a person could not change by accident. */
function findOutlet(info: Sysinfo, outlet: string): Result<Outlet> {
  const found = info.outlets.find((candidate) => candidate.outlet === outlet)
  if (found !== undefined) return { ok: true, value: found }
  const last = info.outlets.length - 1
  const has = last === 0 ? 'only outlet 0' : `outlets 0 to ${last}`
  return failed('no-such-outlet', `it has no such outlet: the ${info.model} has ${has}`, false)
}

/** A Kasa strip or plug. It keeps nothing between calls but its KLAP session and the transport that last worked. */
export class KasaDevice implements PowerDevice {
  readonly name: string
  readonly driver = 'kasa'
  readonly #settings: KasaSettings
  readonly #runtime: KasaRuntime
  readonly #line: QueryLine
  readonly #closing = new AbortController()

  constructor(name: string, settings: KasaSettings, runtime: KasaRuntime = realRuntime) {
    this.name = name
    this.#settings = settings
    this.#runtime = runtime
    this.#line = new QueryLine(new TransportDetector(transportsOf(settings, runtime)), runtime)
  }

  identify(signal: AbortSignal): Promise<Outcome<DeviceIdentity>> {
    return this.#call('identifying it', signal, async (within) => {
      const seen = await this.#look(within)
      if (!seen.ok) return seen
      const { info, via } = seen.value
      const identity: DeviceIdentity = {
        deviceId: info.deviceId,
        model: info.model,
        ...(info.firmware === undefined ? {} : { firmware: info.firmware }),
        transport: via,
        outlets: info.outlets.map((outlet) => readingOf(outlet)),
      }
      return { ok: true, value: identity }
    })
  }

  readAll(signal: AbortSignal): Promise<Outcome<readonly OutletReading[]>> {
    return this.#call('reading its outlets', signal, async (within) => {
      const seen = await this.#look(within)
      if (!seen.ok) return seen
      const readings = await this.#meter(seen.value.info, seen.value.info.outlets, within)
      return signal.aborted ? failed('aborted', 'given up', false) : { ok: true, value: readings }
    })
  }

  read(outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    return this.#call(`reading outlet ${outlet}`, signal, async (within) => {
      const found = await this.#find(outlet, within)
      if (!found.ok) return found
      const [reading] = await this.#meter(found.value.info, [found.value.outlet], within)
      return signal.aborted ? failed('aborted', 'given up', false) : { ok: true, value: reading as OutletReading }
    })
  }

  turnOff(outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    return this.#call(`turning outlet ${outlet} off`, signal, (within) => this.#turn(outlet, 'off', within))
  }

  turnOn(outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    return this.#call(`turning outlet ${outlet} on`, signal, (within) => this.#turn(outlet, 'on', within))
  }

  arm(outlet: string, seconds: number, signal: AbortSignal): Promise<Outcome<void>> {
    assert(Number.isInteger(seconds) && seconds > 0, 'a device-side timer runs for whole seconds')
    return this.#call(`arming the timer of outlet ${outlet}`, signal, async (within) => {
      const found = await this.#find(outlet, within)
      if (!found.ok) return found
      const armed = await armTimer(this.#line, found.value.outlet.target, seconds, within)
      return armed.ok ? { ok: true, value: undefined } : armed
    })
  }

  disarm(outlet: string, signal: AbortSignal): Promise<Outcome<void>> {
    return this.#call(`disarming the timer of outlet ${outlet}`, signal, async (within) => {
      const found = await this.#find(outlet, within)
      if (!found.ok) return found
      const disarmed = await disarmTimer(this.#line, found.value.outlet.target, within)
      return disarmed.ok ? { ok: true, value: undefined } : disarmed
    })
  }

  /** Ends calls in flight as `aborted`. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#line.forget()
  }

  /** Runs one call within its budget and turns its failure into a sentence that names the device and the deed. */
  async #call<T>(
    deed: string,
    signal: AbortSignal,
    work: (within: AbortSignal) => Promise<Result<T>>,
  ): Promise<Outcome<T>> {
    const budgetMs = callBudgetMs(this.#settings)
    const deadline = startDeadline(budgetMs, [signal, this.#closing.signal])
    const result = await work(deadline.signal).finally(() => deadline.end())
    if (result.ok) return result
    const { code, what, mayHaveLanded } = result
    const late = code === 'aborted' && deadline.expired()
    const words = late ? `no result within ${formatDuration(budgetMs)}` : what
    const sentence = `${this.name} (kasa at ${this.#settings.address}), ${deed}: ${words}`
    return { ok: false, error: { code: late ? 'timeout' : code, sentence, mayHaveLanded } }
  }

  async #look(signal: AbortSignal): Promise<Result<Seen>> {
    const queried = await this.#line.ask(sysinfoMessage(), signal)
    if (!queried.ok) return queried
    const parsed = parseSysinfo(queried.value)
    if (!parsed.ok) return failed('malformed-answer', parsed.odd, false)
    return { ok: true, value: { info: parsed.value, via: queried.via } }
  }

  async #find(outlet: string, signal: AbortSignal): Promise<Result<{ info: Sysinfo; outlet: Outlet }>> {
    const seen = await this.#look(signal)
    if (!seen.ok) return seen
    const found = findOutlet(seen.value.info, outlet)
    return found.ok ? { ok: true, value: { info: seen.value.info, outlet: found.value } } : found
  }

  /** Adds watts where the meter answers, one question an outlet. A meter that fails leaves its watts out. */
  async #meter(info: Sysinfo, outlets: readonly Outlet[], signal: AbortSignal): Promise<OutletReading[]> {
    let metered = info.metered
    const readings: OutletReading[] = []
    for (const outlet of outlets) {
      const queried = metered ? await this.#line.ask(meterMessage(outlet.target), signal, METER_TRIES) : undefined
      readings.push(readingOf(outlet, queried?.ok === true ? parseWatts(queried.value) : undefined))
      // What fails for the device, not for this outlet, would fail for each of the others at the same cost.
      if (queried?.ok === false && (queried.errorCode === undefined || queried.code === 'not-supported'))
        metered = false
    }
    return readings
  }

  async #turn(outlet: string, state: 'on' | 'off', signal: AbortSignal): Promise<Result<OutletReading>> {
    const switched = await this.#switch(outlet, state, signal)
    if (!switched.ok) return switched
    const { deviceId } = switched.value
    const after = await this.#find(outlet, signal)
    const unread = (code: DeviceErrorCode, what: string) =>
      failed(code, `it acknowledged, but reading back failed: ${what}`, true)
    if (!after.ok) return unread(after.code, after.what)
    if (after.value.info.deviceId !== deviceId) {
      return unread('identity-mismatch', `device ${after.value.info.deviceId} answers instead of ${deviceId}`)
    }
    // Without watts: a meter lags behind its relay, and would make the answer late.
    return { ok: true, value: readingOf(after.value.outlet) }
  }

  /**
   * Sends the command to an outlet of the device as it is found now. A plug has no id to put into the command, so the
   * device is looked at again before each try: in its place may be a strip by then, all of which would be switched.
   * The second try begins with a handshake, for firmware that drops each session after one request.
   */
  async #switch(outlet: string, state: 'on' | 'off', signal: AbortSignal): Promise<Result<Sysinfo>> {
    let mayHaveLanded = false
    for (let attempt = 1; ; attempt += 1) {
      const found = await this.#find(outlet, signal)
      if (!found.ok) return { ...found, mayHaveLanded }
      const { target } = found.value.outlet
      const message = relayMessage(target, state)
      if (target.kind === 'plug' && attempt > 1) this.#line.forget()
      const sent = await (target.kind === 'plug'
        ? this.#line.askOnce(message, signal)
        : this.#line.ask(message, signal))
      if (sent.ok) return { ok: true, value: found.value.info }
      mayHaveLanded ||= sent.mayHaveLanded
      const final = target.kind === 'child' || sent.errorCode !== undefined || sent.code === 'aborted'
      if (final || attempt >= MAX_TRIES) return { ...sent, mayHaveLanded }
      await this.#runtime.sleep(BACKOFF_AFTER_TIMEOUT_MS, signal)
    }
  }
}
