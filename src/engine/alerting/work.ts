import type { AlertUpdate, Delivery } from '../../core/alerts/types.ts'
import type { AlertRows, DeliveryQuery } from '../../ports/alert-store.ts'
import type { Muting } from './muting.ts'
import type { AlertObservation } from './parts.ts'
import type { Setup } from './setup.ts'

/** One transaction of the alert path: what it reads and writes, and what it sets going once it is on disk. */
export type Work = {
  readonly rows: AlertRows
  readonly nowMs: number
  readonly setup: Setup
  readonly muting: Muting
  readonly listDeliveries: (query: DeliveryQuery) => readonly Delivery[]
  readonly hands: Hands
  /** Runs after the commit, and not at all where there is none. */
  readonly after: (effect: () => void) => void
}

/** What may follow a commit. */
export type Hands = {
  /** There is something to send. `urgent`: try at once, even where the channel is waiting to be tried again. */
  readonly wakeChannel: (channel: string, urgent: boolean) => void
  readonly observe: (observation: AlertObservation) => void
  /** Look again at what is muted, or at all that fires. */
  readonly lookAgain: (at: 'muted' | 'firing') => void
  readonly canaryReturned: (update: AlertUpdate) => void
}
