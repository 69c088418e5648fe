import type { Incoming } from '../../../src/core/alerts/types.ts'
import type { AlertRows, AlertStore, DeliveryQuery, IncidentQuery, Transacted } from '../../../src/ports/alert-store.ts'
import type { CommitOutcome } from '../../../src/ports/journal.ts'
import type { Life } from './life.ts'

const ENDED = { ok: false, code: 'closed', sentence: 'the process has ended' } as const
const FULL = { ok: false, code: 'full', sentence: 'the disk is full' } as const

/** The store as one process sees it: nothing is written once the process has ended, or while the disk is full. */
export class MortalStore implements AlertStore {
  readonly #store: AlertStore
  readonly #life: Life
  readonly #isFull: () => boolean
  readonly #onWork: () => void

  /** `onWork`: told of everything that is to be written. */
  constructor(store: AlertStore, life: Life, isFull: () => boolean, onWork: () => void = () => undefined) {
    this.#store = store
    this.#life = life
    this.#isFull = isFull
    this.#onWork = onWork
  }

  async accept(incoming: readonly Incoming[], receivedMs: number): Promise<CommitOutcome> {
    this.#onWork()
    if (!this.#life.alive) return ENDED
    if (this.#isFull()) return FULL
    if (this.#life.endsAt('before-commit')) return ENDED
    const outcome = await this.#store.accept(incoming, receivedMs)
    // Written, and nobody heard of it.
    return this.#life.endsAt('after-commit') || !this.#life.alive ? ENDED : outcome
  }

  transact<T>(work: (rows: AlertRows) => T): Transacted<T> {
    this.#onWork()
    if (!this.#life.alive || this.#life.endsAt('before-commit')) return ENDED
    if (this.#isFull()) return FULL
    const done = this.#store.transact(work)
    return this.#life.endsAt('after-commit') ? ENDED : done
  }

  listIncidents(query: IncidentQuery) {
    return this.#store.listIncidents(query)
  }

  listDeliveries(query: DeliveryQuery) {
    return this.#store.listDeliveries(query)
  }

  queues() {
    return this.#store.queues()
  }

  inboxSize() {
    return this.#store.inboxSize()
  }

  oldestWaiting() {
    return this.#store.oldestWaiting()
  }
}
