import type { Incident } from '../types.ts'

/**
 * When an incident is told again if it still fires then: at a multiple of the period after its begin, so that two relays
 * mean the same reminder, and not before half a period. Undefined where nobody wants that.
 */
export function nextReminderMs(
  { startsMs, status, acknowledged }: Pick<Incident, 'startsMs' | 'status' | 'acknowledged'>,
  everyMs: number,
  nowMs: number,
): number | undefined {
  if (everyMs <= 0 || status !== 'firing' || acknowledged !== undefined) return undefined
  const earliestMs = nowMs + everyMs / 2
  return startsMs + Math.max(1, Math.ceil((earliestMs - startsMs) / everyMs)) * everyMs
}

/** The incident after it was put on its way: told, and when it is told again. */
export function toldNow(incident: Incident, everyMs: number, nowMs: number): Incident {
  const { remindAtMs: _, ...rest } = incident
  const remindAtMs = nextReminderMs(incident, everyMs, nowMs)
  return { ...rest, told: true, ...(remindAtMs === undefined ? {} : { remindAtMs }) }
}
