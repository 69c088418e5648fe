/** How many echoes an address gets, and how fast they go out. */
export type FpingPlan = {
  /** Between two packets. */
  readonly intervalMs: number
  /** How long each try of an address waits for its answer. */
  readonly tryMs: number
  readonly tries: number
  /** How many addresses fit: fewer than wanted where even the fastest pace is too slow. */
  readonly capacity: number
}

/** Ours and fping's own work for a packet, on top of the interval: measured 0.08 ms. */
const PACKET_MS = 0.1
/** Start of both programs, reading of their last words, and ending one that hangs. */
const AROUND_MS = 500
/** A second for a hundred and more, one packet a millisecond for thousands: switches and old hosts do not mind. */
const SPREAD_MS = 1_000
const SLOWEST_INTERVAL_MS = 10
const USUAL_INTERVAL_MS = 1
/** Faster than this, answers get lost in socket buffers and silence would be of our own making. */
const FASTEST_INTERVAL_MS = 0.3
/** How much of the wished wait for an answer is kept, in the order of preference. Less would prove nothing. */
const SHARES = [1, 0.75, 0.5]

/**
 * How to ask `count` addresses within `budgetMs`, even where all stay silent, with at most `mostTries` and at least
 * `leastTries` echoes each. `timeoutMs` is for all tries of an address together. Where it is tight, first the pace is
 * raised, then tries are given up, then up to half of the wait, then addresses. Undefined where not even half of the
 * wait fits.
 */
export function planFping(
  count: number,
  timeoutMs: number,
  [leastTries, mostTries]: readonly [number, number],
  budgetMs: number,
): FpingPlan | undefined {
  const usualMs = Math.min(SLOWEST_INTERVAL_MS, Math.max(USUAL_INTERVAL_MS, SPREAD_MS / Math.max(1, count)))
  const restMs = budgetMs - AROUND_MS
  for (const share of SHARES) {
    for (let tries = mostTries; tries >= leastTries; tries -= 1) {
      const fittingMs = (restMs - timeoutMs * share) / (count * tries) - PACKET_MS
      if (fittingMs < FASTEST_INTERVAL_MS) continue
      const intervalMs = Math.min(usualMs, fittingMs)
      const waitMs = Math.min(timeoutMs, restMs - count * tries * (intervalMs + PACKET_MS))
      return { intervalMs, tryMs: waitMs / tries, tries, capacity: count }
    }
  }
  const sendingMs = restMs - timeoutMs / 2
  const capacity = Math.floor(sendingMs / (FASTEST_INTERVAL_MS + PACKET_MS) / leastTries)
  if (capacity < 1) return undefined
  return { intervalMs: FASTEST_INTERVAL_MS, tryMs: timeoutMs / 2 / leastTries, tries: leastTries, capacity }
}
