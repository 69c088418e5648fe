/** Longer than this nobody means; it is taken for this. */
const LONGEST_MS = 24 * 3_600_000

/** Milliseconds of a `Retry-After` header (RFC 9110: seconds, or a date); undefined where it says nothing usable. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  // Some services send fractions of a second.
  const ms = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs
  if (Number.isNaN(ms)) return undefined
  return Math.min(Math.max(0, Math.ceil(ms)), LONGEST_MS)
}
