import { descriptionOf, loudest, summaryOf } from '../incidents/summary.ts'
import type { Message, MessageAlert } from '../message.ts'
import type { AlertEventKind, Delivery, Incident, TimelineEntry, TimelineKind } from '../types.ts'

/** One incident that is told, and what of it. */
export type ToldIncident = {
  readonly incident: Incident
  readonly event: AlertEventKind
  /** The newest lines of its story, oldest first. */
  readonly story: readonly TimelineEntry[]
  readonly folded: number
}

export type Speaker = {
  readonly sender: string
  readonly timeZone?: string
  /** Where the project's own pages are to be read, in place of their path within it. */
  readonly runbookUrl?: string
}

/** Lines of a story that a message shows. That it was sent, and where, is of no use to who reads it. */
const SHOWN: readonly TimelineKind[] = ['changed', 'escalated', 'note', 'acknowledged']
const MOST_LINES = 5
const MOST_NAMED = 2

/** The message of a delivery, about incidents as they are now. There is at least one. */
export function compose(
  delivery: Pick<Delivery, 'id' | 'createdMs' | 'digest'>,
  told: readonly ToldIncident[],
  { thread, late }: { readonly thread: string; readonly late: string | undefined },
  { sender, timeZone, runbookUrl }: Speaker,
): Message {
  const alerts = told.map((each) => alertOf(each, runbookUrl))
  const firing = alerts.filter(({ status }) => status === 'firing')
  return {
    key: `d-${delivery.id}-${Math.round(delivery.createdMs).toString(36)}`,
    thread,
    kind: delivery.digest ? 'digest' : 'alerts',
    status: statusOf(alerts),
    severity: loudest((firing.length > 0 ? firing : alerts).map(({ severity }) => severity)),
    title: titleOf(alerts),
    alerts,
    ...(late === undefined ? {} : { late }),
    createdMs: delivery.createdMs,
    sender,
    ...(timeZone === undefined ? {} : { timeZone }),
  }
}

/** The same for all messages about an incident. */
export function threadOf({ fingerprint, startsMs }: Pick<Incident, 'fingerprint' | 'startsMs'>): string {
  return `i-${fingerprint.replace(/[^0-9a-zA-Z]/g, '-')}-${Math.abs(Math.round(startsMs)).toString(36)}`
}

/** The path of the page that says what to do about alerts of ours. */
const OWN_RUNBOOK = 'docs/runbook.md'

function alertOf({ incident, event, story, folded }: ToldIncident, base: string | undefined): MessageAlert {
  const { labels, annotations, link, acknowledged, endsMs } = incident
  const given = annotations.runbook_url ?? annotations.runbook
  const own = base !== undefined && given?.startsWith(OWN_RUNBOOK) === true
  const runbookUrl = own ? `${base}${given.slice(OWN_RUNBOOK.length)}` : given
  return {
    incident: incident.id,
    fingerprint: incident.fingerprint,
    event: incident.status === 'resolved' ? 'resolved' : event,
    status: incident.status,
    severity: incident.severity,
    summary: summaryOf(incident),
    description: descriptionOf(incident),
    labels,
    annotations,
    startsMs: incident.startsMs,
    ...(endsMs === undefined ? {} : { endsMs }),
    ...(runbookUrl === undefined ? {} : { runbookUrl }),
    ...(link === undefined ? {} : { link }),
    ...(acknowledged === undefined ? {} : { acknowledgedBy: acknowledged.by }),
    timeline: story
      .filter(({ kind }) => SHOWN.includes(kind))
      .slice(-MOST_LINES)
      .map(({ atMs, sentence }) => ({ atMs, sentence })),
    folded,
  }
}

function statusOf(alerts: readonly MessageAlert[]): Message['status'] {
  if (alerts.some(({ status }) => status === 'firing')) return 'firing'
  return alerts.some(({ status }) => status === 'resolved') ? 'resolved' : 'notice'
}

/** `pve3 is down`, or `5 alerts (2 resolved): pve3 is down, pve4 is down and 3 more`. */
function titleOf(alerts: readonly MessageAlert[]): string {
  const [only, ...others] = alerts
  if (only === undefined) return 'nothing'
  if (others.length === 0) return only.summary
  const resolved = alerts.filter(({ status }) => status === 'resolved').length
  const ended = resolved > 0 && resolved < alerts.length ? ` (${resolved} resolved)` : ''
  const named = alerts.slice(0, MOST_NAMED).map(({ summary }) => summary)
  const more = alerts.length - named.length
  const list = more === 0 ? named.join(' and ') : `${named.join(', ')} and ${more} more`
  return `${alerts.length} alerts${ended}: ${list}`
}
