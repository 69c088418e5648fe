import { InvalidArgumentError } from 'commander'
import type { Exit } from './exit-codes.ts'

const LONGEST_MS = 366 * 86_400_000

type Parsed =
  | { readonly ok: true; readonly ms: number }
  | { readonly ok: false; readonly exit: Exit; readonly sentence: string }

/** `2h` of an option as milliseconds. Asked for within the action: reading durations brings zod, which takes its time. */
export async function durationOf(option: string, text: string): Promise<Parsed> {
  const { parseDuration } = await import('../config/values.ts')
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= 1000 && ms <= LONGEST_MS) return { ok: true, ms: Math.round(ms) }
  const sentence = `${option} ${text}: a duration such as 90s, 30m or 2h is expected, from 1s to 366d.`
  return { ok: false, exit: 'usage', sentence }
}

/** For commander: a whole number from `min` to `max`. */
export function numberArgument(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is expected.`)
  }
}
