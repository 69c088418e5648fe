import type { AlertUpdate, Incident, TimelineEntry } from '../types.ts'
import type { IncidentStep } from './step.ts'

const RETURNED = 'It came back by Alertmanager.'

/**
 * An alert of ours that went to Alertmanager and came back by its hook. It is no second incident and changes nothing:
 * only we know whether it still holds. What it says is offered to the receivers again, and those that have it already
 * do not take it twice.
 */
export function takeReturn(update: AlertUpdate, own: Incident, story: readonly TimelineEntry[]): IncidentStep {
  const noted = story.some(({ kind, sentence }) => kind === 'note' && sentence === RETURNED)
  const agrees = update.status === own.status && update.startsMs === own.startsMs
  return {
    incident: own,
    lines: noted ? [] : [{ kind: 'note', sentence: RETURNED }],
    events: !agrees ? [] : update.status === 'resolved' ? ['resolved'] : ['firing'],
  }
}

export function isReturn(update: AlertUpdate, known: Incident | undefined): known is Incident {
  return known !== undefined && known.source === 'own' && update.source !== 'own'
}
