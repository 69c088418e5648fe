import type { AlertEvent } from '../types.ts'
import { incidentsOf } from './worth-telling.ts'

/** More alerts than this make several messages. */
export const MOST_ALERTS = 50

/** Events of at most so many incidents a chunk; all events of an incident stay together. */
export function chunksOf(events: readonly AlertEvent[], most = MOST_ALERTS): readonly (readonly AlertEvent[])[] {
  const incidents = incidentsOf(events)
  const place = new Map(incidents.map((incident, index) => [incident, Math.floor(index / most)]))
  const chunks: AlertEvent[][] = []
  for (const event of events) {
    const at = place.get(event.incident) ?? 0
    let chunk = chunks[at]
    if (chunk === undefined) {
      chunk = []
      chunks[at] = chunk
    }
    chunk.push(event)
  }
  return chunks
}
