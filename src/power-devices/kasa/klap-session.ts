import type { Cause, Exchanged, ExchangeFailure, Transport } from './exchange.ts'
import { decrypt, deriveKeys, encrypt, type KlapKeys, nextSeq } from './klap-cipher.ts'
import { type Configured, clientProof, credentialsToTry, type KlapVersion, matchProof } from './klap-hash.ts'
import { type Endpoint, post } from './klap-http.ts'
import type { KasaRuntime } from './runtime.ts'

const SEED_BYTES = 16
const PROOF_BYTES = 32
const DEFAULT_TIMEOUT_SECONDS = 86_400
/** A session is left this long before the device would drop it. */
const EXPIRY_MARGIN_SECONDS = 1200

type Session = {
  readonly keys: KlapKeys
  readonly version: KlapVersion
  readonly cookie: string
  readonly expiresAtMonoMs: number
  seq: number
  used: boolean
}

type Step<T> = { readonly ok: true; readonly value: T } | ExchangeFailure

const failure = (stage: ExchangeFailure['stage'], cause: Cause, what: string, sent: boolean): ExchangeFailure => ({
  ok: false,
  cause,
  what,
  sent,
  stage,
})

/** The session's name alone, and its life in seconds, of `TP_SESSIONID=xx;TIMEOUT=86400`. */
export function parseSessionCookie(headers: readonly string[]): { cookie: string; timeoutSeconds: number } | undefined {
  const text = headers.join(';')
  const id = /(?:^|[;,\s])TP_SESSIONID=([\x21-\x2b\x2d-\x3a\x3c-\x7e]+)/i.exec(text)?.[1]
  if (id === undefined) return undefined
  const timeout = /(?:^|[;,\s])TIMEOUT=(\d{1,9})/i.exec(text)?.[1]
  return {
    cookie: `TP_SESSIONID=${id}`,
    timeoutSeconds: timeout === undefined ? DEFAULT_TIMEOUT_SECONDS : Number(timeout),
  }
}

/**
 * KLAP ("SHIP 2.0"): two handshakes over HTTP, then encrypted requests in a session, which is kept between exchanges.
 * It makes no second try: a session that fails in any way is dropped, and the next exchange begins with a handshake.
 */
export class KlapTransport implements Transport {
  readonly kind = 'klap'
  readonly #endpoint: Endpoint
  readonly #configured: Configured
  readonly #runtime: KasaRuntime
  #session: Session | undefined

  constructor(endpoint: Endpoint, configured: Configured, runtime: KasaRuntime) {
    this.#endpoint = endpoint
    this.#configured = configured
    this.#runtime = runtime
  }

  forget(): void {
    this.#session = undefined
  }

  async exchange(question: string, signal: AbortSignal): Promise<Exchanged> {
    const standing = this.#standingSession()
    const opened = standing === undefined ? await this.#handshake(signal) : { ok: true as const, value: standing }
    if (!opened.ok) return opened
    const session = opened.value
    const reusedSession = session.used
    session.used = true
    this.#session = session
    const answer = await this.#request(session, question, signal)
    if (answer.ok) return answer
    this.#session = undefined
    return { ...answer, reusedSession }
  }

  #standingSession(): Session | undefined {
    const session = this.#session
    return session !== undefined && this.#runtime.monoMs() < session.expiresAtMonoMs ? session : undefined
  }

  async #handshake(signal: AbortSignal): Promise<Step<Session>> {
    this.#session = undefined
    const local = this.#runtime.randomBytes(SEED_BYTES)
    const beganAt = this.#runtime.monoMs()
    const first = await post(this.#endpoint, '/app/handshake1', local, undefined, signal)
    if (!first.ok) return failure(first.connected ? 'handshake' : 'connect', first.cause, first.what, false)
    const odd = oddHandshake(first.status, first.body, first.setCookie)
    if (odd !== undefined) return failure('handshake', 'garbage', `${odd} (port ${this.#endpoint.port})`, false)
    const remote = first.body.subarray(0, SEED_BYTES)
    const { list, missing } = credentialsToTry(this.#configured)
    const match = matchProof(first.body.subarray(SEED_BYTES), local, remote, list)
    if (match === undefined) return failure('handshake', 'mismatch', this.#mismatchWords(missing), false)
    const { cookie, timeoutSeconds } = parseSessionCookie(first.setCookie) as { cookie: string; timeoutSeconds: number }
    const proof = clientProof(match.version, local, remote, match.auth)
    const second = await post(this.#endpoint, '/app/handshake2', proof, cookie, signal)
    if (!second.ok) return failure('handshake', second.cause, second.what, false)
    if (second.status !== 200) {
      return failure('handshake', 'session-lost', `it answered ${second.status} to its second handshake`, false)
    }
    const keys = deriveKeys(local, remote, match.auth)
    const expiresAtMonoMs = beganAt + (timeoutSeconds - EXPIRY_MARGIN_SECONDS) * 1000
    return {
      ok: true,
      value: { keys, version: match.version, cookie, expiresAtMonoMs, seq: keys.firstSeq, used: false },
    }
  }

  #mismatchWords(missing: string | undefined): string {
    if (missing !== undefined) return `it refuses the default accounts, and the configured one is not known: ${missing}`
    return this.#configured.password === undefined
      ? 'it refuses the default accounts, and no username and password are configured'
      : 'it refuses the configured username and password (capitals count) and the default accounts'
  }

  async #request(session: Session, question: string, signal: AbortSignal): Promise<Exchanged> {
    session.seq = nextSeq(session.seq)
    const { keys, seq, cookie, version } = session
    const reply = await post(this.#endpoint, `/app/request?seq=${seq}`, encrypt(keys, seq, question), cookie, signal)
    if (!reply.ok) return failure('request', reply.cause, reply.what, reply.connected)
    if (reply.status !== 200) {
      const cause = reply.status === 403 ? 'session-lost' : 'garbage'
      return failure('request', cause, `it answered ${reply.status} to a request in its session`, true)
    }
    const plain = decrypt(keys, seq, reply.body)
    if (!plain.ok) return failure('request', 'garbage', plain.odd, true)
    return { ok: true, text: plain.text, via: `klap-${version}` }
  }
}

function oddHandshake(status: number, body: Buffer, setCookie: readonly string[]): string | undefined {
  if (status !== 200) return `it answered ${status} to a KLAP handshake`
  if (body.length !== SEED_BYTES + PROOF_BYTES) return `it answered ${body.length} bytes to a KLAP handshake, not 48`
  if (parseSessionCookie(setCookie) === undefined) return 'it answered a KLAP handshake without a session cookie'
  return undefined
}
