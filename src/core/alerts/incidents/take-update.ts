import type { AlertUpdate, Incident, TimelineEntry } from '../types.ts'
import { type IncidentStep, newIncident } from './step.ts'
import { summaryOf } from './summary.ts'
import { takeFiring } from './take-firing.ts'
import { takeResolved } from './take-resolved.ts'
import { isReturn, takeReturn } from './take-return.ts'

/** What is known of a fingerprint: the incident that fires, and the newest, whatever became of it. */
export type Known = {
  readonly firing: Incident | undefined
  readonly last: Incident | undefined
  /** Whether somebody was told of it, or is to be: of a notice that came before the last one. */
  readonly wasTold: () => boolean
  /** The newest lines of an incident's story; asked for only where they matter. */
  readonly story: (incident: number) => readonly TimelineEntry[]
}

/**
 * What a source says of an alert, against what is known of it. Taking the same twice is taking it once, since a payload
 * may be sent again by one who did not hear our answer.
 */
export function takeUpdate(update: AlertUpdate, known: Known, nowMs: number): readonly IncidentStep[] {
  const { firing, last } = known
  const ours = firing ?? last
  if (isReturn(update, ours)) return [takeReturn(update, ours, known.story(ours.id))]
  switch (update.status) {
    case 'firing':
      return takeFiring(update, firing, last, nowMs)
    case 'resolved':
      return takeResolved(update, firing, last, nowMs)
    case 'notice':
      if (last?.status === 'notice' && isSameNotice(update, last, known)) return []
      return [
        {
          incident: newIncident(update, 'notice', nowMs),
          lines: [{ kind: 'fired', sentence: summaryOf(update) }],
          events: ['notice'],
        },
      ]
  }
}

/** One who did not hear our answer sends it again, perhaps after another one of the same kind. */
function isSameNotice({ startsMs }: AlertUpdate, last: Incident, { wasTold }: Known): boolean {
  return startsMs === last.startsMs || (startsMs < last.startsMs && wasTold())
}
