import type {
  AlertEvent,
  Delivery,
  HeldEvent,
  Incident,
  Incoming,
  Notification,
  Silence,
  TimelineEntry,
} from '../core/alerts/types.ts'
import type { CommitOutcome } from './journal.ts'

/** What came in together: acknowledged together, dispatched in the order of the ids. */
export type InboxRow = { readonly id: number; readonly receivedMs: number; readonly incoming: readonly Incoming[] }

/** Small durable records of the alert path, one row a key; the value is JSON of its owner's own. */
export const KEPT_KINDS = ['heartbeat', 'drill', 'channel', 'relay', 'node-watchdog'] as const
export type KeptKind = (typeof KEPT_KINDS)[number]

export type Fresh<Row extends { readonly id: number }> = Omit<Row, 'id'>

/**
 * The rows of the alert path within one transaction: all of what is done through it is on disk afterwards, or nothing.
 * Synchronous. Every list is bounded by a `limit` or by what it is asked for. Only valid within its `transact`.
 */
export interface AlertRows {
  /** The oldest first. */
  inbox(limit: number): readonly InboxRow[]
  removeInbox(ids: readonly number[]): void

  /** The incident of a fingerprint that is `firing`; there is at most one. */
  firingIncident(fingerprint: string): Incident | undefined
  /** The newest incident of a fingerprint, whatever its status. */
  lastIncident(fingerprint: string): Incident | undefined
  incidents(ids: readonly number[]): readonly Incident[]
  /** All that fire, a page at a time by id: for what the dispatcher keeps in memory, once at its start. */
  firingIncidents(afterId: number, limit: number): readonly Incident[]
  /** Those of source `own` that fire, about this host or device. */
  ownIncidentsAbout(about: { readonly host?: string; readonly device?: string }): readonly Incident[]
  mutedIncidents(afterId: number, limit: number): readonly Incident[]
  /** Firing, told, neither acknowledged nor muted, and due to be told again. */
  remindersDue(nowMs: number, limit: number): readonly Incident[]
  insertIncident(incident: Fresh<Incident>): Incident
  updateIncident(incident: Incident): void
  addTimeline(entries: readonly TimelineEntry[]): void
  /** The newest `limit` lines, oldest first. */
  timeline(incident: number, limit: number): readonly TimelineEntry[]
  /** How many firing incidents are muted by this one. */
  foldedInto(incident: number): number

  /** Those that have not ended before `nowMs`. */
  silences(nowMs: number): readonly Silence[]
  insertSilence(silence: Fresh<Silence>): Silence
  updateSilence(silence: Silence): void

  /** Left out where the receiver has an event with this key held or on its way already. */
  hold(event: Fresh<HeldEvent>): void
  /** The events of every group that has one that is due: whole groups, the most urgent and oldest group first. */
  dueHeld(nowMs: number, limit: number): readonly HeldEvent[]
  removeHeld(ids: readonly number[]): void
  /** Whether an event with this key is held for, or was put on its way to, this receiver. */
  knowsEvent(receiver: string, key: string): boolean

  insertNotification(notification: Fresh<Notification>, events: readonly AlertEvent[]): Notification
  updateNotification(notification: Notification): void
  notification(id: number): Notification | undefined
  notificationEvents(id: number): readonly AlertEvent[]
  /** Open ones whose next step is due. */
  dueNotifications(nowMs: number, limit: number): readonly Notification[]
  openNotificationsOf(incident: number): readonly Notification[]

