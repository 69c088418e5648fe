import { compose, type ToldIncident, threadOf } from '../../core/alerts/delivery/compose.ts'
import { editOf, mayEdit, onlyUpdates } from '../../core/alerts/delivery/edit.ts'
import { lateSentence } from '../../core/alerts/delivery/late.ts'
import { withoutParts } from '../../core/alerts/delivery/outcome.ts'
import { priorityOf } from '../../core/alerts/delivery/priority.ts'
import { incidentsOf, weightiest } from '../../core/alerts/delivery/worth-telling.ts'
import { eventOf } from '../../core/alerts/incidents/event-key.ts'
import type { AlertEvent, Delivery } from '../../core/alerts/types.ts'
import type { Message } from '../../ports/notifier.ts'
import { dropTold, keysToAsk, type ToldElsewhere } from './told-elsewhere.ts'
import type { Work } from './work.ts'

/** Queued deliveries that are told by the one that is sent: these incidents of them. */
export type Merged = { readonly delivery: number; readonly incidents: readonly number[] }

/** A message as it leaves, and what else it says; kept as `frozen` where only a part of it has left. */
export type Sent = {
  readonly message: Message
  readonly incidents: readonly number[]
  readonly merged: readonly Merged[]
  readonly edit?: string
}

export type Prepared =
  /** Nothing is due; `dueMs`: when something is. */
  | { readonly kind: 'idle'; readonly dueMs?: number }
  /** Something was put away without sending it: look again. */
  | { readonly kind: 'again' }
  /** The other relay must be asked about these first. */
  | { readonly kind: 'ask'; readonly keys: readonly string[] }
  | { readonly kind: 'send'; readonly delivery: Delivery; readonly sent: Sent }

const AGAIN: Prepared = { kind: 'again' }
const MOST_MERGED = 50
const STORY_LINES = 20
const BEHIND_MS = 1_000

/** Picks the next delivery of a channel, writes it down as being sent, and composes what it says. */
export function prepareDelivery(work: Work, channel: string, elsewhere: ToldElsewhere): Prepared {
  const { rows, nowMs } = work
  const delivery = rows.nextDelivery(channel, nowMs)
  if (delivery === undefined) {
    const dueMs = rows.nextDeliveryMs(channel)
    return { kind: 'idle', ...(dueMs === undefined ? {} : { dueMs }) }
  }
  const begun = sentBefore(delivery)
  if (begun !== undefined) return sending(work, delivery, begun)
  const ask = keysToAsk(work, delivery, elsewhere)
  if (ask.length > 0) return { kind: 'ask', keys: ask }
  if (dropTold(work, delivery, elsewhere)) return AGAIN
  const events = rows.deliveryEvents(delivery.id)
  const others = rows.queuedAbout(channel, incidentsOf(events), delivery.id, MOST_MERGED)
  const before = others.find(({ progress }) => progress !== undefined)
  if (before !== undefined) return behind(work, delivery, before)
  const updates = onlyUpdates(events)
  // A message that is yet to come tells it anyway.
  if (updates && others.length > 0) return drop(work, delivery)
  return compute(work, delivery, events, others)
}

/** The first that waits is due now. */
export function bringForward({ rows, nowMs }: Work, channel: string): void {
  const first = rows.nextDelivery(channel, Number.MAX_SAFE_INTEGER)
  if (first !== undefined && first.dueMs > nowMs) rows.updateDelivery({ ...first, dueMs: nowMs })
}

