import type { Line } from '../../core/alerts/incidents/step.ts'
import type { Work } from './work.ts'

/** Adds lines to the stories of incidents. */
export function addLines(
  work: Work,
  incidents: number | readonly number[],
  lines: readonly Line[],
  atMs = work.nowMs,
): void {
  const ids = typeof incidents === 'number' ? [incidents] : incidents
  if (lines.length === 0 || ids.length === 0) return
  work.rows.addTimeline(
    ids.flatMap((incident) => lines.map(({ kind, sentence }) => ({ incident, atMs, kind, sentence }))),
  )
}
