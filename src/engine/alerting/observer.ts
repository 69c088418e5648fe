import type { Clock } from '../../ports/clock.ts'
import type { AlertObservation } from './parts.ts'

const ONCE_MS = 3_600_000

/**
 * Hands on what the alert path notices about itself. Dead letters only once an hour a channel: each may become an alert,
 * and an alert may become a dead letter.
 */
export class Observer {
  readonly #clock: Clock
  readonly #onObserved: (observation: AlertObservation) => void
  readonly #told = new Map<string, number>()

  constructor(clock: Clock, onObserved: (observation: AlertObservation) => void) {
    this.#clock = clock
    this.#onObserved = onObserved
  }

  readonly observe = (observation: AlertObservation): void => {
    const { code, channel = '' } = observation
    const nowMs = this.#clock.now().monoMs
    if (code === 'dead-letter-gone') this.#told.delete(channel)
    else if (code === 'dead-letter') {
      const before = this.#told.get(channel)
      if (before !== undefined && nowMs - before < ONCE_MS) return
      this.#told.set(channel, nowMs)
    }
    this.#onObserved(observation)
  }
}
