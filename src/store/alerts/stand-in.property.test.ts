import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  ALERT_EVENT_KINDS,
  ALERT_SEVERITIES,
  type AlertEvent,
  DELIVERY_STATES,
  type Incident,
  type Labels,
} from '../../core/alerts/types.ts'
import { MemoryAlertStore } from '../../engine/testing/alert-store.ts'
import type { AlertRows, AlertStore, Fresh } from '../../ports/alert-store.ts'
import { alertsInMemory, delivery, heldEvent, notification, within } from './samples.ts'

/** What is done to either store. Both must answer the same, and be in the same state afterwards. */
type Step = { readonly name: string; readonly run: (rows: AlertRows) => unknown }

const time = fc.nat(30)
const id = fc.integer({ min: 1, max: 5 })
const few = fc.array(id, { minLength: 1, maxLength: 3 })
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined })
const severity = fc.constantFrom(...ALERT_SEVERITIES)
const channel = fc.constantFrom('discord', 'ntfy')
const receiver = fc.constantFrom('ops', 'boss')
const ref = fc.constantFrom('m1', 'm2', 'm3')
const events: fc.Arbitrary<AlertEvent[]> = fc.uniqueArray(
  fc.record({
    incident: id,
    kind: fc.constantFrom(...ALERT_EVENT_KINDS),
    atMs: time,
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  }),
  { minLength: 1, maxLength: 3, selector: ({ key }) => key },
)

/** Fields that are undefined are left out, as everywhere. */
function without<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T
}

const incidents: fc.Arbitrary<Fresh<Incident>> = fc.record({
  fingerprint: fc.constantFrom('f', 'g', 'h'),
  status: fc.constantFrom('firing', 'firing', 'resolved', 'notice'),
  source: fc.constantFrom('own', 'alertmanager', 'deadman'),
  severity,
  labels: fc.constantFrom<Labels[]>(
    { alertname: 'x' },
    { alertname: 'x', host: 'pve1' },
    { device: 's', host: 'pve2' },
  ),
  annotations: fc.constant({ summary: 's' }),
  told: fc.boolean(),
  startsMs: time,
  endsMs: maybe(time),
  updatedMs: time,
  remindAtMs: maybe(time),
  acknowledged: maybe(fc.constant({ by: 'anna', atMs: 20, comment: '' })),
  muted: maybe(fc.record({ by: fc.constantFrom('silence', 'inhibition'), id, sinceMs: time })),
})

/** At most one of a fingerprint fires, and only that is told again: whoever writes sees to that. */
function allowed(rows: AlertRows, one: Fresh<Incident>, own?: number): Fresh<Incident> {
  const firing = rows.firingIncident(one.fingerprint)
  const status = one.status === 'firing' && firing !== undefined && firing.id !== own ? 'resolved' : one.status
  return without({ ...one, status, remindAtMs: status === 'firing' ? one.remindAtMs : undefined })
}

function step<T>(name: string, values: fc.Arbitrary<T>, act: (rows: AlertRows, value: T) => unknown) {
  const arbitrary = values.map((value): Step => ({ name, run: (rows) => act(rows, value) }))
  // What makes rows comes often, so that there is something to look at.
  return { arbitrary, weight: /^(?:insert|hold|removeHeld|putMessage)/.test(name) ? 4 : 1 }
}

const steps = fc.oneof(
  step('insertIncident', incidents, (rows, one) => rows.insertIncident(allowed(rows, one))),
  step('updateIncident', fc.tuple(id, incidents), (rows, [own, one]) => {
    if (rows.incidents([own]).length > 0) rows.updateIncident({ ...allowed(rows, one, own), id: own })
  }),
  step('addTimeline', fc.tuple(few, time), (rows, [about, atMs]) =>
    rows.addTimeline(about.map((of) => ({ incident: of, atMs, kind: 'note', sentence: `${of} at ${atMs}` }))),
  ),
  step('insertSilence', fc.record({ startsMs: time, endsMs: time }), (rows, times) =>
    rows.insertSilence({ matchers: ['a=b'], by: 'b', comment: '', ...times }),
  ),
  step(
    'hold',
    fc.tuple(events, fc.record({ receiver, group: fc.constantFrom('g', 'h', 'i'), severity, dueMs: time })),
    (rows, [[one], more]) => rows.hold(heldEvent('', { ...one, ...more })),
  ),
  step('removeHeld', few, (rows, ids) => rows.removeHeld(ids)),
  step('insertNotification', fc.tuple(receiver, maybe(time), events), (rows, [name, nextStepMs, about]) =>
    rows.insertNotification(without(notification({ receiver: name, nextStepMs })), about),
  ),
  step(
    'updateNotification',
    fc.tuple(id, fc.constantFrom('open', 'confirmed', 'exhausted'), time),
    (rows, [own, state, nextStepMs]) => {
      const { nextStepMs: _, ...one } = { nextStepMs: 0, ...rows.notification(own) }
      if (one.id === undefined) return
      // Whoever closes one takes its next step away.
      rows.updateNotification({
        ...notification(),
        ...one,
        id: own,
        state,
        ...(state === 'open' ? { nextStepMs } : {}),
      })
    },
  ),
  step(
    'insertDelivery',
    fc.tuple(
      events,
      fc.record({
        channel,
        notification: id,
        severity,
        priority: fc.nat(2),
        dueMs: time,
        expiresMs: time,
        // Before any jump of the clock: the oldest by id is the oldest by time.
        createdMs: fc.constant(-1),
      }),
    ),
    (rows, [about, more]) => rows.insertDelivery(delivery(more), about),
  ),
  step('updateDelivery', fc.tuple(id, fc.constantFrom(...DELIVERY_STATES), time), (rows, [own, state, dueMs]) => {
    const [one] = rows.deliveries([own])
    if (one !== undefined) rows.updateDelivery({ ...one, state, dueMs, attempts: one.attempts + 1 })
  }),
  step('removeDeliveryEvents', fc.tuple(id, few, maybe(id)), (rows, [own, about, into]) =>
    rows.removeDeliveryEvents(own, about, into),
  ),
  step('requeueSending', time, (rows, nowMs) => rows.requeueSending(nowMs)),
  step('putMessage', fc.tuple(channel, ref, few, time), (rows, message) => rows.putMessage(...message)),
  step('forgetMessage', fc.tuple(channel, ref), (rows, message) => rows.forgetMessage(...message)),
  step('keep', fc.tuple(fc.constantFrom('a', 'b'), fc.jsonValue()), (rows, [key, value]) =>
    rows.keep('drill', key, value),
  ),
  step('forget', fc.constantFrom('a', 'b'), (rows, key) => rows.forget('drill', key)),
  step('shiftTimes', fc.tuple(time, fc.integer({ min: -20, max: 20 })), (rows, jump) => rows.shiftTimes(...jump)),
  step('clampDue', time, (rows, nowMs) =>
    rows.clampDue(nowMs, { deliveryMs: 0, heldMs: 3, quietMs: 5, stepMs: 2, reminderMs: 4 }),
  ),
)

