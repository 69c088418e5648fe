import type { DeviceErrorCode } from '../../ports/power-device.ts'
import type { Answered, TransportDetector } from './detect.ts'
import type { Cause, ExchangeFailure, TransportLabel } from './exchange.ts'
import { answerTo, type JsonObject } from './iot-answer.ts'
import type { Message } from './iot-message.ts'
import type { KasaRuntime } from './runtime.ts'
import { Turn } from './turn.ts'

/** The usual limits of clients of these devices. */
export const MAX_TRIES = 3
export const BACKOFF_AFTER_TIMEOUT_MS = 1000
const GAP_AFTER_DISCONNECT_MS = 250

/** Handshakes in quick succession are throttled in a way that looks like a wrong password: one proves nothing. */
const GAPS_AFTER_MISMATCH_MS = [1000, 2000, 4000]
const MAX_MISMATCHES = GAPS_AFTER_MISMATCH_MS.length + 1

export type QueryFailure = {
  readonly ok: false
  readonly code: DeviceErrorCode
  /** What happened, without a full stop. */
  readonly what: string
  readonly mayHaveLanded: boolean
  /** The device's own error, where it answered with one. */
  readonly errorCode?: number
}

export type Queried = { readonly ok: true; readonly value: JsonObject; readonly via: TransportLabel } | QueryFailure

const CODE_OF: Record<Cause, DeviceErrorCode> = {
  refused: 'unreachable',
  unreachable: 'unreachable',
  disconnected: 'unreachable',
  timeout: 'timeout',
  garbage: 'malformed-answer',
  'session-lost': 'refused',
  mismatch: 'credentials-refused',
  aborted: 'aborted',
}

/** `entry not exist`: there is no such child. */
const NO_SUCH_ENTRY = -14
/** `module not support` and `member not support`. */
const NOT_SUPPORTED = [-1, -2]

function refusal(errorCode: number, words: string, mayHaveLanded: boolean): QueryFailure {
  const what = `it refused with error ${errorCode}${words === '' ? '' : ` (${words})`}`
  const known = NOT_SUPPORTED.includes(errorCode) ? 'not-supported' : 'refused'
  const code = errorCode === NO_SUCH_ENTRY ? 'no-such-outlet' : known
  return { ok: false, code, what, mayHaveLanded, errorCode }
}

/** `mayHaveLanded` is the doubt that earlier tries left: this try was answered by the device itself. */
function judge(message: Message, { reply, via }: Answered, mayHaveLanded: boolean): Queried {
  const answer = answerTo(message, reply)
  if (answer.kind === 'answer') return { ok: true, value: answer.value, via }
  if (answer.kind === 'refused') return refusal(answer.errorCode, answer.words, mayHaveLanded)
  return { ok: false, code: 'malformed-answer', what: answer.odd, mayHaveLanded: message.changes }
}

/**
 * Puts messages to one device, one at a time, each with its tries. Safe to try again since every message sets a state
 * rather than toggles one; `mayHaveLanded` remembers over all tries whether a change may have reached the device.
 */
export class QueryLine {
  readonly #detector: TransportDetector
  readonly #runtime: KasaRuntime
  readonly #turn = new Turn()

  constructor(detector: TransportDetector, runtime: KasaRuntime) {
    this.#detector = detector
    this.#runtime = runtime
  }

  forget(): void {
    this.#detector.forget()
  }

  /** Asks `message`, at most `maxTries` times. */
  ask(message: Message, signal: AbortSignal, maxTries = MAX_TRIES): Promise<Queried> {
    return this.#inTurn(signal, () => this.#tries(message, signal, maxTries))
  }

  /** Asks `message` once and no more, for a caller that must look at the device again before the next try. */
  askOnce(message: Message, signal: AbortSignal): Promise<Queried> {
    return this.#inTurn(signal, async () => {
      const result = await this.#detector.exchange(message.text, signal)
      if (result.ok) return judge(message, result, false)
      // One mismatch is no proof of wrong credentials.
      const code = result.cause === 'mismatch' ? 'refused' : CODE_OF[result.cause]
      return { ok: false, code, what: result.what, mayHaveLanded: message.changes && result.sent }
    })
  }

  async #inTurn(signal: AbortSignal, ask: () => Promise<Queried>): Promise<Queried> {
    const release = await this.#turn.take(signal)
    if (release === 'aborted') return { ok: false, code: 'aborted', what: 'given up', mayHaveLanded: false }
    if (release === 'crowded') {
      return { ok: false, code: 'refused', what: 'too many questions wait for it already', mayHaveLanded: false }
    }
    try {
      return await ask()
    } finally {
      release()
    }
  }

  async #tries(message: Message, signal: AbortSignal, maxTries: number): Promise<Queried> {
    const count = { failures: 0, mismatches: 0 }
    let mayHaveLanded = false
    let renewed = false
    for (;;) {
      const result = await this.#detector.exchange(message.text, signal)
      if (result.ok) return judge(message, result, mayHaveLanded)
      mayHaveLanded ||= message.changes && result.sent
      const stop = (cause: Cause, what: string): QueryFailure => ({
        ok: false,
        code: CODE_OF[cause],
        what,
        mayHaveLanded,
      })
      if (result.cause === 'aborted') return stop('aborted', result.what)
      // A session that died since the last question is no fault of this one.
      if (result.reusedSession === true && result.cause !== 'timeout' && !renewed) {
        renewed = true
        continue
      }
      if (result.cause === 'mismatch') count.mismatches += 1
      else count.failures += 1
      if (count.mismatches >= MAX_MISMATCHES)
        return stop('mismatch', `in ${count.mismatches} handshakes, ${result.what}`)
      if (count.failures >= maxTries) return stop(result.cause, result.what)
      await this.#runtime.sleep(pauseAfter(result, count.mismatches), signal)
      if (signal.aborted) return stop('aborted', 'given up')
    }
  }
}

function pauseAfter(failure: ExchangeFailure, mismatches: number): number {
  if (failure.cause === 'mismatch') return GAPS_AFTER_MISMATCH_MS[mismatches - 1] ?? 0
  return failure.cause === 'timeout' ? BACKOFF_AFTER_TIMEOUT_MS : GAP_AFTER_DISCONNECT_MS
}
