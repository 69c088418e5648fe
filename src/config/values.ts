import { isIP } from 'node:net'
import { z } from 'zod'
import { Secret } from './secret.ts'

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/

/** Milliseconds of `90s`, `10m`, `1h30m`; undefined where it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNIT_MS[unit as string] as number)
  }
  return total
}

/** `90000` as `1m30s`: the form that the configuration takes. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  let rest = ms
  let text = ''
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = UNIT_MS[unit] as number
    const amount = unit === 'ms' ? Math.round(rest) : Math.floor(rest / size)
    if (amount > 0) text += `${amount}${unit}`
    rest -= amount * size
  }
  return text
}

/** What a person reads where something else than a duration was given. */
export const DURATION_EXPECTED = 'a duration such as 30s, 10m or 1h30m is expected'

const TEN_YEARS_MS = 3650 * 86_400_000

/** A duration in the configuration (`30s`, `10m`, `1h30m`); milliseconds in the program. */
export const duration = (minMs = 0, maxMs = TEN_YEARS_MS) =>
  z
    .string({ error: DURATION_EXPECTED })
    .regex(DURATION, DURATION_EXPECTED)
    .transform((text) => parseDuration(text) as number)
    .refine((ms) => ms >= minMs, `at least ${formatDuration(minMs)} is expected`)
    .refine((ms) => ms <= maxMs, `at most ${formatDuration(maxMs)} is expected`)

/** What a person reads where a secret was given inline. The value itself is never repeated. */
export const SECRET_EXPECTED = 'a secret is given as { env: NAME } or { file: PATH }, never as the value itself'

/** A secret in the configuration: `{ env: NAME }` or `{ file: PATH }`, never the value itself. */
export const secret = () =>
  z
    .union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
      error: SECRET_EXPECTED,
    })
    .transform((source) => new Secret(source))

const TIME_EXPECTED = 'a time of day such as "22:00" is expected'

/** A time of day in the configuration (`"22:00"`); minutes since midnight in the program. */
export const timeOfDay = () =>
  z
    .string({ error: TIME_EXPECTED })
    .regex(/^(?:[01]?\d|2[0-3]):[0-5]\d$/, TIME_EXPECTED)
    .transform((text) => {
      const [hours = 0, minutes = 0] = text.split(':').map(Number)
      return hours * 60 + minutes
    })

/** The name of a time zone that this machine knows, such as `Europe/Berlin`. */
export const timeZone = () =>
  z.string().refine((name) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: name })
      return true
    } catch {
      return false
    }
  }, 'the name of a time zone such as Europe/Berlin is expected')

export const port = () => z.int().min(1).max(65_535)

const ADDRESS_EXPECTED = 'a host name or an IP address is expected, without scheme and port'
const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_-]{1,63})*\.?$/

/** Whether `text` is an IP address or a host name. `192.168.1.300` is neither: nobody means it as a name. */
export function isNetworkAddress(text: string): boolean {
  return isIP(text) !== 0 || (HOST_NAME.test(text) && !/^[\d.]+$/.test(text))
}

export const networkAddress = () => z.string({ error: ADDRESS_EXPECTED }).refine(isNetworkAddress, ADDRESS_EXPECTED)

/** Rows are looked up by name, and of these names every object of the language has one already. */
export function isUsableKey(name: string): boolean {
  return !(name in Object.prototype)
}

export const UNUSABLE_KEY = 'this word has a meaning of its own inside the program; choose another'

/**
 * The name of a host, device or reference: a metric label, and a part of keys such as `HOST/CHANNEL` and
 * `outlet:DEVICE/OUTLET`, so it holds none of their separators.
 */
export const entryName = () =>
  z
    .string({ error: 'a name is expected' })
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
      'a name of letters, digits, dots, dashes and underscores is expected, beginning with a letter or digit',
    )
    .refine(isUsableKey, UNUSABLE_KEY)
