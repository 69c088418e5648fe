import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AlertEvent, DELIVERY_STATES, type Delivery } from '../../core/alerts/types.ts'
import type { AlertRows } from '../../ports/alert-store.ts'
import { alertsInMemory, alertsOn, delivery, within } from './samples.ts'

const CHANNELS = ['discord', 'ntfy'] as const
const channel = fc.constantFrom(...CHANNELS)
const time = fc.nat(20)
const few = { minLength: 1, maxLength: 4 }

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('insert' as const),
      channel,
      priority: fc.nat(3),
      dueMs: time,
      createdMs: time,
      expiresMs: time,
      // Few, so that they meet again. An incident has four keys.
      keys: fc.array(fc.nat(15), few),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('change' as const),
      nth: fc.nat(),
      state: fc.constantFrom(...DELIVERY_STATES),
      dueMs: time,
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('send' as const), channel, nowMs: time }) },
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant('merge' as const), nth: fc.nat(), about: fc.array(fc.nat(3), few) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('restart' as const), nowMs: time }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

type Known = { delivery: Delivery; events: AlertEvent[]; taken: Map<string, number> }

/** The same queue as plain lists. */
class Model {
  readonly all: Known[] = []

  has(channelName: string, key: string): boolean {
    return this.all.some(
      ({ delivery: { channel: of }, events, taken }) =>
        of === channelName && (taken.has(key) || events.some((event) => event.key === key)),
    )
  }

  next(channelName: string, nowMs: number): Delivery | undefined {
    return this.queued(channelName)
      .filter(({ dueMs }) => dueMs <= nowMs)
      .toSorted((a, b) => a.priority - b.priority || a.id - b.id)[0]
  }

  nextMs(channelName: string): number | undefined {
    const times = this.queued(channelName).map(({ dueMs }) => dueMs)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  queued(channelName: string): Delivery[] {
    return this.all.map((one) => one.delivery).filter((one) => one.channel === channelName && one.state === 'queued')
  }

  keyState(key: string): string {
    const states = this.all.flatMap(({ delivery: own, events, taken }) => {
      const into = taken.get(key)
      if (into !== undefined) return this.all.find((one) => one.delivery.id === into)?.delivery.state ?? []
      return events.some((event) => event.key === key) ? own.state : []
    })
    if (states.includes('delivered')) return 'delivered'
    return states.includes('queued') || states.includes('sending') ? 'held' : 'unknown'
  }
}

const eventOf = (key: number): AlertEvent => ({
  incident: key >> 2,
  kind: (['firing', 'escalated', 'notice', 'resolved'] as const)[key % 4] ?? 'firing',
  atMs: 1,
  key: `key ${key}`,
})

function insert(rows: AlertRows, model: Model, one: Extract<Step, { op: 'insert' }>): void {
  const { op: _, keys, ...more } = one
  const fresh = [...new Set(keys)].map(eventOf).filter(({ key }) => !model.has(one.channel, key))
  const made = rows.insertDelivery(delivery(more), keys.map(eventOf))
  expect(made === undefined).toBe(fresh.length === 0)
  if (made !== undefined) model.all.push({ delivery: made, events: fresh, taken: new Map() })
}

function change(rows: AlertRows, known: Known, more: Partial<Delivery>): void {
  known.delivery = { ...known.delivery, ...more }
  rows.updateDelivery(known.delivery)
}

/** Events of a queued one are told by another of the same channel, which may be merged later itself. */
function merge(rows: AlertRows, model: Model, nth: number, about: readonly number[]): void {
  const into = model.all[nth % model.all.length]
  if (into === undefined) return
  const { channel: of, id } = into.delivery
  const found = rows.queuedAbout(of, about, id, 100)
  const expected = model.all.filter(
    (one) =>
      one.delivery.channel === of &&
      one.delivery.state === 'queued' &&
      one.delivery.id !== id &&
      one.events.some(({ incident }) => about.includes(incident)),
  )
  expect(found).toEqual(expected.map((one) => one.delivery))
  for (const one of expected) {
    const moved = one.events.filter(({ incident }) => about.includes(incident))
    one.events = one.events.filter((event) => !moved.includes(event))
    for (const { key } of moved) one.taken.set(key, id)
    for (const other of model.all) {
      for (const [key, teller] of other.taken) {
        const { incident } = eventOf(Number(key.slice(4)))
        if (teller === one.delivery.id && about.includes(incident)) other.taken.set(key, id)
      }
    }
    const left = rows.removeDeliveryEvents(one.delivery.id, about, id)
    expect(left).toBe(one.events.length)
    if (left === 0) change(rows, one, { state: 'merged' })
  }
}

function act(rows: AlertRows, model: Model, one: Step): void {
  switch (one.op) {
    case 'insert':
      return insert(rows, model, one)
    case 'change': {
      const known = model.all[one.nth % model.all.length]
      if (known !== undefined) change(rows, known, { state: one.state, dueMs: one.dueMs })
      return
    }
    case 'send': {
      const next = rows.nextDelivery(one.channel, one.nowMs)
      expect(next).toEqual(model.next(one.channel, one.nowMs))
      const known = model.all.find(({ delivery: { id } }) => id === next?.id)
      if (known !== undefined) change(rows, known, { state: 'sending', attempts: known.delivery.attempts + 1 })
      return
    }
    case 'merge':
      return merge(rows, model, one.nth, one.about)
    case 'restart': {
      const sending = model.all.filter((known) => known.delivery.state === 'sending')
      for (const known of sending) known.delivery = { ...known.delivery, state: 'queued', dueMs: one.nowMs }
      expect(rows.requeueSending(one.nowMs)).toBe(sending.length)
    }
  }
}

function compare(rows: AlertRows, model: Model): void {
  for (const name of CHANNELS) {
    for (const nowMs of [0, 7, 20]) expect(rows.nextDelivery(name, nowMs)).toEqual(model.next(name, nowMs))
    expect(rows.nextDeliveryMs(name)).toBe(model.nextMs(name))
  }
  for (const { delivery: one, events } of model.all) {
    expect(rows.deliveries([one.id])).toEqual([one])
    expect(rows.deliveryEvents(one.id)).toEqual(events)
  }
  for (let key = 0; key < 16; key += 1) expect(rows.keyState(`key ${key}`)).toBe(model.keyState(`key ${key}`))
  const expired = model.all
    .map((known) => known.delivery)
    .filter((one) => one.state === 'queued' && one.expiresMs <= 10)
    .toSorted((a, b) => a.expiresMs - b.expiresMs || a.id - b.id)
  expect(rows.expiredDeliveries(10, 1_000)).toEqual(expired)
}

test('the queue is that of a plain list: by priority, then age, and never two of a key in a channel', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { alerts, database } = alertsInMemory()
      const model = new Model()
      let store = alerts
      for (const one of steps) {
        within(store, (rows) => act(rows, model, one))
        if (one.op === 'restart') store = alertsOn(database).alerts
        within(store, (rows) => compare(rows, model))
      }
      const twice = database.prepare('select key from delivery_event group by channel, key having count(*) > 1').all()
      expect(twice).toEqual([])
      database.close()
    }),
    { numRuns: 200 },
  )
})
