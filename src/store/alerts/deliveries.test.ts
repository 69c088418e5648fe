import { beforeEach, describe, expect, test } from 'vitest'
import type { Delivery } from '../../core/alerts/types.ts'
import type { AlertRows, Fresh } from '../../ports/alert-store.ts'
import type { SqliteAlertStore } from './alert-store.ts'
import { alertsInMemory, delivery, eventOn, heldEvent, note, notification, within } from './samples.ts'

let alerts: SqliteAlertStore
beforeEach(() => {
  alerts = alertsInMemory().alerts
})
const rows = <T>(work: (all: AlertRows) => T): T => within(alerts, work)
/** One delivery with one event of its own each. */
const insert = (...some: Partial<Delivery>[]) =>
  rows((all) =>
    some.map((one) => {
      const key = `own ${Math.random()}`
      return all.insertDelivery(delivery(one), [eventOn(1, { key })]) as Delivery
    }),
  )
const change = (one: Delivery | undefined, more: Partial<Delivery>) =>
  rows((all) => all.updateDelivery({ ...(one as Delivery), ...more }))
const ids = (some: readonly { readonly id: number }[]) => some.map(({ id }) => id)

const FULL: Fresh<Delivery> = {
  ...delivery(),
  step: 2,
  severity: 'emergency',
  priority: -3,
  state: 'dead',
  dueMs: 1.5,
  attempts: 4,
  plain: true,
  digest: true,
  progress: '{"part":2}',
  frozen: '"as it was"',
  lastError: { code: 'rate-limited', sentence: '' },
  deliveredMs: 9.5,
}

describe('a delivery', () => {
  test('is read back as it was, with every field and with none', () => {
    const made = rows((all) => [
      all.insertDelivery(FULL, [eventOn(1)]),
      all.insertDelivery(delivery({ channel: 'ntfy' }), [eventOn(1)]),
    ])
    expect(made).toEqual([
      { ...FULL, id: 1 },
      { ...delivery({ channel: 'ntfy' }), id: 2 },
    ])
    expect(rows((all) => all.deliveries([2, 1, 9]))).toEqual(made)
    rows((all) => all.updateDelivery({ ...delivery({ attempts: 5 }), id: 1 }))
    expect(rows((all) => all.deliveries([1]))).toEqual([{ ...delivery({ attempts: 5 }), id: 1 }])
  })

  test('is of its notification', () => {
    insert({ notification: 1 }, { notification: 2 }, { notification: 1 })
    expect(rows((all) => [ids(all.deliveriesOf(1)), ids(all.deliveriesOf(2)), ids(all.deliveriesOf(3))])).toEqual([
      [1, 3],
      [2],
      [],
    ])
  })
})

describe('a channel is never given a key twice', () => {
  const give = (channel: string, ...keys: string[]) =>
    rows((all) =>
      all.insertDelivery(
        delivery({ channel }),
        keys.map((key) => eventOn(1, { key })),
      ),
    )
  const keys = (id: number) => rows((all) => all.deliveryEvents(id)).map(({ key }) => key)

  test('what it has is left out, and with nothing left there is no delivery', () => {
    expect(give('discord', 'a', 'b', 'a')).toMatchObject({ id: 1 })
    expect(keys(1)).toEqual(['a', 'b'])
    expect(give('discord', 'b', 'c')?.id).toBe(2)
    expect(keys(2)).toEqual(['c'])
    expect(give('discord', 'a', 'c')).toBeUndefined()
    expect(give('discord')).toBeUndefined()
    expect(alerts.listDeliveries({ limit: 10 })).toHaveLength(2)
    expect(give('ntfy', 'a', 'c')).toBeDefined()
  })

  test.each(['delivered', 'dead', 'dropped', 'merged'] as const)('nor what it had: %s', (state) => {
    const first = give('discord', 'a')
    change(first, { state })
    expect(give('discord', 'a')).toBeUndefined()
  })

  test('nor what was taken out of a delivery because another tells it', () => {
    const first = give('discord', 'a')
    rows((all) => all.removeDeliveryEvents(first?.id ?? 0, [1]))
    expect(keys(1)).toEqual([])
    expect(give('discord', 'a')).toBeUndefined()
  })

  test('events come back as they were', () => {
    const events = [eventOn(3, { kind: 'resolved', atMs: 1.5 }), eventOn(1), eventOn(2, { kind: 'update', key: '' })]
    rows((all) => all.insertDelivery(delivery(), events))
    expect(rows((all) => all.deliveryEvents(1))).toEqual(events)
  })
})