/** Between two milliseconds: what happens at the very one of an end is nobody's business. */
const NOWS = [4.5, 12.5, 20.5, 60.5]
const IDS = [1, 2, 3, 4, 5, 6]
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f']

function everythingOf(rows: AlertRows): unknown {
  const overTime = NOWS.map((nowMs) => ({
    reminders: rows.remindersDue(nowMs, 2),
    silences: rows.silences(nowMs),
    held: [1, 3, 100].map((limit) => rows.dueHeld(nowMs, limit)),
    notifications: rows.dueNotifications(nowMs, 10),
    next: ['discord', 'ntfy'].map((name) => rows.nextDelivery(name, nowMs)),
    expired: rows.expiredDeliveries(nowMs, 10),
    due: rows.nextDueMs(nowMs),
  }))
  const byId = IDS.map((id) => ({
    timeline: rows.timeline(id, 3),
    folded: rows.foldedInto(id),
    notification: rows.notification(id),
    notificationEvents: rows.notificationEvents(id),
    open: rows.openNotificationsOf(id),
    deliveries: rows.deliveriesOf(id),
    deliveryEvents: rows.deliveryEvents(id),
    queuedAbout: rows.queuedAbout('discord', [id, id + 1], 2, 2),
    messages: ['discord', 'ntfy'].map((name) => rows.messageOf(name, id)),
  }))
  return {
    overTime,
    byId,
    incidents: rows.incidents(IDS),
    of: ['f', 'g'].map((name) => [rows.firingIncident(name), rows.lastIncident(name)]),
    firing: [
      rows.firingIncidents(0, 2),
      rows.firingIncidents(2, 9),
      rows.mutedIncidents(0, 2),
      rows.mutedIncidents(1, 9),
    ],
    own: [{ host: 'pve1' }, { device: 's' }, { host: 'pve2', device: 's' }].map((about) =>
      rows.ownIncidentsAbout(about),
    ),
    known: KEYS.map((key) => [rows.knowsEvent('ops', key), rows.knowsEvent('boss', key), rows.keyState(key)]),
    keyOn: ['discord', 'ntfy'].map((name) => KEYS.map((key) => rows.keyOn(name, key))),
    nextMs: ['discord', 'ntfy'].map((name) => rows.nextDeliveryMs(name)),
    kept: Object.fromEntries(rows.kept('drill')),
  }
}

function listsOf(store: AlertStore): unknown {
  return {
    incidents: [store.listIncidents({ limit: 3 }), store.listIncidents({ status: 'firing', limit: 9, beforeId: 4 })],
    deliveries: [
      store.listDeliveries({ limit: 3 }),
      store.listDeliveries({ channel: 'ntfy', limit: 9, beforeId: 5 }),
      store.listDeliveries({ states: ['dead', 'queued'], limit: 2 }),
      store.listDeliveries({ incident: 1, limit: 9 }),
    ],
    queues: store.queues().toSorted((a, b) => a.channel.localeCompare(b.channel)),
    waiting: store.oldestWaiting(),
  }
}

test('the stand-in with which the dispatcher is tested does what the store does', () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 30, size: 'max' }), (all) => {
      const { alerts, database } = alertsInMemory()
      const standIn = new MemoryAlertStore()
      for (const { name, run } of all) {
        expect(within(alerts, run), name).toEqual(within(standIn, run))
        expect(within(alerts, everythingOf), name).toEqual(within(standIn, everythingOf))
      }
      expect(listsOf(alerts)).toEqual(listsOf(standIn))
      database.close()
    }),
    { numRuns: 80 },
  )
})
