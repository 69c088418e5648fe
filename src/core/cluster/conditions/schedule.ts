const MINUTE_S = 60
const HOUR_S = 3600
const DAY_S = 24 * HOUR_S

/** What a replication job has where nothing is set. */
const USUAL = '*/15'

/**
 * About how many seconds lie between two runs of a schedule in Proxmox' calendar events, at most: for telling what is
 * overdue. What is not understood counts as daily.
 */
export function intervalS(schedule = USUAL): number {
  const words = schedule.trim().toLowerCase()
  const named = NAMED[words]
  if (named !== undefined) return named
  // Only some days of the week: up to a week passes.
  if (/\b(?:mon|tue|wed|thu|fri|sat|sun)/.test(words)) return 7 * DAY_S
  const minutes = /^(?:\*:)?(?:\d+)?[*]?\/(\d+)$/.exec(words)?.[1]
  if (minutes !== undefined) return Number(minutes) * MINUTE_S
  const hours = /^(?:\*|\d+)\/(\d+):\d+$/.exec(words)?.[1]
  if (hours !== undefined) return Number(hours) * HOUR_S
  if (/^\*:\d+(?:,\d+)*$/.test(words) || /^\d+(?:,\d+)*$/.test(words)) return HOUR_S
  return DAY_S
}

const NAMED: Readonly<Record<string, number | undefined>> = {
  minutely: MINUTE_S,
  hourly: HOUR_S,
  daily: DAY_S,
  weekly: 7 * DAY_S,
  monthly: 31 * DAY_S,
}
