import { incidentsOf } from '../../core/alerts/delivery/worth-telling.ts'
import { isFromHook } from '../../core/alerts/incidents/event-key.ts'
import type { AlertEvent, Delivery } from '../../core/alerts/types.ts'
import type { Fact } from './direct-telling.ts'
import { addLines } from './lines.ts'
import type { Relay } from './relay.ts'
import { reviewNotification } from './review-notification.ts'
import type { Work } from './work.ts'

/** Who may have told an event already, other than by a delivery of ours. */
export type ToldElsewhere = {
  readonly relay: Relay
  /** Told straight from memory while the state could not be written. What was not told yet is left to the delivery. */
  readonly toldDirectly: (channel: string, fact: Fact) => boolean
}

/** We were down for that long, or the channel was: the other relay may have told it meanwhile. */
const OLD_MS = 60_000

/** The events of a delivery that the other relay must be asked about before they are told. */
export function keysToAsk(work: Work, delivery: Delivery, { relay }: ToldElsewhere): readonly string[] {
  return hookEvents(work, delivery, relay)
    .filter(({ key }) => relay.verdict(key) === 'ask' || relay.verdict(key) === 'asking')
    .map(({ key }) => key)
}

/** Takes out of a delivery what was told elsewhere. Answers whether nothing of it is left to tell. */
export function dropTold(work: Work, delivery: Delivery, elsewhere: ToldElsewhere): boolean {
  const { rows } = work
  const { relay, toldDirectly } = elsewhere
  const events = rows.deliveryEvents(delivery.id)
  const byOther = new Set(
    hookEvents(work, delivery, relay)
      .filter(({ key }) => relay.verdict(key) === 'delivered')
      .map(({ key }) => key),
  )
  const incidents = new Map(rows.incidents(incidentsOf(events)).map((incident) => [incident.id, incident]))
  const isDirect = ({ incident: id, kind }: AlertEvent) => {
    const incident = incidents.get(id)
    return incident !== undefined && toldDirectly(delivery.channel, { ...incident, kind })
  }
  const directly = new Set(events.filter(isDirect).map(({ key }) => key))
  if (byOther.size + directly.size === 0) return false
  const told = incidentsOf(events).filter((incident) =>
    events.every((event) => event.incident !== incident || byOther.has(event.key) || directly.has(event.key)),
  )
  if (told.length === 0) return false
  addLines(work, told, [{ kind: 'sent', sentence: sentenceOf(delivery.channel, byOther.size > 0) }])
  if (told.length < incidentsOf(events).length) {
    rows.removeDeliveryEvents(delivery.id, told)
    return false
  }
  const state = byOther.size > 0 ? 'dropped' : 'delivered'
  rows.updateDelivery({ ...delivery, state, ...(state === 'delivered' ? { deliveredMs: work.nowMs } : {}) })
  reviewNotification(work, delivery.notification)
  return true
}

function sentenceOf(channel: string, byOther: boolean): string {
  return byOther
    ? `The other relay has told it; ${channel} is not given it again.`
    : `It was told by ${channel} while the state could not be written.`
}

function hookEvents({ rows, nowMs }: Work, delivery: Delivery, relay: Relay): readonly AlertEvent[] {
  if (!relay.isThere || nowMs - delivery.createdMs < OLD_MS) return []
  const events = rows.deliveryEvents(delivery.id).filter(({ kind }) => kind !== 'update')
  const fromHooks = new Set(
    rows
      .incidents(incidentsOf(events))
      .filter(isFromHook)
      .map(({ id }) => id),
  )
  return events.filter(({ incident }) => fromHooks.has(incident))
}
