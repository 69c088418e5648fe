import type { z } from 'zod'
import type { Event, Events, eventsQuery } from '../../api/events.ts'
import type { Told } from '../../core/state/types.ts'
import type { EventQuery, StoredEvent } from '../../ports/daemon.ts'
import { isoOf } from './moments.ts'

export function eventOf(told: Told & { readonly id?: number }): Event {
  const { id, at, code, severity, sentence, host, device, outlet, intent, guards } = told
  return {
    id,
    at: isoOf(at.wallMs),
    code,
    severity,
    sentence,
    host,
    device,
    outlet,
    intent,
    guards: guards === undefined ? undefined : [...guards],
  }
}

export function eventsOf(stored: readonly StoredEvent[]): Events {
  return { events: stored.map(eventOf).sort((one, other) => (one.id ?? 0) - (other.id ?? 0)) }
}

export function queryOf(query: z.output<typeof eventsQuery>): EventQuery {
  const { since, after, ...rest } = query
  return { ...rest, sinceWallMs: since === undefined ? undefined : Date.parse(since), afterId: after }
}
