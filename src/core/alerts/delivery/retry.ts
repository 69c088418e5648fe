const FIRST_MS = 5_000
const MOST_MS = 600_000
/** A service may ask for more patience than our own schedule has, but not for ever. */
const MOST_ASKED_MS = 3_600_000
const LEAST_ASKED_MS = 250
const JITTER = 0.25

/**
 * How long to leave a channel alone after so many failures in a row (1 for the first): 5 s, doubled each time up to
 * 10 min, a quarter more or less by `random` (from 0 up to 1). Where the service said how long, that long and a little
 * more, up to an hour; one that always asks for nothing is asked less and less often all the same.
 */
export function waitMs(failures: number, random: number, retryAfterMs?: number): number {
  const doublings = Math.min(20, Math.max(0, failures - 1))
  if (retryAfterMs !== undefined) {
    const leastMs = Math.min(MOST_MS, LEAST_ASKED_MS * 2 ** doublings)
    return Math.min(MOST_ASKED_MS, Math.max(leastMs, retryAfterMs)) + Math.round(random * LEAST_ASKED_MS)
  }
  const baseMs = Math.min(MOST_MS, FIRST_MS * 2 ** doublings)
  return Math.round(baseMs * (1 - JITTER + random * 2 * JITTER))
}

/** The furthest that anything of a delivery is ever put off. */
export const LONGEST_WAIT_MS = MOST_ASKED_MS + LEAST_ASKED_MS
