import type {
  AlertEvent,
  Delivery,
  HeldEvent,
  Incident,
  Notification,
  Silence,
  TimelineEntry,
} from '../../core/alerts/types.ts'
import { ALERT_SEVERITIES } from '../../core/alerts/types.ts'
import type { AlertRows, InboxRow, KeptKind, MostAhead, ShownMessage } from '../../ports/alert-store.ts'
import { find, first, least, MemoryTable, UndoLog, where } from './alert-tables.ts'
import { shifted } from './alert-times.ts'

type Placed = AlertEvent & { readonly id: number; readonly of: number }
type OfReceiver = Placed & { readonly receiver: string }
type OfChannel = Placed & { readonly channel: string; readonly toldBy?: number }
type Line = TimelineEntry & { readonly id: number }
type Shown = ShownMessage & { readonly id: number; readonly channel: string }
type Kept = { readonly id: number; readonly kind: KeptKind; readonly key: string; readonly value: string }

/** The rows of the alert path in memory, with plain loops: for tests, and to hold the real ones against. */
export class MemoryAlertRows implements AlertRows {
  readonly log = new UndoLog()
  readonly inboxRows = new MemoryTable<InboxRow>(this.log)
  readonly incidentRows = new MemoryTable<Incident>(this.log)
  readonly lines = new MemoryTable<Line>(this.log)
  readonly silenceRows = new MemoryTable<Silence>(this.log)
  readonly held = new MemoryTable<HeldEvent>(this.log)
  readonly notifications = new MemoryTable<Notification>(this.log)
  readonly notified = new MemoryTable<OfReceiver>(this.log)
  readonly deliveryRows = new MemoryTable<Delivery>(this.log)
  readonly delivered = new MemoryTable<OfChannel>(this.log)
  readonly messages = new MemoryTable<Shown>(this.log)
  readonly keptRows = new MemoryTable<Kept>(this.log)

  inbox(limit: number) {
    return first(this.inboxRows.all(), limit)
  }

  removeInbox(ids: readonly number[]) {
    for (const id of ids) this.inboxRows.remove(id)
  }

  firingIncident(fingerprint: string) {
    return find(this.incidentRows.all(), (row) => row.fingerprint === fingerprint && row.status === 'firing')
  }

  lastIncident(fingerprint: string) {
    return where(this.incidentRows.all(), (row) => row.fingerprint === fingerprint).at(-1)
  }

  incidents(ids: readonly number[]) {
    const wanted = [...new Set(ids)].sort((a, b) => a - b)
    return wanted.flatMap((id) => this.incidentRows.get(id) ?? [])
  }

  firingIncidents(afterId: number, limit: number) {
    return first(this.incidentRows.all(), limit, (row) => row.id > afterId && row.status === 'firing')
  }

  ownIncidentsAbout({ host, device }: { readonly host?: string; readonly device?: string }) {
    return where(this.incidentRows.all(), ({ status, source, labels }) => {
      if (status !== 'firing' || source !== 'own') return false
      return (host !== undefined && labels.host === host) || (device !== undefined && labels.device === device)
    })
  }

  mutedIncidents(afterId: number, limit: number) {
    return first(
      this.incidentRows.all(),
      limit,
      ({ id, status, muted }) => id > afterId && status === 'firing' && muted !== undefined,
    )
  }

  remindersDue(nowMs: number, limit: number) {
    return where(this.incidentRows.all(), (row) => isReminded(row) && (row.remindAtMs ?? nowMs) <= nowMs)
      .sort((a, b) => (a.remindAtMs ?? 0) - (b.remindAtMs ?? 0) || a.id - b.id)
      .slice(0, limit)
  }

  insertIncident(incident: Omit<Incident, 'id'>) {
    return this.incidentRows.insert(incident)
  }

  updateIncident(incident: Incident) {
    this.incidentRows.put(incident)
  }

