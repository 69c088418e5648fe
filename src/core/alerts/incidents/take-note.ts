import type { AlertNote, Incident } from '../types.ts'
import type { IncidentStep } from './step.ts'

/** A line for the story of each incident of ours that fires and is about the same; messages of it are edited. */
export function takeNote(note: AlertNote, about: readonly Incident[]): readonly IncidentStep[] {
  return about.map((incident) => ({
    incident,
    lines: [{ kind: 'note', sentence: note.sentence }],
    events: ['update'],
  }))
}
