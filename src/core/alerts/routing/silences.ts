import type { AlertSeverity, Labels, Silence } from '../types.ts'
import { type Matcher, matchedLabels, matchesAll } from './matchers.ts'
import { readAll } from './routing.ts'

/** A silence with its matchers read. */
export type ReadSilence = { readonly silence: Silence; readonly matchers: readonly Matcher[] }

/** One whose matchers cannot be read silences nothing. */
export function readSilence(silence: Silence): ReadSilence | undefined {
  const matchers = readAll(silence.matchers)
  return matchers === undefined || matchers.length === 0 ? undefined : { silence, matchers }
}

export function isInForce({ startsMs, endsMs }: Silence, nowMs: number): boolean {
  return startsMs <= nowMs && nowMs < endsMs
}

/** The silence that mutes an alert now: of several the one that lasts longest. */
export function silenceOf(
  silences: readonly ReadSilence[],
  alert: { readonly labels: Labels; readonly severity: AlertSeverity },
  nowMs: number,
): Silence | undefined {
  const labels = matchedLabels(alert)
  let found: Silence | undefined
  for (const { silence, matchers } of silences) {
    if (!isInForce(silence, nowMs) || !matchesAll(matchers, labels)) continue
    if (found === undefined || silence.endsMs > found.endsMs) found = silence
  }
  return found
}
