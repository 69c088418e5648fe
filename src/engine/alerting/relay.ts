import type { Clock } from '../../ports/clock.ts'
import type { KeyState, RelayAnswer, RelayPeer } from '../../ports/relay-peer.ts'

/** `ask` it first; `asking`: its answer is on its way; `delivered` by it; `deliver`: it is ours to tell. */
export type Verdict = 'ask' | 'asking' | 'delivered' | 'deliver'

const ANSWER_MS = 5_000
/** One that did not answer is not asked again for so long: what waits for it is told. */
const SILENT_MS = 30_000
/** An answer is old after this; what it said may have changed. */
const FRESH_MS = 60_000
const MOST_KEYS = 200
const MOST_ANSWERS = 5_000

type Known = { readonly delivered: boolean; readonly atMs: number }

/** The other relay, as one that need not be there: whatever goes wrong, we deliver. */
export class Relay {
  readonly #clock: Clock
  readonly #closing: AbortSignal
  readonly #known = new Map<string, Known>()
  readonly #asking = new Map<string, Promise<void>>()
  #peer: RelayPeer | undefined
  #silentUntilMs = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, peer: RelayPeer | undefined, closing: AbortSignal) {
    this.#clock = clock
    this.#peer = peer
    this.#closing = closing
  }

  /** How many keys it is being asked about. */
  get asking(): number {
    return this.#asking.size
  }

  get isThere(): boolean {
    return this.#peer !== undefined
  }

  usePeer(peer: RelayPeer | undefined): void {
    this.#peer = peer
    this.#silentUntilMs = Number.NEGATIVE_INFINITY
  }

  verdict(key: string): Verdict {
    if (this.#asking.has(key)) return 'asking'
    const nowMs = this.#clock.now().monoMs
    const known = this.#known.get(key)
    if (known !== undefined && nowMs - known.atMs < FRESH_MS) return known.delivered ? 'delivered' : 'deliver'
    return this.#peer === undefined || nowMs < this.#silentUntilMs ? 'deliver' : 'ask'
  }

  /** Asks about these; afterwards their verdicts are known. Never rejects. */
  async ask(keys: readonly string[]): Promise<void> {
    const wanted = [...new Set(keys)]
    const fresh = wanted.filter((key) => !this.#asking.has(key))
    for (let at = 0; at < fresh.length; at += MOST_KEYS) {
      const part = fresh.slice(at, at + MOST_KEYS)
      const answered = this.#learn(part)
      for (const key of part) this.#asking.set(key, answered)
    }
    await Promise.all(wanted.map((key) => this.#asking.get(key)))
  }

  async #learn(keys: readonly string[]): Promise<void> {
    const states = await this.#ask(keys)
    const atMs = this.#clock.now().monoMs
    for (const key of keys) {
      this.#asking.delete(key)
      this.#known.delete(key)
      this.#known.set(key, { delivered: states?.[key] === 'delivered', atMs })
    }
    for (const key of this.#known.keys()) {
      if (this.#known.size <= MOST_ANSWERS) break
      this.#known.delete(key)
    }
  }

  async #ask(keys: readonly string[]): Promise<Readonly<Record<string, KeyState>> | undefined> {
    // Not before the caller has noted that it is asked.
    await undefined
    const peer = this.#peer
    if (peer === undefined || this.#clock.now().monoMs < this.#silentUntilMs) return undefined
    const answer = await this.#answerOf(peer, keys)
    if (answer.ok) return answer.states
    this.#silentUntilMs = this.#clock.now().monoMs + SILENT_MS
    return undefined
  }

  async #answerOf(peer: RelayPeer, keys: readonly string[]): Promise<RelayAnswer> {
    const ended = new AbortController()
    const giveUp = AbortSignal.any([ended.signal, this.#closing])
    const late = this.#clock.sleep(ANSWER_MS * this.#clock.pace, giveUp).then((): RelayAnswer => NO_ANSWER)
    try {
      return await Promise.race([peer.ask(keys, giveUp), late])
    } catch {
      return NO_ANSWER
    } finally {
      ended.abort()
    }
  }
}

const NO_ANSWER: RelayAnswer = { ok: false, code: 'timeout', sentence: 'The other relay did not answer.' }
