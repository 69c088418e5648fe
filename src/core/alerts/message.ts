import type { AlertEventKind, AlertSeverity, Labels } from './types.ts'

/** One alert within a message. Text is plain: an integration escapes it for its channel, so that markup shows as text. */
export type MessageAlert = {
  readonly incident: number
  readonly fingerprint: string
  /** What is to be told of it. */
  readonly event: AlertEventKind
  readonly status: 'firing' | 'resolved' | 'notice'
  readonly severity: AlertSeverity
  /** One line. */
  readonly summary: string
  readonly description: string
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsMs: number
  readonly endsMs?: number
  readonly runbookUrl?: string
  readonly link?: string
  readonly acknowledgedBy?: string
  /** The newest lines of its story, oldest first. */
  readonly timeline: readonly { readonly atMs: number; readonly sentence: string }[]
  /** Alerts that are folded into it: guests and services of a dead host. */
  readonly folded: number
}

/** What a channel is asked to say. The same for every channel; each integration gives it the form its channel knows. */
export type Message = {
  /** Stable over every try of it: for idempotence, such as a Message-ID. Letters, digits and dashes. */
  readonly key: string
  /** Stable over the life of what it is about: messages with the same thread belong together. */
  readonly thread: string
  readonly kind: 'alerts' | 'digest' | 'drill' | 'test'
  /** `firing` where any of its alerts fires. */
  readonly status: 'firing' | 'resolved' | 'notice'
  /** The loudest of what fires in it, or of all where nothing does. */
  readonly severity: AlertSeverity
  /** A few words, such as `pve3 is down`; without status and severity, which each channel shows in its own way. */
  readonly title: string
  readonly alerts: readonly MessageAlert[]
  /** A sentence where it comes late: `delivered 3 h late: the channel did not answer`. */
  readonly late?: string
  readonly createdMs: number
  /** Who says it: the name of this watchdog. */
  readonly sender: string
  /** IANA name for the times in it; UTC where missing. */
  readonly timeZone?: string
}
