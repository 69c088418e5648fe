import type { AlertUpdate, Incident } from '../types.ts'
import type { IncidentStep } from './step.ts'
import { overAfter } from './summary.ts'
import { openedAndOver } from './take-firing.ts'

/** An alert is over. */
export function takeResolved(
  update: AlertUpdate,
  firing: Incident | undefined,
  last: Incident | undefined,
  nowMs: number,
): readonly IncidentStep[] {
  const endsMs = Math.max(update.startsMs, update.endsMs ?? nowMs)
  if (firing === undefined) {
    return isOldNews(update, endsMs, last) ? [] : [openedAndOver(update, endsMs, nowMs)]
  }
  if (isOfEarlier(update, endsMs, firing)) return []
  const over = Math.max(firing.startsMs, endsMs)
  const { annotations, link } = update
  return [
    {
      incident: {
        ...firing,
        status: 'resolved',
        endsMs: over,
        // Prometheus keeps the annotations of the last firing; other sources send none with an end.
        annotations: { ...firing.annotations, ...annotations },
        ...(link === undefined ? {} : { link }),
        updatedMs: nowMs,
      },
      lines: [{ kind: 'resolved', sentence: overAfter(firing.startsMs, over) }],
      events: ['resolved'],
    },
  ]
}

/**
 * The end of an earlier firing that was long on its way. What is decided here comes in its order, whatever the clock was
 * set to meanwhile.
 */
function isOfEarlier({ source, startsMs }: AlertUpdate, endsMs: number, firing: Incident): boolean {
  if (source === 'own' || source === 'deadman') return false
  return startsMs < firing.startsMs && endsMs < firing.startsMs
}

/**
 * The end that is known already, told again; or one without a begin of its own, which a source that always says that all
 * is well sends again and again.
 */
function isOldNews(update: AlertUpdate, endsMs: number, last: Incident | undefined): boolean {
  if (last?.status !== 'resolved') return false
  return update.startsMs <= Math.max(last.startsMs, last.endsMs ?? 0) || endsMs <= update.startsMs
}
