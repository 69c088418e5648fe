import type { AlertSeverity } from '../../../src/core/alerts/types.ts'

/** How a channel fares for a while. `part`: it takes one alert of a message and then fails. `lost`: it takes it and says nothing. */
export const MOODS = [
  'unreachable',
  'rate-limited',
  'server-error',
  'hang',
  'lost',
  'not-found',
  'plain-only',
  'part',
  'throws',
] as const
export type Mood = (typeof MOODS)[number]

/** Where a process ends: around a commit, or around the arrival of a message. */
export type CrashPoint = 'before-commit' | 'after-commit' | 'before-arrival' | 'after-arrival'

/** Everything that happens in a month, as data. Times are minutes of virtual time. */
export type Happening =
  | {
      readonly kind: 'alert'
      readonly atMin: number
      readonly name: string
      readonly host: string
      readonly source: 'own' | 'alertmanager'
      readonly severity: AlertSeverity
      readonly forMin: number
      /** It gets louder after so long. */
      readonly louderAfterMin?: number
      /** Its source says the same again every so often. */
      readonly everyMin?: number
    }
  | {
      readonly kind: 'notice'
      readonly atMin: number
      readonly name: string
      readonly host: string
      readonly severity: AlertSeverity
    }
  | { readonly kind: 'note'; readonly atMin: number; readonly host: string }
  | {
      readonly kind: 'mood'
      readonly atMin: number
      readonly forMin: number
      readonly channel: string
      readonly mood: Mood
    }
  | { readonly kind: 'silence'; readonly atMin: number; readonly forMin: number; readonly host: string }
  | { readonly kind: 'acknowledge'; readonly atMin: number }
  | { readonly kind: 'clock'; readonly atMin: number; readonly byMin: number }
  | {
      readonly kind: 'crash'
      readonly atMin: number
      readonly point: CrashPoint
      readonly after: number
      readonly downMin: number
    }
  | { readonly kind: 'stop'; readonly atMin: number; readonly downMin: number }
  | { readonly kind: 'disk-full'; readonly atMin: number; readonly forMin: number }
  | { readonly kind: 'reload'; readonly atMin: number; readonly without: string }

/** How the site is set up, and what happens. */
export type Month = {
  readonly quietHours: boolean
  readonly groupWaitS: number
  readonly remindHours: number
  readonly folds: boolean
  readonly untilAcknowledged: boolean
  readonly lengthMin: number
  /** All happens in the first part of the month, so that much comes together: 10 for a tenth of it. */
  readonly squeeze: number
  readonly happenings: readonly Happening[]
}