  addTimeline(entries: readonly TimelineEntry[]) {
    for (const entry of entries) this.lines.insert(entry)
  }

  timeline(incident: number, limit: number) {
    return where(this.lines.all(), (line) => line.incident === incident)
      .slice(-limit)
      .map(({ id: _, ...entry }) => entry)
  }

  foldedInto(incident: number) {
    return where(
      this.incidentRows.all(),
      ({ status, muted }) => status === 'firing' && muted?.by === 'inhibition' && muted.id === incident,
    ).length
  }

  silences(nowMs: number) {
    return where(this.silenceRows.all(), ({ endsMs }) => endsMs >= nowMs)
  }

  insertSilence(silence: Omit<Silence, 'id'>) {
    return this.silenceRows.insert(silence)
  }

  updateSilence(silence: Silence) {
    this.silenceRows.put(silence)
  }

  hold(event: Omit<HeldEvent, 'id'>) {
    if (!this.knowsEvent(event.receiver, event.key)) this.held.insert(event)
  }

  dueHeld(nowMs: number, limit: number) {
    const groups = new Map<string, HeldEvent[]>()
    for (const event of this.held.all()) {
      const key = JSON.stringify([event.receiver, event.group])
      groups.set(key, [...(groups.get(key) ?? []), event])
    }
    const due = [...groups.values()].filter((events) => dueOf(events) <= nowMs)
    due.sort((a, b) => urgency(a) - urgency(b) || dueOf(a) - dueOf(b) || firstId(a) - firstId(b))
    const found: HeldEvent[] = []
    for (const events of due) {
      if (found.length > 0 && found.length + events.length > limit) break
      found.push(...events)
    }
    return found.slice(0, limit)
  }

  removeHeld(ids: readonly number[]) {
    for (const id of ids) this.held.remove(id)
  }

  knowsEvent(receiver: string, key: string) {
    const known = (event: { readonly receiver: string; readonly key: string }) =>
      event.key === key && event.receiver === receiver
    return find(this.held.all(), known) !== undefined || find(this.notified.all(), known) !== undefined
  }

  insertNotification(notification: Omit<Notification, 'id'>, events: readonly AlertEvent[]) {
    const made = this.notifications.insert(notification)
    for (const event of events) this.notified.insert({ ...event, of: made.id, receiver: made.receiver })
    return made
  }

  updateNotification(notification: Notification) {
    this.notifications.put(notification)
  }

  notification(id: number) {
    return this.notifications.get(id)
  }

  notificationEvents(id: number) {
    return where(this.notified.all(), ({ of }) => of === id).map(eventOf)
  }

  dueNotifications(nowMs: number, limit: number) {
    return where(
      this.notifications.all(),
      ({ state, nextStepMs }) => state === 'open' && nextStepMs !== undefined && nextStepMs <= nowMs,
    )
      .sort((a, b) => (a.nextStepMs ?? 0) - (b.nextStepMs ?? 0) || a.id - b.id)
      .slice(0, limit)
  }

  openNotificationsOf(incident: number) {
    const about = new Set(where(this.notified.all(), (event) => event.incident === incident).map(({ of }) => of))
    return where(this.notifications.all(), ({ id, state }) => state === 'open' && about.has(id))
  }

  insertDelivery(delivery: Omit<Delivery, 'id'>, events: readonly AlertEvent[]) {
    const known = new Set(
      where(this.delivered.all(), ({ channel }) => channel === delivery.channel).map(({ key }) => key),
    )
    const fresh = events.filter(({ key }) => !known.has(key))
    if (fresh.length === 0) return undefined
    const made = this.deliveryRows.insert(delivery)
    for (const event of fresh) this.delivered.insert({ ...event, of: made.id, channel: made.channel })
    return made
  }

  updateDelivery(delivery: Delivery) {
    this.deliveryRows.put(delivery)
  }

  deliveries(ids: readonly number[]) {
    const wanted = [...new Set(ids)].sort((a, b) => a - b)
    return wanted.flatMap((id) => this.deliveryRows.get(id) ?? [])
  }

