import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Incoming } from '../../../src/core/alerts/types.ts'
import { MemoryAlertStore } from '../../../src/engine/testing/alert-store.ts'
import type { AlertRows, AlertStore } from '../../../src/ports/alert-store.ts'
import { arbitraryMonth } from './arbitrary-month.ts'
import { liveMonth } from './live-month.ts'

const SEED = 99
const MOST_MONTHS = 40

type Flaw = (store: MemoryAlertStore) => AlertStore

/** The store with some calls of its rows answered otherwise. */
function rowsThat(change: (rows: AlertRows) => Partial<AlertRows>): Flaw {
  return (store) => {
    const rows = new Proxy<AlertRows>(store.rows, {
      get(target, name, receiver) {
        const changed = change(target)
        if (Object.hasOwn(changed, name)) return changed[name as keyof AlertRows]
        const own = Reflect.get(target, name, receiver === rows ? target : receiver)
        return typeof own === 'function' ? own.bind(target) : own
      },
    })
    const transact = store.transact.bind(store)
    store.transact = (work) => transact(() => work(rows))
    return store
  }
}

/** What the simulation must notice: each is a way to lose an alert, to tell it twice, or to tell it in disorder. */
const MUTANTS: Record<string, Flaw> = {
  'acknowledged before it is written': (store) => {
    const accept = store.accept.bind(store)
    let count = 0
    store.accept = async (incoming: readonly Incoming[], receivedMs: number) => {
      count += 1
      return count % 5 === 0 ? { ok: true } : accept(incoming, receivedMs)
    }
    return store
  },
  'what was being sent is forgotten at a start': rowsThat(() => ({ requeueSending: () => 0 })),
  'a channel is given a key again': rowsThat((rows) => ({
    insertDelivery: (delivery, events) =>
      rows.insertDelivery(
        delivery,
        events.map((event) => ({ ...event, key: `${event.key}/${delivery.notification}` })),
      ),
  })),
  'nothing is merged': rowsThat(() => ({ queuedAbout: () => [] })),
  'held events are dropped': rowsThat((rows) => ({
    hold: (event) => {
      if (event.why !== 'quiet-hours') rows.hold(event)
    },
  })),
}

test.each(Object.entries(MUTANTS))('noticed: %s', { timeout: 600_000 }, async (_, flaw) => {
  let noticed = 0
  for (const month of fc.sample(arbitraryMonth, { numRuns: MOST_MONTHS, seed: SEED })) {
    const store = flaw(new MemoryAlertStore())
    const { wrong } = await liveMonth(month, () => store)
    noticed += wrong.length
    if (noticed > 0) break
  }
  expect(noticed).toBeGreaterThan(0)
})
