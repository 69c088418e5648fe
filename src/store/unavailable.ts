import { EMPTY_SNAPSHOT } from '../core/state/initial.ts'
import type { AlertStore } from '../ports/alert-store.ts'
import type { StoreFailure } from './failure.ts'
import type { Store } from './store.ts'
import { MemoryTails } from './tails/memory-tails.ts'

/**
 * Stands in for a state that cannot be opened (a full or dying disk): nothing is read and no commit succeeds, so that
 * nothing is ever begun, while what is owed by the breadcrumbs can still be turned on.
 */
export function unavailableStore(file: string, why: StoreFailure): Store {
  return {
    file,
    alerts: unavailableAlerts(why),
    tails: new MemoryTails(why),
    load: () => EMPTY_SNAPSHOT,
    commit: () => why,
    events: () => why,
    prune: () => why,
    backup: () => Promise.resolve(why),
    close: () => undefined,
  }
}

function unavailableAlerts(why: StoreFailure): AlertStore {
  return {
    accept: () => Promise.resolve(why),
    transact: () => why,
    listIncidents: () => [],
    listDeliveries: () => [],
    queues: () => [],
    inboxSize: () => 0,
    oldestWaiting: () => ({}),
  }
}
