/** How the device misbehaves until told otherwise. */
export type StripFaults = {
  /** Some firmware forgets the session after every request. */
  sessionDiesAfterOneRequest: boolean
  /** A handshake sooner than this after the one before gets a hash that looks like a wrong password; real ms, 0: never. */
  throttledHandshakeMs: number
  /** Lists `00`..`05` as child ids, while commands still need the full 42 digits. */
  twoDigitChildIds: boolean
  /** Before it acts and answers; real ms. A client that gave up meanwhile is acted for all the same. */
  slowMs: number
  /** Sends its answers in small pieces. */
  fragmentAnswers: boolean
  /** Closes the connection after each answer. */
  closesConnections: boolean
  /** Says yes to every switch and moves nothing. */
  ackWithoutApplying: boolean
  /** Milliwatts (firmware of hardware 2.0), unit-less floats (older), or no meter. */
  meter: 'milli' | 'floats' | 'none'
  /** What it announces and honours as the life of a session, in real seconds. */
  sessionTimeoutSeconds: number
}

export const NO_FAULTS: StripFaults = {
  sessionDiesAfterOneRequest: false,
  throttledHandshakeMs: 0,
  twoDigitChildIds: false,
  slowMs: 0,
  fragmentAnswers: false,
  closesConnections: false,
  ackWithoutApplying: false,
  meter: 'milli',
  sessionTimeoutSeconds: 86_400,
}

export const GARBAGE = [
  'not-http',
  'undecryptable',
  'bad-signature',
  'not-json',
  'not-an-object',
  'truncated',
  'empty',
  'endless',
] as const
export type Garbage = (typeof GARBAGE)[number]

/**
 * What befalls the next `count` requests that match, each once. `of` is what it waits for: switching commands (the
 * default), what arms or clears timers, or any request.
 */
export type Mishap = { readonly count: number; readonly of?: 'switching' | 'timers' | 'any' } & (
  | { readonly kind: 'lose-command' | 'lose-answer'; readonly how?: 'cut' | 'silence' }
  /** Never answered, applied `delayMs` of the lab's time later. */
  | { readonly kind: 'late-command'; readonly delayMs: number }
  /** Applied now, answered, and applied again `delayMs` of the lab's time later. */
  | { readonly kind: 'repeat-command'; readonly delayMs: number }
  | { readonly kind: 'ack-without-applying' }
  | { readonly kind: 'double-answer' }
  | { readonly kind: 'garbage-answer'; readonly garbage: Garbage }
  | { readonly kind: 'error-answer'; readonly errCode: number; readonly errMsg: string }
)
