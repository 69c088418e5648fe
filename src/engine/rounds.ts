import type { Clock } from '../ports/clock.ts'
import type { Probing } from '../ports/probing.ts'
import type { Engine } from './engine.ts'

export type RoundHealth = {
  readonly rounds: number
  readonly lateRounds: number
  readonly loopLagMs: number
  /** Rounds in a row that should have started and could not, because the one before was not done. */
  readonly lost: number
}

/** Rounds lost in a row after which the process ends itself, to be restarted by whoever supervises it. */
export const LOST_ROUNDS_LIMIT = 3
/** A part of the interval within which every target has to be asked. */
const DEADLINE_PART = 0.9
/** How late a round may start before it counts as late, as a part of the interval. */
const LATE_PART = 0.5

/** Starts a round every interval, at fixed points; a round never overlaps the next. */
export class Rounds {
  readonly #engine: Engine
  readonly #clock: Clock
  readonly #onLate: (sentence: string, fatal: boolean) => void
  readonly #closing = new AbortController()
  #probing: Probing
  #round = 0
  #late = 0
  #lost = 0
  #lagMs = 0
  #running: Promise<void> | undefined

  constructor(engine: Engine, clock: Clock, probing: Probing, onLate: (sentence: string, fatal: boolean) => void) {
    this.#engine = engine
    this.#clock = clock
    this.#probing = probing
    this.#onLate = onLate
  }

  health(): RoundHealth {
    return { rounds: this.#round, lateRounds: this.#late, loopLagMs: this.#lagMs, lost: this.#lost }
  }

  useProbing(probing: Probing): void {
    this.#probing = probing
  }

  async run(): Promise<void> {
    let dueMs = this.#clock.now().monoMs
    while (!this.#closing.signal.aborted) {
      const { intervalMs } = this.#engine.state.policy
      this.#lagMs = Math.max(0, this.#clock.now().monoMs - dueMs)
      // A process that stood still has not lost its rounds to a stuck probe; the core drops what it knew.
      if (this.#lagMs > intervalMs) dueMs = this.#clock.now().monoMs
      if (this.#lagMs > intervalMs * LATE_PART) {
        this.#late += 1
        this.#onLate(`A round started ${Math.round(this.#lagMs)} ms late.`, false)
      }
      this.#begin(intervalMs)
      dueMs += intervalMs
      await this.#clock.sleep(Math.max(0, dueMs - this.#clock.now().monoMs), this.#closing.signal)
    }
    await this.#running
  }

  close(): void {
    this.#closing.abort()
  }

  #begin(intervalMs: number): void {
    if (this.#running !== undefined) {
      this.#lost += 1
      this.#late += 1
      const fatal = this.#lost >= LOST_ROUNDS_LIMIT
      this.#onLate(`A round was lost: the one before is not done (${this.#lost} in a row).`, fatal)
      return
    }
    this.#lost = 0
    this.#round += 1
    const round = this.#round
    this.#running = this.#probing
      .ask(round, intervalMs * DEADLINE_PART, this.#closing.signal)
      .then((evidence) => {
        if (!this.#closing.signal.aborted) this.#engine.feed({ kind: 'round', round, evidence })
      })
      .finally(() => {
        this.#running = undefined
      })
  }
}
