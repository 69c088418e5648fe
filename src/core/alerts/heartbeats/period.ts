/** Beats this close together are one: two replicas that post at once, a retry, a double click. */
export const BURST_MS = 5_000
/** How many intervals are remembered; old ones make room. */
export const KEPT_INTERVALS = 20

/** Replicas of an Alertmanager wait 15 s each for the one before them; three of them are 30 s apart. */
const REPLICAS_MS = 45_000
/** But what comes this evenly is the rhythm itself. */
const REPLICAS_PART = 0.4
/** Until beats have come over so long a time, their rhythm is not known: somebody may be trying the address out. */
const LEAST_SPAN_MS = 90_000
/** Three beats tell it if their two intervals agree to this factor; four always do. */
const AGREE_FACTOR = 2

/**
 * The true period of a sender, in milliseconds, out of the intervals between its beats, oldest first; undefined until
 * three beats over a minute and a half were seen. Intervals far shorter than most are replicas of the same beat and
 * belong to the one after them. The lower median of the rest: lost beats make some intervals double, outages some long.
 * (An Alertmanager repeats at multiples of `group_interval`: with `repeat_interval` equal to it, every second one.)
 */
export function periodOf(intervalsMs: readonly number[]): number | undefined {
  const sorted = intervalsMs.toSorted((a, b) => a - b)
  const usualMs = sorted[Math.ceil(sorted.length * 0.75) - 1]
  if (usualMs === undefined) return undefined
  const whole = withoutReplicas(intervalsMs, Math.min(REPLICAS_MS, usualMs * REPLICAS_PART))
  if (whole.reduce((sum, ms) => sum + ms, 0) < LEAST_SPAN_MS) return undefined
  const ordered = whole.toSorted((a, b) => a - b)
  const [shortest = 0, second] = ordered
  if (second === undefined || (ordered.length === 2 && second > AGREE_FACTOR * shortest)) return undefined
  return ordered[Math.floor((ordered.length - 1) / 2)]
}

function withoutReplicas(intervalsMs: readonly number[], shortMs: number): number[] {
  const whole: number[] = []
  let carriedMs = 0
  for (const ms of intervalsMs) {
    if (ms < shortMs) carriedMs += ms
    else {
      whole.push(ms + carriedMs)
      carriedMs = 0
    }
  }
  return whole
}

/** The intervals after one more. */
export function withInterval(intervalsMs: readonly number[], ms: number): readonly number[] {
  return [...intervalsMs, ms].slice(-KEPT_INTERVALS)
}

/**
 * The intervals after a beat that ended a silence of `ms`. It was an outage, or the sender has a longer period now:
 * the next beats tell. What was much shorter is forgotten, so that a longer period is learned at once instead of being
 * taken for an outage again and again.
 */
export function afterSilence(intervalsMs: readonly number[], ms: number): readonly number[] {
  return withInterval(
    intervalsMs.filter((each) => each >= ms / 2),
    ms,
  )
}
