import type { QuietHours } from '../policy.ts'
import type { AlertSeverity } from '../types.ts'

const DAY_MINUTES = 1_440
const MINUTE_MS = 60_000

/** Whether what is that loud waits for the morning at this minute of the local day. Critical never does. */
export function isQuiet(hours: QuietHours | undefined, severity: AlertSeverity, minuteOfDay: number): boolean {
  if (hours === undefined || severity === 'critical' || severity === 'emergency') return false
  const { fromMinute, toMinute } = hours
  if (fromMinute <= toMinute) return minuteOfDay >= fromMinute && minuteOfDay < toMinute
  return minuteOfDay >= fromMinute || minuteOfDay < toMinute
}

/**
 * The begin of the next minute `toMinute` of the local day, in wall-clock milliseconds. On a day with a change of the
 * clocks it may be an hour off: whoever wakes then asks `isQuiet` again.
 */
export function nextMinuteMs(toMinute: number, minuteOfDay: number, nowMs: number): number {
  const minutes = (toMinute - minuteOfDay + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES
  return Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + minutes * MINUTE_MS
}
