import type { Event } from '../../api/events.ts'
import { type Paint, SEVERITY_STYLE, tame } from '../text/paint.ts'
import { clockTime, localTime } from '../text/span.ts'

/** `2025-03-01 12:00:00  critical  host-down  pve2 is dead by all its probes.` */
export function eventLine(event: Event, paint: Paint, form: 'dated' | 'clock' = 'dated'): string {
  const style = SEVERITY_STYLE[event.severity]
  return [
    paint('dim', form === 'dated' ? localTime(event.at) : clockTime(event.at)),
    paint(style, event.severity.padEnd(8)),
    paint('dim', event.code.padEnd(20)),
    tame(event.sentence),
  ].join('  ')
}
