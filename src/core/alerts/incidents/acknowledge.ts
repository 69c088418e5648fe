import type { Incident } from '../types.ts'
import type { IncidentStep } from './step.ts'

/** A person has it: nobody is reminded, and no further step of a chain that waits for a person is taken. */
export function acknowledged(incident: Incident, by: string, comment: string, nowMs: number): IncidentStep {
  const { remindAtMs: _, ...rest } = incident
  return {
    incident: { ...rest, acknowledged: { by, atMs: nowMs, comment }, updatedMs: nowMs },
    lines: [{ kind: 'acknowledged', sentence: `${by} has it${comment === '' ? '.' : `: ${comment}`}` }],
    events: ['update'],
  }
}
