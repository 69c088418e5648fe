/** Why a device call failed. Stable: also a metric label. */
export const DEVICE_ERROR_CODES = [
  'unreachable',
  'timeout',
  'credentials-refused',
  'identity-mismatch',
  'malformed-answer',
  'no-such-outlet',
  'not-supported',
  'refused',
  'agent-failed',
  'aborted',
] as const
export type DeviceErrorCode = (typeof DEVICE_ERROR_CODES)[number]

/** `sentence` is for people and never holds a secret. */
export type DeviceError = {
  readonly code: DeviceErrorCode
  readonly sentence: string
  /** Whether a command may have reached the device all the same (a timeout after sending), or still may. */
  readonly mayHaveLanded: boolean
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: DeviceError }

export type OutletReading = {
  readonly outlet: string
  readonly state: 'on' | 'off' | 'unknown'
  /** Watts drawn; missing where there is no meter. */
  readonly watts?: number
  readonly alias?: string
}

export type DeviceIdentity = {
  /** What the device says of itself and cannot easily share with another: pinned on first use. */
  readonly deviceId: string
  readonly model: string
  readonly firmware?: string
  /** How it was spoken to, such as `klap-v2`. */
  readonly transport?: string
  readonly outlets: readonly OutletReading[]
}

/**
 * A power device. Calls are queued by the caller, one at a time a device. Every call ends within the driver's own
 * timeout or when `signal` aborts; expected failures are values. An acknowledgement is not success: `turnOff` and
 * `turnOn` read back and answer what they read.
 */
export interface PowerDevice {
  readonly name: string
  readonly driver: string
  identify(signal: AbortSignal): Promise<Outcome<DeviceIdentity>>
  /** All outlets; with `watts` where the device has a meter. */
  readAll(signal: AbortSignal): Promise<Outcome<readonly OutletReading[]>>
  read(outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>>
  turnOff(outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>>
  turnOn(outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>>
  /** Arms a timer inside the device that turns the outlet on after `seconds`. Missing or `not-supported` where it cannot. */
  arm?(outlet: string, seconds: number, signal: AbortSignal): Promise<Outcome<void>>
  disarm?(outlet: string, signal: AbortSignal): Promise<Outcome<void>>
  close(): Promise<void>
}

/** What a driver offers to the registry. `schema` validates its part of the configuration. */
export interface PowerDriver<Settings> {
  readonly driver: string
  /** The longest that one OFF or ON can take, retries included: ambiguity settles after this, milliseconds. */
  slowestCommandMs(settings: Settings): number
  create(name: string, settings: Settings): PowerDevice
}
