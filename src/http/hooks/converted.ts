import type { Incoming, Labels } from '../../core/alerts/types.ts'

/** What became of one payload. `reasons` name the field that is wrong, and hold no more of it than its place. */
export type Converted = {
  readonly incoming: readonly Incoming[]
  readonly rejected: number
  readonly reasons: readonly string[]
}

export function rejectedWhole(...reasons: string[]): Converted {
  return { incoming: [], rejected: 1, reasons }
}

export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object of texts; undefined where a value is something else. A missing one is empty. */
export function textsOf(value: unknown): Labels | undefined {
  if (value === undefined || value === null) return {}
  if (!isFields(value)) return undefined
  for (const name of Object.keys(value)) if (typeof value[name] !== 'string') return undefined
  return value as Labels
}

const MOST_LINK_LENGTH = 2048
const LINK = /^https?:\/\/[^\s\p{Cc}]+$/iu

/** A page that can be opened; undefined for anything else, which stays among the unknown fields. */
export function linkOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MOST_LINK_LENGTH && LINK.test(value) ? value : undefined
}
