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

/** A duration in the configuration (`30s`, `10m`, `1h30m`); milliseconds in the program. */
export const duration = (minMs = 0) =>
  z
    .string({ error: 'a duration such as 30s, 10m or 1h30m is expected' })
    .regex(DURATION, 'a duration such as 30s, 10m or 1h30m is expected')
    .transform((text) => parseDuration(text) as number)
    .refine((ms) => ms >= minMs, `at least ${formatDuration(minMs)} is expected`)

/** A secret in the configuration: `{ env: NAME }` or `{ file: PATH }`, never the value itself. */
export const secret = () =>
  z
    .union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
      error: 'a secret is given as { env: NAME } or { file: PATH }, never as the value itself',
    })
    .transform((source) => new Secret(source))

export const port = () => z.int().min(1).max(65_535)