  deliveriesOf(notification: number) {
    return where(this.deliveryRows.all(), (row) => row.notification === notification)
  }

  deliveryEvents(id: number) {
    return where(this.delivered.all(), ({ of, toldBy }) => of === id && toldBy === undefined).map(eventOf)
  }

  nextDelivery(channel: string, nowMs: number) {
    let next: Delivery | undefined
    for (const row of this.#queued(channel)) {
      if (row.dueMs <= nowMs && (next === undefined || row.priority < next.priority)) next = row
    }
    return next
  }

  nextDeliveryMs(channel: string) {
    return least(this.#queued(channel).map(({ dueMs }) => dueMs))
  }

  requeueSending(nowMs: number) {
    const sending = where(this.deliveryRows.all(), ({ state }) => state === 'sending')
    for (const row of sending) this.deliveryRows.put({ ...row, state: 'queued', dueMs: nowMs })
    return sending.length
  }

  queuedAbout(channel: string, incidents: readonly number[], except: number, limit: number) {
    const about = new Set(
      where(this.delivered.all(), ({ incident, toldBy }) => toldBy === undefined && incidents.includes(incident)).map(
        ({ of }) => of,
      ),
    )
    return this.#queued(channel)
      .filter(({ id }) => id !== except && about.has(id))
      .slice(0, limit)
  }

  removeDeliveryEvents(delivery: number, incidents: readonly number[], into = 0) {
    for (const event of where(this.delivered.all(), ({ incident }) => incidents.includes(incident))) {
      const own = event.of === delivery && event.toldBy === undefined
      if (own || event.toldBy === delivery) this.delivered.put({ ...event, toldBy: into })
    }
    return this.deliveryEvents(delivery).length
  }

  expiredDeliveries(nowMs: number, limit: number) {
    return where(this.deliveryRows.all(), ({ state, expiresMs }) => state === 'queued' && expiresMs <= nowMs)
      .sort((a, b) => a.expiresMs - b.expiresMs || a.id - b.id)
      .slice(0, limit)
  }

  keyOn(channel: string, key: string) {
    const event = find(this.delivered.all(), (each) => each.key === key && each.channel === channel)
    if (event === undefined) return undefined
    return event.toldBy === 0 ? 'dropped' : this.deliveryRows.get(event.toldBy ?? event.of)?.state
  }

  keyState(key: string) {
    const states = where(this.delivered.all(), (event) => event.key === key).map(
      ({ of, toldBy }) => this.deliveryRows.get(toldBy ?? of)?.state,
    )
    if (states.includes('delivered')) return 'delivered'
    if (states.includes('queued') || states.includes('sending')) return 'held'
    const waits =
      find(this.held.all(), (event) => event.key === key) !== undefined ||
      find(this.notified.all(), (event) => event.key === key && this.notifications.get(event.of)?.state === 'open') !==
        undefined
    return waits ? 'held' : 'unknown'
  }

  messageOf(channel: string, incident: number) {
    const found = where(this.messages.all(), (row) => row.channel === channel && row.incidents.includes(incident))
    const last = found.at(-1)
    return last === undefined ? undefined : { ref: last.ref, incidents: last.incidents }
  }

  putMessage(channel: string, ref: string, incidents: readonly number[]) {
    const known = find(this.messages.all(), (row) => row.channel === channel && row.ref === ref)
    if (known === undefined) this.messages.insert({ channel, ref, incidents: [...new Set(incidents)] })
    else this.messages.put({ ...known, incidents: [...new Set(incidents)] })
  }

  forgetMessage(channel: string, ref: string) {
    const known = find(this.messages.all(), (row) => row.channel === channel && row.ref === ref)
    if (known !== undefined) this.messages.remove(known.id)
  }

  keep(kind: KeptKind, key: string, value: unknown) {
    const text = JSON.stringify(value)
    const known = find(this.keptRows.all(), (row) => row.kind === kind && row.key === key)
    if (known === undefined) this.keptRows.insert({ kind, key, value: text })
    else this.keptRows.put({ ...known, value: text })
  }

  kept(kind: KeptKind) {
    return where(this.keptRows.all(), (row) => row.kind === kind).map(
      ({ key, value }) => [key, JSON.parse(value)] as const,
    )
  }

  forget(kind: KeptKind, key: string) {
    const known = find(this.keptRows.all(), (row) => row.kind === kind && row.key === key)
    if (known !== undefined) this.keptRows.remove(known.id)
  }

  nextDueMs(nowMs: number) {
    return least([
      ...where(this.held.all()).map(({ dueMs }) => dueMs),
      ...where(this.notifications.all(), ({ state }) => state === 'open').flatMap(({ nextStepMs }) => nextStepMs ?? []),
      ...where(this.incidentRows.all(), isReminded).flatMap(({ remindAtMs }) => remindAtMs ?? []),
      ...where(this.silenceRows.all()).flatMap(({ startsMs, endsMs }) => [startsMs, endsMs].filter((at) => at > nowMs)),
      ...where(this.deliveryRows.all(), ({ state }) => state === 'queued').map(({ expiresMs }) => expiresMs),
    ])
  }

  /** Of all rows, since in memory there are none of an earlier process that matter to a test. */
  shiftTimes(sinceMs: number, byMs: number) {
    const shift = <Row extends { readonly id: number }>(table: MemoryTable<Row>) => {
      for (const row of where(table.all())) table.put(shifted(row, sinceMs, byMs))
    }
    shift(this.inboxRows)
    shift(this.incidentRows)
    shift(this.lines)
    shift(this.silenceRows)
    shift(this.held)
    shift(this.notifications)
    shift(this.notified)
    shift(this.deliveryRows)
    shift(this.delivered)
  }

  clampDue(nowMs: number, most: MostAhead) {
    const clamp = (dueMs: number, mostAheadMs: number) => (dueMs > nowMs + mostAheadMs ? nowMs : dueMs)
    for (const row of where(this.held.all())) {
      this.held.put({ ...row, dueMs: clamp(row.dueMs, row.why === 'quiet-hours' ? most.quietMs : most.heldMs) })
    }
    for (const row of where(this.deliveryRows.all(), ({ state }) => state === 'queued')) {
      this.deliveryRows.put({ ...row, dueMs: clamp(row.dueMs, most.deliveryMs) })
    }
    for (const row of where(this.notifications.all(), ({ nextStepMs }) => nextStepMs !== undefined)) {
      this.notifications.put({ ...row, nextStepMs: clamp(row.nextStepMs ?? 0, most.stepMs) })
    }
    for (const row of where(this.incidentRows.all(), ({ remindAtMs }) => remindAtMs !== undefined)) {
      this.incidentRows.put({ ...row, remindAtMs: clamp(row.remindAtMs ?? 0, most.reminderMs) })
    }
  }

  #queued(channel: string): Delivery[] {
    return where(this.deliveryRows.all(), (row) => row.state === 'queued' && row.channel === channel)
  }
}

function isReminded({ status, told, acknowledged, muted, remindAtMs }: Incident): boolean {
  return status === 'firing' && told && acknowledged === undefined && muted === undefined && remindAtMs !== undefined
}

function eventOf({ incident, kind, atMs, key }: Placed): AlertEvent {
  return { incident, kind, atMs, key }
}

function urgency(events: readonly HeldEvent[]): number {
  return Math.min(...events.map(({ severity }) => -ALERT_SEVERITIES.indexOf(severity)))
}

function dueOf(events: readonly HeldEvent[]): number {
  return Math.min(...events.map(({ dueMs }) => dueMs))
}

function firstId(events: readonly HeldEvent[]): number {
  return events[0]?.id ?? 0
}
