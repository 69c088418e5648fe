import type { Notifier, SendOutcome, SendRequest } from '../../ports/notifier.ts'

/** Services wait in real time: on a clock that runs faster, what they ask us to wait is longer by as much. */
export function pacedNotifier(notifier: Notifier, pace: number): Notifier {
  return pace === 1 ? notifier : new PacedNotifier(notifier, pace)
}

class PacedNotifier implements Notifier {
  readonly name: string
  readonly #notifier: Notifier
  readonly #pace: number

  constructor(notifier: Notifier, pace: number) {
    this.name = notifier.name
    this.#notifier = notifier
    this.#pace = pace
  }

  get type(): string {
    return this.#notifier.type
  }

  get edits(): boolean {
    return this.#notifier.edits
  }

  get readBack(): Notifier['readBack'] {
    return this.#notifier.readBack?.bind(this.#notifier)
  }

  async send(request: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    const outcome = await this.#notifier.send(request, signal)
    if (outcome.ok || outcome.retryAfterMs === undefined) return outcome
    return { ...outcome, retryAfterMs: outcome.retryAfterMs * this.#pace }
  }

  close(): Promise<void> {
    return this.#notifier.close()
  }
}