describe('the next of a channel', () => {
  const next = (nowMs: number, channel = 'discord') => rows((all) => all.nextDelivery(channel, nowMs))?.id
  const nextMs = (channel = 'discord') => rows((all) => all.nextDeliveryMs(channel))

  test('has the lowest priority number, and of equals is the oldest; other channels and states do not matter', () => {
    insert(
      { priority: 5 },
      { priority: 2 },
      { priority: 2 },
      { priority: 0, channel: 'ntfy' },
      { priority: 0, state: 'sending' },
      { priority: 0, state: 'dead' },
    )
    expect(next(1_000)).toBe(2)
    expect(next(1_000, 'ntfy')).toBe(4)
    expect(next(1_000, 'nobody')).toBeUndefined()
    change(rows((all) => all.deliveries([2]))[0], { state: 'sending' })
    expect(next(1_000)).toBe(3)
  })

  test('is due: one that was put off lets others pass until its time comes', () => {
    const [urgent] = insert({ priority: 0, dueMs: 5_000 }, { priority: 3, dueMs: 2_000 }, { priority: 3, dueMs: 2_000 })
    expect([next(1_999), nextMs()]).toEqual([undefined, 2_000])
    expect(next(2_000)).toBe(2)
    expect(next(5_000)).toBe(1)
    change(urgent, { dueMs: 9_000, attempts: 1 })
    expect([next(5_000), nextMs()]).toEqual([2, 2_000])
    expect(next(9_000)).toBe(1)
  })

  test('is not due before its time when the clock was set back', () => {
    insert({ createdMs: 1_000, dueMs: 1_000 })
    expect([next(999), next(1_000), next(999)]).toEqual([undefined, 1, undefined])
  })

  test('after a restart is also what was being sent', () => {
    insert({ state: 'sending', priority: 1 }, { state: 'sending', priority: 0, dueMs: 99_999 }, { dueMs: 7_000 })
    expect(rows((all) => all.requeueSending(3_000))).toBe(2)
    expect(rows((all) => all.requeueSending(3_000))).toBe(0)
    expect([next(2_999), next(3_000), nextMs()]).toEqual([undefined, 2, 3_000])
    expect(rows((all) => all.deliveries([2]))).toMatchObject([{ state: 'queued', dueMs: 3_000 }])
  })

  test('nothing queued: no time', () => {
    insert({ state: 'delivered' })
    expect(nextMs()).toBeUndefined()
  })
})

describe('expiry', () => {
  test('is of what is queued, the first to expire first', () => {
    insert({ expiresMs: 300 }, { expiresMs: 100 }, { expiresMs: 200, state: 'sending' }, { expiresMs: 301 })
    const expired = (nowMs: number, limit = 10) => ids(rows((all) => all.expiredDeliveries(nowMs, limit)))
    expect(expired(99)).toEqual([])
    expect(expired(300)).toEqual([2, 1])
    expect(expired(300, 1)).toEqual([2])
    expect(rows((all) => all.nextDueMs(0))).toBe(100)
  })
})

describe('merging', () => {
  const give = (more: Partial<Delivery>, ...about: number[]) =>
    rows((all) =>
      all.insertDelivery(
        delivery(more),
        about.map((of) => eventOn(of, { key: `${of} ${Math.random()}` })),
      ),
    )

  test('finds what is queued about the same incidents, and takes it out', () => {
    give({}, 1, 2)
    give({}, 1)
    give({}, 2, 3)
    give({ channel: 'ntfy' }, 1)
    give({ state: 'sending' }, 1)
    const about = (except: number, limit = 10) => ids(rows((all) => all.queuedAbout('discord', [1, 2], except, limit)))
    expect(about(0)).toEqual([1, 2, 3])
    expect(about(1)).toEqual([2, 3])
    expect(about(1, 1)).toEqual([2])
    expect(rows((all) => all.removeDeliveryEvents(3, [1, 2], 1))).toBe(1)
    expect(rows((all) => all.removeDeliveryEvents(2, [1], 1))).toBe(0)
    expect(rows((all) => all.deliveryEvents(3)).map(({ incident }) => incident)).toEqual([3])
    expect(about(1)).toEqual([])
  })
})