function compute(work: Work, delivery: Delivery, events: readonly AlertEvent[], others: readonly Delivery[]): Prepared {
  const { rows, setup } = work
  const { channel } = delivery
  const incidents = new Set(incidentsOf(events))
  const merged = others.map((other) => ({ id: other.id, events: rows.deliveryEvents(other.id) }))
  const all = [...events, ...merged.flatMap((other) => other.events.filter(({ incident }) => incidents.has(incident)))]
  const shownBy = (incident: number) => rows.messageOf(channel, incident)
  const edit = setup.edits(channel) && mayEdit(all) ? editOf(events, shownBy) : undefined
  if (edit === undefined && onlyUpdates(all)) return drop(work, delivery)
  const told = toldIncidents(work, all)
  if (told.length === 0) return drop(work, delivery)
  const thread = threadOf(firstShown(work, channel, told))
  const late = edit === undefined && !delivery.digest ? lateSentence(delivery, work.nowMs) : undefined
  const message = compose(delivery, told, { thread, late }, setup.speaker)
  return sending(work, delivery, {
    message,
    incidents: told.map(({ incident }) => incident.id),
    merged: [
      ...merged.map((other) => ({
        delivery: other.id,
        incidents: incidentsOf(other.events).filter((incident) => incidents.has(incident)),
      })),
      ...endsToldWith(work, delivery, all, told),
    ],
    ...(edit === undefined ? {} : { edit }),
  })
}

/**
 * A message about something that is over by now tells its end, too. That is noted like any other delivery that is told
 * with this one, or the end would be told a second time when its turn comes.
 */
function endsToldWith(
  { rows, nowMs }: Work,
  delivery: Delivery,
  events: readonly AlertEvent[],
  told: readonly ToldIncident[],
): readonly Merged[] {
  const ends = told
    .filter(({ incident }) => incident.status === 'resolved')
    .map(({ incident }) => eventOf(incident, 'resolved', incident.endsMs ?? incident.updatedMs))
    .filter(({ key }) => !events.some((event) => event.key === key))
  if (ends.length === 0) return []
  const { id: _, lastError: __, ...rest } = withoutParts(delivery)
  const priority = priorityOf([{ kind: 'resolved', severity: delivery.severity }], false)
  const end = rows.insertDelivery({ ...rest, priority, state: 'queued', dueMs: nowMs, attempts: 0, plain: false }, ends)
  return end === undefined ? [] : [{ delivery: end.id, incidents: incidentsOf(ends) }]
}

function toldIncidents({ rows }: Work, events: readonly AlertEvent[]): readonly ToldIncident[] {
  const shown = weightiest(events)
  const incidents = new Map(rows.incidents(incidentsOf(shown)).map((incident) => [incident.id, incident]))
  return shown.flatMap(({ incident: id, kind }): ToldIncident[] => {
    const incident = incidents.get(id)
    if (incident === undefined) return []
    const folded = incident.status === 'firing' ? rows.foldedInto(id) : 0
    return [{ incident, event: kind, story: rows.timeline(id, STORY_LINES), folded }]
  })
}

/** The oldest incident of the message that shows one of these already; so that a thread stays one as alerts join and end. */
function firstShown({ rows }: Work, channel: string, told: readonly ToldIncident[]) {
  const ids = told.flatMap(({ incident }) => [incident.id, ...(rows.messageOf(channel, incident.id)?.incidents ?? [])])
  const first = told[0]?.incident
  return rows.incidents([Math.min(...ids)])[0] ?? first ?? { fingerprint: 'none', startsMs: 0 }
}

function sending(work: Work, delivery: Delivery, sent: Sent): Prepared {
  const next: Delivery = { ...delivery, state: 'sending', attempts: delivery.attempts + 1 }
  work.rows.updateDelivery(next)
  return { kind: 'send', delivery: next, sent }
}

/** What is half told is told to its end before anything else is said of the same. */
function behind(work: Work, delivery: Delivery, before: Delivery): Prepared {
  work.rows.updateDelivery({ ...delivery, dueMs: Math.max(before.dueMs, work.nowMs) + BEHIND_MS })
  return AGAIN
}

function drop(work: Work, delivery: Delivery): Prepared {
  work.rows.updateDelivery({ ...delivery, state: 'dropped' })
  return AGAIN
}

function sentBefore({ frozen, progress }: Delivery): Sent | undefined {
  if (frozen === undefined || progress === undefined) return undefined
  try {
    return JSON.parse(frozen) as Sent
  } catch {
    return undefined
  }
}
