import type { Cause, ExchangeFailure, Transport, TransportLabel } from './exchange.ts'
import { type JsonObject, parseObject } from './iot-answer.ts'

export type Answered = { readonly ok: true; readonly reply: JsonObject; readonly via: TransportLabel }

/** What says more about the device comes first: a closed second port must not hide why the first one failed. */
const TELLING: readonly Cause[] = [
  'aborted',
  'mismatch',
  'session-lost',
  'garbage',
  'timeout',
  'disconnected',
  'refused',
  'unreachable',
]

/**
 * Finds which transport the device speaks and remembers it. A strip changes its protocol at any time: the account's
 * "Third-Party Compatibility" switch opens the legacy port, a power cut closes it again. So a failure that casts
 * doubt on the transport asks the other one: at once when the failure came at once, at the next try after a timeout.
 */
export class TransportDetector {
  readonly #transports: readonly Transport[]
  #preferred = 0

  /** `transports` in the order of trust; one alone where the configuration has chosen. */
  constructor(transports: readonly Transport[]) {
    this.#transports = transports
  }

  forget(): void {
    for (const transport of this.#transports) transport.forget()
  }

  async exchange(question: string, signal: AbortSignal): Promise<Answered | ExchangeFailure> {
    let failure: ExchangeFailure | undefined
    const count = this.#transports.length
    const first = this.#preferred
    for (let step = 0; step < count; step += 1) {
      const index = (first + step) % count
      const transport = this.#transports[index] as Transport
      const result = await exchangeJson(transport, question, signal)
      if (result.ok) {
        this.#preferred = index
        return result
      }
      failure = combine(failure, result)
      if (!castsDoubt(transport, result)) return failure
      if (result.cause === 'timeout') {
        this.#preferred = (index + 1) % count
        return failure
      }
    }
    return failure as ExchangeFailure
  }
}

/** A reply that is no JSON comes of a wrong key or another protocol: it is no answer, and no proof of the transport. */
async function exchangeJson(
  transport: Transport,
  question: string,
  signal: AbortSignal,
): Promise<Answered | ExchangeFailure> {
  const result = await transport.exchange(question, signal)
  if (!result.ok) return result
  const reply = parseObject(result.text)
  if (reply !== undefined) return { ok: true, reply, via: result.via }
  transport.forget()
  return { ok: false, cause: 'garbage', what: 'its reply is not a JSON object', sent: true, stage: 'request' }
}

/**
 * Whether the failure may mean that the device does not speak this transport (any more). Once a KLAP handshake has
 * succeeded it does: what fails then is the session.
 */
function castsDoubt(transport: Transport, failure: ExchangeFailure): boolean {
  if (failure.cause === 'aborted' || failure.cause === 'unreachable') return false
  return failure.stage !== 'request' || transport.kind === 'legacy'
}

/** Both failures in one, the more telling first. */
function combine(before: ExchangeFailure | undefined, now: ExchangeFailure): ExchangeFailure {
  if (before === undefined) return now
  const nowTells = TELLING.indexOf(now.cause) < TELLING.indexOf(before.cause)
  const [first, second] = nowTells ? [now, before] : [before, now]
  return { ...first, what: `${first.what}; ${second.what}`, sent: before.sent || now.sent }
}