describe('where a key stands', () => {
  const state = (key = 'k') => rows((all) => all.keyState(key))
  const give = (channel: string, more: Partial<Delivery> = {}, key = 'k') =>
    rows((all) => all.insertDelivery(delivery({ channel, ...more }), [eventOn(1, { key })])) as Delivery

  test('unknown, held, on its way, delivered once any channel has it', () => {
    expect(state()).toBe('unknown')
    rows((all) => all.hold(heldEvent('k')))
    expect(state()).toBe('held')
    rows((all) => all.removeHeld([1]))
    expect(state()).toBe('unknown')
    const first = give('discord')
    const second = give('ntfy')
    expect(state()).toBe('held')
    change(first, { state: 'sending' })
    change(second, { state: 'dead' })
    expect(state()).toBe('held')
    change(second, { state: 'delivered' })
    expect(state()).toBe('delivered')
    expect(state('other')).toBe('unknown')
  })

  test.each(['dead', 'dropped'] as const)('unknown once nobody tries any more: %s', (end) => {
    change(give('discord'), { state: end })
    expect(state()).toBe('unknown')
  })

  test('held while another step of the chain may have it', () => {
    const made = rows((all) => all.insertNotification(notification(), [eventOn(1, { key: 'k' })]))
    change(give('discord'), { state: 'dead' })
    expect(state()).toBe('held')
    rows((all) => all.updateNotification({ ...made, state: 'exhausted' }))
    expect(state()).toBe('unknown')
  })

  test('of what was merged, where the one stands that tells it; unknown where nobody said which', () => {
    const first = give('discord', {}, 'first')
    const second = give('discord', {}, 'k')
    const third = give('discord', {}, 'third')
    rows((all) => all.removeDeliveryEvents(third.id, [1], second.id))
    rows((all) => all.removeDeliveryEvents(second.id, [1], first.id))
    change(third, { state: 'merged' })
    change(second, { state: 'merged' })
    expect([state(), state('third')]).toEqual(['held', 'held'])
    change(first, { state: 'delivered' })
    expect([state(), state('third')]).toEqual(['delivered', 'delivered'])
    change(first, { state: 'dead' })
    expect([state(), state('third')]).toEqual(['unknown', 'unknown'])
    const fourth = give('discord', {}, 'fourth')
    rows((all) => all.removeDeliveryEvents(fourth.id, [1]))
    change(fourth, { state: 'merged' })
    expect(state('fourth')).toBe('unknown')
  })
})

describe('for a person', () => {
  test('deliveries, newest first, narrowed by each field and by all of them', () => {
    insert(
      { state: 'dead' },
      { channel: 'ntfy', state: 'dead' },
      { state: 'delivered' },
      { channel: 'ntfy' },
      { state: 'dead' },
    )
    rows((all) => all.insertDelivery(delivery(), [eventOn(2), eventOn(1, { key: 'x' })]))
    const listed = (query: Partial<Parameters<typeof alerts.listDeliveries>[0]>) =>
      ids(alerts.listDeliveries({ limit: 10, ...query }))
    expect(listed({})).toEqual([6, 5, 4, 3, 2, 1])
    expect(listed({ limit: 2, beforeId: 5 })).toEqual([4, 3])
    expect(listed({ states: ['dead'] })).toEqual([5, 2, 1])
    expect(listed({ states: ['dead', 'delivered'], limit: 3 })).toEqual([5, 3, 2])
    expect(listed({ states: ['dead', 'dead'] })).toEqual([5, 2, 1])
    expect(listed({ states: [] })).toEqual([])
    expect(listed({ channel: 'discord' })).toEqual([6, 5, 3, 1])
    expect(listed({ channel: 'discord', states: ['dead'], beforeId: 5 })).toEqual([1])
    expect(listed({ incident: 2 })).toEqual([6])
    expect(listed({ incident: 1, channel: 'ntfy', states: ['queued'] })).toEqual([4])
    expect(listed({ incident: 1, limit: 2, beforeId: 6 })).toEqual([5, 4])
    expect(listed({ channel: "'; drop table delivery; --" })).toEqual([])
  })

  test('the queue of each channel that was ever given anything', () => {
    expect(alerts.queues()).toEqual([])
    insert(
      { createdMs: 50, state: 'delivered' },
      { createdMs: 60 },
      { createdMs: 70 },
      { channel: 'ntfy', state: 'dead' },
      { channel: 'email', createdMs: 80.5 },
      { channel: 'email', createdMs: 90, state: 'sending' },
      { channel: 'slack', createdMs: 95, state: 'sending' },
    )
    expect(alerts.queues()).toEqual([
      { channel: 'discord', queued: 2, dead: 0, oldestMs: 60 },
      { channel: 'email', queued: 2, dead: 0, oldestMs: 80.5 },
      { channel: 'ntfy', queued: 0, dead: 1 },
      { channel: 'slack', queued: 1, dead: 0, oldestMs: 95 },
    ])
  })

  test('the critical message that has waited longest without any channel taking it, and the oldest of the inbox', async () => {
    expect(alerts.oldestWaiting()).toEqual({})
    const loud = { severity: 'critical', notification: 7 } as const
    const [waits, taken] = insert(
      { ...loud, createdMs: 20 },
      { ...loud, createdMs: 10, notification: 8 },
      { severity: 'warning', createdMs: 5 },
      { severity: 'emergency', createdMs: 30, state: 'sending', notification: 9 },
    )
    await alerts.accept([note], 3.5)
    expect(alerts.oldestWaiting()).toEqual({ criticalMs: 20, inboxMs: 3.5 })
    insert({ ...loud, notification: 7, channel: 'ntfy', state: 'delivered' })
    expect(alerts.oldestWaiting().criticalMs).toBe(10)
    change(taken, { state: 'dead' })
    expect(alerts.oldestWaiting().criticalMs).toBe(30)
    change(waits, { state: 'dead' })
    change(rows((all) => all.deliveries([4]))[0], { state: 'delivered' })
    expect(alerts.oldestWaiting()).toEqual({ inboxMs: 3.5 })
  })
})