  /**
   * Events whose key the channel has or had are left out, but `reminder` and `update`, whose keys hold their time;
   * answers undefined where none is left.
   */
  insertDelivery(delivery: Fresh<Delivery>, events: readonly AlertEvent[]): Delivery | undefined
  updateDelivery(delivery: Delivery): void
  deliveries(ids: readonly number[]): readonly Delivery[]
  deliveriesOf(notification: number): readonly Delivery[]
  deliveryEvents(id: number): readonly AlertEvent[]
  /** The queued one with the lowest priority number, then the oldest, that is due. */
  nextDelivery(channel: string, nowMs: number): Delivery | undefined
  /** When the channel's next queued delivery is due. */
  nextDeliveryMs(channel: string): number | undefined
  /** At a start: what was `sending` when the process ended is queued again, due now. Answers how many. */
  requeueSending(nowMs: number): number
  /** Queued deliveries of the channel, other than `except`, that hold events of these incidents. */
  queuedAbout(channel: string, incidents: readonly number[], except: number, limit: number): readonly Delivery[]
  /**
   * Takes the events of these incidents out of a queued delivery; answers how many events it has left. `into`: the
   * delivery that tells them now, so that `keyState` knows where they stand; without it they count as `unknown`.
   */
  removeDeliveryEvents(delivery: number, incidents: readonly number[], into?: number): number
  /** Queued ones that have expired. */
  expiredDeliveries(nowMs: number, limit: number): readonly Delivery[]
  /**
   * What became of a key on one channel: the state of the delivery that tells it there, `dropped` where it was told
   * elsewhere; undefined where the channel was never to have it.
   */
  keyOn(channel: string, key: string): Delivery['state'] | undefined
  /** Where a key stands over all channels: `delivered` once any of them has it. */
  keyState(key: string): 'delivered' | 'held' | 'unknown'

  /** The message of a channel that shows an incident, as its sending answered it, with all incidents that it shows. */
  messageOf(channel: string, incident: number): ShownMessage | undefined
  putMessage(channel: string, ref: string, incidents: readonly number[], nowMs: number): void
  forgetMessage(channel: string, ref: string): void

  keep(kind: KeptKind, key: string, value: unknown): void
  kept(kind: KeptKind): readonly (readonly [string, unknown])[]
  forget(kind: KeptKind, key: string): void

  /** The earliest time at which the dispatcher has something to do: held events, next steps, reminders, silences, expiries. */
  nextDueMs(nowMs: number): number | undefined
  /** After the wall clock jumped: moves every time of rows written since `sinceMs` by the old clock. */
  shiftTimes(sinceMs: number, byMs: number): void
  /** Whatever is due further ahead than it can rightly be is due now: a clock that stood wrong must not hold it back. */
  clampDue(nowMs: number, most: MostAhead): void
}

/** How far ahead of now each can rightly be due, in milliseconds. */
export type MostAhead = {
  readonly deliveryMs: number
  /** Events that wait for their group or for the other relay. */
  readonly heldMs: number
  /** Events that wait for the morning. */
  readonly quietMs: number
  readonly stepMs: number
  readonly reminderMs: number
}

export type ShownMessage = { readonly ref: string; readonly incidents: readonly number[] }

export type IncidentQuery = {
  readonly status?: 'firing' | 'resolved' | 'notice'
  readonly limit: number
  readonly beforeId?: number
}
export type DeliveryQuery = {
  readonly states?: readonly Delivery['state'][]
  readonly channel?: string
  readonly incident?: number
  readonly limit: number
  readonly beforeId?: number
}

/** When they were made. `criticalMs`: of the critical messages that no channel has taken yet. */
export type OldestWaiting = { readonly criticalMs?: number; readonly inboxMs?: number }

export type ChannelQueue = {
  readonly channel: string
  readonly queued: number
  readonly dead: number
  /** When the oldest that is still queued was made. */
  readonly oldestMs?: number
}

export type Transacted<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly sentence: string }

/** The durable part of the alert path. It shares the file and the one writer of the state. */
export interface AlertStore {
  /**
   * Puts what came in into the inbox. Calls of one turn of the loop are committed together; resolves once that is on
   * disk (`synchronous=FULL`), or with why it could not be written, and then nothing of this call is.
   */
  accept(incoming: readonly Incoming[], receivedMs: number): Promise<CommitOutcome>
  /** Runs `work` in one transaction. What it throws rolls everything back and is thrown on. */
  transact<T>(work: (rows: AlertRows) => T): Transacted<T>
  /** Newest first. */
  listIncidents(query: IncidentQuery): readonly Incident[]
  listDeliveries(query: DeliveryQuery): readonly Delivery[]
  queues(): readonly ChannelQueue[]
  /** Rows in the inbox that are not dispatched yet. */
  inboxSize(): number
  /** For the proof of health: what has waited longest. */
  oldestWaiting(): OldestWaiting
}
