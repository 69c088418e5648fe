import type { Message, MessageAlert } from '../../core/alerts/message.ts'
import type { Notifier, ReadBack, SendOutcome, SendRequest } from '../../ports/notifier.ts'

type Refused = Extract<SendOutcome, { ok: false }>

export function refusedWith(code: Refused['code'], more: Partial<Refused> = {}): Refused {
  return { ok: false, code, sentence: `it fails (${code})`, advice: 'later', mayHaveArrived: false, ...more }
}

/** A channel that keeps what it is given, and fares as a test wants. */
export class FakeChannel implements Notifier {
  readonly name: string
  readonly type = 'fake'
  edits = false
  /** Every message that arrived, in its order. */
  readonly taken: Message[] = []
  readonly requests: SendRequest[] = []
  closed = false
  /** What comes of the next calls; undefined: it is taken. May wait. */
  answer: (request: SendRequest, signal: AbortSignal) => SendOutcome | undefined | Promise<SendOutcome | undefined> =
    () => undefined
  readBack?: (ref: string) => Promise<ReadBack>
  #calls = 0

  constructor(name: string) {
    this.name = name
  }

  async send(request: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    this.requests.push(request)
    const outcome = await this.answer(request, signal)
    if (outcome !== undefined && !outcome.ok) return outcome
    this.taken.push(request.message)
    this.#calls += 1
    return outcome ?? { ok: true, ref: request.edit ?? `${this.name}-${this.#calls}` }
  }

  async close(): Promise<void> {
    this.closed = true
  }

  /** Alerts of real messages, in the order in which they arrived. */
  get alerts(): readonly MessageAlert[] {
    return this.taken.flatMap(({ alerts }) => alerts)
  }

  /** `firing HostDown`, `resolved HostDown`: what arrived, as words. */
  get told(): readonly string[] {
    return this.alerts.map(({ event, labels }) => `${event} ${labels.alertname}`)
  }
}
