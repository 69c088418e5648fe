import type { Path } from './path.ts'

const LONGEST = 60
const SECRET_WORD = /pass|secret|token|credential|community/i
const SECRET_KEY = /pass|secret|token|credential|community|private|api[-_]?key|auth[-_]?key|^key$/i

/** Whether something at `path` could be a secret by its name. Errs on the side of silence. */
export function mayBeSecret(path: Path): boolean {
  return path.some((step) => typeof step === 'string' && SECRET_KEY.test(step))
}

/** A value as it may be shown in a message: one line, short, without the password in an address. */
export function shownValue(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  // A forgotten colon makes a password part of the text before it.
  if (typeof value === 'string' && SECRET_WORD.test(value)) return undefined
  const text = String(value)
    .replaceAll(/\/\/[^/@\s]*@/g, '//***@')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  const needsQuotes = short === '' || short.trim() !== short || /^(?:[-+]?\d+(?:\.\d+)?|true|false|null)$/.test(short)
  return typeof value === 'string' && needsQuotes ? `"${short}"` : short
}

const UNITS: readonly [RegExp, string][] = [
  [/^(?:ms|millis(?:econds?)?)$/, 'ms'],
  [/^(?:|s|secs?|seconds?)$/, 's'],
  [/^(?:m|mins?|minutes?)$/, 'm'],
  [/^(?:h|hrs?|hours?)$/, 'h'],
  [/^(?:d|days?)$/, 'd'],
]

/** What was probably meant by a malformed duration: `30` as `30s`, `10 minutes` as `10m`. */
export function nearestDuration(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,3})?)\s*([a-z]*)\.?$/i.exec(String(value).trim()) ?? []
  const known = UNITS.find(([pattern]) => unit !== undefined && pattern.test(unit.toLowerCase()))
  return known === undefined ? undefined : `${amount}${known[1]}`
}

/** `yes` and `on` are text in YAML 1.2; what was meant is plain. */
export function nearestBoolean(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  if (/^(?:y|yes|on|true|1)$/i.test(value)) return 'true'
  return /^(?:n|no|off|false|0)$/i.test(value) ? 'false' : undefined
}
