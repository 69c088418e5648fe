import type { AlertSource, AlertUpdate, Incident } from '../types.ts'
import { type IncidentStep, type Line, newIncident } from './step.ts'
import { loudness, overAfter, summaryOf } from './summary.ts'

/**
 * Sources that say when an alert began, and of which an end may have been lost. What is decided here comes whole and in
 * its order; others only send again what they sent.
 */
const MAY_BEGIN_ANEW: readonly AlertSource[] = ['alertmanager']

/** An alert fires. */
export function takeFiring(
  update: AlertUpdate,
  firing: Incident | undefined,
  last: Incident | undefined,
  nowMs: number,
): readonly IncidentStep[] {
  if (firing === undefined) return [opened({ ...update, startsMs: beginAfter(last, update.startsMs) }, nowMs)]
  if (update.startsMs <= firing.startsMs || !MAY_BEGIN_ANEW.includes(update.source)) {
    return [goesOn(firing, update, nowMs)]
  }
  const endsMs = Math.max(firing.startsMs, Math.min(update.startsMs, nowMs))
  const unnoticed = `Its end was not reported; it fires anew. ${overAfter(firing.startsMs, endsMs)}`
  return [
    {
      incident: { ...firing, status: 'resolved', endsMs, updatedMs: nowMs },
      lines: [{ kind: 'resolved', sentence: unnoticed }],
      events: ['resolved'],
    },
    opened(update, nowMs),
  ]
}

/** The end of something that was never heard of: it is told whole, since nothing may be lost. */
export function openedAndOver(update: AlertUpdate, endsMs: number, nowMs: number): IncidentStep {
  const { incident, lines, events } = opened(update, nowMs)
  return {
    incident: { ...incident, status: 'resolved', endsMs },
    lines: [...lines, { kind: 'resolved', sentence: overAfter(update.startsMs, endsMs) }],
    events: [...events, 'resolved'],
  }
}

function opened(update: AlertUpdate, nowMs: number): IncidentStep {
  return {
    incident: newIncident(update, 'firing', nowMs),
    lines: [{ kind: 'fired', sentence: summaryOf(update) }],
    events: ['firing'],
  }
}

/**
 * What fires after its end with a begin from before it (an Alertmanager that lost sight of it for a while sends the old
 * begin again) is a new incident all the same. It begins after that end, or it would pass for one that was told.
 */
function beginAfter(last: Incident | undefined, startsMs: number): number {
  const endedMs = last?.status === 'resolved' ? last.endsMs : undefined
  return endedMs !== undefined && startsMs <= endedMs ? endedMs + 1 : startsMs
}

/** The same again: what it says is kept, and only a louder voice is told. */
function goesOn(firing: Incident, update: AlertUpdate, nowMs: number): IncidentStep {
  const { severity, annotations, labels, link, extra } = update
  const incident: Incident = {
    ...firing,
    // An alert of ours that was first heard of by another way is ours: only we end it.
    source: update.source === 'own' ? 'own' : firing.source,
    severity,
    annotations,
    labels,
    ...(link === undefined ? {} : { link }),
    ...(extra === undefined ? {} : { extra }),
    updatedMs: nowMs,
  }
  const louder = loudness(severity) - loudness(firing.severity)
  if (louder === 0) return { incident, lines: [], events: [] }
  const change = `It was ${firing.severity} and is ${severity} now.`
  if (louder < 0) return { incident, lines: [{ kind: 'changed', sentence: change }], events: ['update'] }
  const { acknowledged, ...anew } = incident
  const line: Line = { kind: 'escalated', sentence: `${change}${acknowledged === undefined ? '' : ` ${AGAIN}`}` }
  return { incident: anew, lines: [line], events: ['escalated'] }
}

const AGAIN = 'It was acknowledged when it was quieter, so that it needs a word again.'
