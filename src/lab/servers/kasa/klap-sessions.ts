import {
  authHash,
  type Credentials,
  clientProof,
  deviceProof,
  type KlapVersion,
  nextSequence,
  type SessionKeys,
  seal,
  sessionKeys,
  unseal,
} from './klap-cipher.ts'
import type { ViolationCode } from './violations.ts'

const SEED_BYTES = 16
const MOST_SESSIONS = 4

type Session = {
  readonly id: string
  readonly bornMs: number
  readonly proof: Buffer
  readonly keys: SessionKeys
  sequence: number
  open: boolean
}

export type Opened =
  | { readonly ok: true; readonly text: string; seal(text: string): Buffer }
  | { readonly ok: false; readonly violation?: ViolationCode; readonly detail: string }

export type SessionRules = {
  readonly version: KlapVersion
  readonly credentials: Credentials
  readonly timeoutSeconds: number
  readonly throttleMs: number
}

/** The sessions in the device's memory: few, and any of them may be gone at the next request. */
export class KlapSessions {
  readonly #realMs: () => number
  readonly #randomBytes: (count: number) => Buffer
  #sessions: Session[] = []
  #lastHandshakeMs = Number.NEGATIVE_INFINITY

  constructor(realMs: () => number, randomBytes: (count: number) => Buffer) {
    this.#realMs = realMs
    this.#randomBytes = randomBytes
  }

  clear(): void {
    this.#sessions = []
  }

  drop(id: string): void {
    this.#sessions = this.#sessions.filter((session) => session.id !== id)
  }

  /** The first handshake: the device's seed and its proof, and a cookie. Undefined for a seed that is none. */
  begin(local: Buffer, rules: SessionRules): { readonly id: string; readonly body: Buffer } | undefined {
    if (local.length !== SEED_BYTES) return undefined
    const now = this.#realMs()
    const throttled = now - this.#lastHandshakeMs < rules.throttleMs
    this.#lastHandshakeMs = now
    const remote = this.#randomBytes(SEED_BYTES)
    const auth = throttled ? this.#randomBytes(32) : authHash(rules.version, rules.credentials)
    const keys = sessionKeys(local, remote, auth)
    const id = this.#randomBytes(16).toString('hex').toUpperCase()
    if (this.#sessions.length >= MOST_SESSIONS) this.#sessions.shift()
    const proof = clientProof(rules.version, local, remote, auth)
    this.#sessions.push({ id, bornMs: now, proof, keys, sequence: keys.firstSequence, open: false })
    return { id, body: Buffer.concat([remote, deviceProof(rules.version, local, remote, auth)]) }
  }

  /** The second handshake. A wrong proof ends what the first one began. */
  confirm(id: string, proof: Buffer): boolean {
    const session = this.#find(id, Number.POSITIVE_INFINITY)
    if (session === undefined) return false
    if (session.open || !session.proof.equals(proof)) {
      this.drop(id)
      return false
    }
    session.open = true
    return true
  }

  /** A request: the very next sequence number and a right signature, or the session is gone. */
  open(id: string, sequence: number, body: Buffer, timeoutSeconds: number): Opened {
    const session = this.#find(id, timeoutSeconds * 1000)
    if (session === undefined) return { ok: false, detail: 'no such session' }
    if (!session.open) return this.#refuse(id, 'malformed-request', 'a request before the second handshake')
    const expected = nextSequence(session.sequence)
    if (sequence !== expected) {
      return this.#refuse(id, 'bad-sequence', `sequence ${sequence} where ${expected} was due`)
    }
    const text = unseal(session.keys, sequence, body)
    if (text === undefined) return this.#refuse(id, 'bad-signature', 'a body whose signature does not fit')
    session.sequence = sequence
    return { ok: true, text, seal: (answer) => seal(session.keys, sequence, answer) }
  }

  #refuse(id: string, violation: ViolationCode, detail: string): Opened {
    this.drop(id)
    return { ok: false, violation, detail }
  }

  #find(id: string, timeoutMs: number): Session | undefined {
    const session = this.#sessions.find((candidate) => candidate.id === id)
    if (session === undefined || this.#realMs() - session.bornMs < timeoutMs) return session
    this.drop(id)
    return undefined
  }
}
