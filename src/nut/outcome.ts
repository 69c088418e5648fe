/** Why upsd did not do what was asked. `unreachable`, `timeout`, `tls` and `broken` end the connection. */
export type NutFailure =
  | 'unreachable'
  | 'timeout'
  | 'tls'
  | 'broken'
  | 'access-denied'
  | 'unknown-ups'
  | 'data-stale'
  | 'driver-not-connected'
  | 'not-supported'
  | 'refused'

export type NutOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: NutFailure; readonly sentence: string }

export function failed(code: NutFailure, sentence: string): { ok: false; code: NutFailure; sentence: string } {
  return { ok: false, code, sentence }
}

const BY_WORD: Readonly<Record<string, readonly [NutFailure, string]>> = {
  'ACCESS-DENIED': ['access-denied', 'refuses the user or the password, or does not allow it to this user'],
  'USERNAME-REQUIRED': ['access-denied', 'wants a user'],
  'PASSWORD-REQUIRED': ['access-denied', 'wants a password'],
  'INVALID-USERNAME': ['access-denied', 'does not take this user'],
  'INVALID-PASSWORD': ['access-denied', 'does not take this password'],
  'UNKNOWN-UPS': ['unknown-ups', 'has no UPS of this name'],
  'DATA-STALE': ['data-stale', 'has heard nothing new from the UPS: its driver stands still'],
  'DRIVER-NOT-CONNECTED': ['driver-not-connected', 'has no driver for the UPS'],
  'FEATURE-NOT-CONFIGURED': ['not-supported', 'has no certificate, so that nothing can be encrypted'],
  'FEATURE-NOT-SUPPORTED': ['not-supported', 'was built without encryption'],
  'CMD-NOT-SUPPORTED': ['not-supported', 'knows no such command of the UPS'],
  'VAR-NOT-SUPPORTED': ['not-supported', 'knows no such variable of the UPS'],
  'UNKNOWN-COMMAND': ['not-supported', 'does not know the command'],
  READONLY: ['refused', 'does not let this be changed'],
}

/** Of `ERR ACCESS-DENIED` and the like. */
export function errorOf(server: string, words: readonly string[]): NutOutcome<never> {
  const word = words[1] ?? 'UNKNOWN'
  const [code, what] = BY_WORD[word] ?? (['refused', `says ${word.slice(0, 60)}`] as const)
  return failed(code, `upsd at ${server} ${what}.`)
}
