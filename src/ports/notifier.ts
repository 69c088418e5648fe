import type { AlertEventKind, AlertSeverity, Labels } from '../core/alerts/types.ts'

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

export type SendRequest = {
  readonly message: Message
  /** Plain text, as short as it gets: the rich form was refused. */
  readonly plain: boolean
  /** What an earlier try of this message got through, as that try answered it. */
  readonly progress?: string
  /** The message of this channel that is to be changed, as its sending answered it. Only where `edits`. */
  readonly edit?: string
}

/** Stable codes of why a channel did not take a message; also metric labels. */
export const NOTIFY_FAILURES = [
  'unreachable',
  'timeout',
  'rate-limited',
  'server-error',
  'credentials-refused',
  'not-found',
  'rejected',
  'too-large',
  'malformed-answer',
  'tls',
  'secret-missing',
  'agent-failed',
  'aborted',
] as const
export type NotifyFailure = (typeof NOTIFY_FAILURES)[number]

/**
 * What came of a try. `ref` is what `edit` and `readBack` need later; opaque to everybody else.
 * `advice`: `later`, try the same again (not before `retryAfterMs`); `plain`, the form was refused, plain text may pass;
 * `anew`, the message to edit is gone, send a new one; `never`, this message will never pass.
 * The sentence is for people and holds no secret, no token and no address with one in it.
 */
export type SendOutcome =
  | { readonly ok: true; readonly ref?: string }
  | {
      readonly ok: false
      readonly code: NotifyFailure
      readonly sentence: string
      readonly advice: 'later' | 'plain' | 'anew' | 'never'
      readonly retryAfterMs?: number
      /** It may have arrived all the same. */
      readonly mayHaveArrived: boolean
      readonly progress?: string
    }

export type ReadBack =
  | { readonly ok: true; readonly found: boolean }
  | { readonly ok: false; readonly sentence: string }

/** A channel. One call at a time; each ends within the integration's own timeout or when `signal` aborts. Never throws. */
export interface Notifier {
  readonly name: string
  readonly type: string
  /** It can change a message that it sent. */
  readonly edits: boolean
  send(request: SendRequest, signal: AbortSignal): Promise<SendOutcome>
  /** Looks whether a message is there, where the channel's API allows that. */
  readBack?(ref: string, signal: AbortSignal): Promise<ReadBack>
  close(): Promise<void>
}
