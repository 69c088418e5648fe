/**
 * What became of one question put to the device by one transport.
 *
 * - `refused`: the port is closed
 * - `unreachable`: no route, no such name
 * - `timeout`: no connection, or no complete answer, in time
 * - `disconnected`: the connection ended before the answer did
 * - `garbage`: an answer that is not what the protocol says (not HTTP, wrong signature, not JSON)
 * - `session-lost`: the device does not know the session (any more)
 * - `mismatch`: the handshake fits none of the known credentials, or is being throttled
 * - `aborted`: the caller gave up
 */
export type Cause =
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'disconnected'
  | 'garbage'
  | 'session-lost'
  | 'mismatch'
  | 'aborted'

export type ExchangeFailure = {
  readonly ok: false
  readonly cause: Cause
  /** What happened, without a full stop, to be built into a sentence for people. Holds no secret. */
  readonly what: string
  /** Whether any byte of the question may have reached the device. Handshakes do not count. */
  readonly sent: boolean
  /** Whether the device failed the question itself, rather than the handshake before it. */
  readonly stage: 'connect' | 'handshake' | 'request'
  /** Whether the question went out in a session that an earlier question had left behind. */
  readonly reusedSession?: boolean
}

export type Exchanged = { readonly ok: true; readonly text: string; readonly via: TransportLabel } | ExchangeFailure

export type TransportLabel = 'klap-v2' | 'klap-v1' | 'legacy-xor'

/** One way to talk to the device. Puts one question (JSON text) and never throws for what a network can do. */
export interface Transport {
  readonly kind: 'klap' | 'legacy'
  exchange(question: string, signal: AbortSignal): Promise<Exchanged>
  /** Drops whatever an earlier exchange left behind, so that the next begins afresh. */
  forget(): void
}

/** The cause and the words for an error of a socket. */
export function socketFailure(error: NodeJS.ErrnoException, port: number): { cause: Cause; what: string } {
  const code = error.code ?? 'unknown error'
  if (code === 'ECONNREFUSED') return { cause: 'refused', what: `port ${port} is closed (connection refused)` }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return { cause: 'unreachable', what: `its name cannot be resolved (${code})` }
  }
  if (code.startsWith('HPE_')) return { cause: 'garbage', what: `port ${port} answered something that is not HTTP` }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return { cause: 'disconnected', what: `the connection to port ${port} broke off (${code})` }
  }
  if (code === 'ETIMEDOUT') return { cause: 'timeout', what: `port ${port} did not answer (${code})` }
  return { cause: 'unreachable', what: `port ${port} cannot be reached (${code})` }
}
