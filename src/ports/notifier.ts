import type { Message, MessageAlert } from '../core/alerts/message.ts'

export type { Message, MessageAlert }

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
 * What came of a try. `ref` is what `edit` and `readBack` need later; opaque to everybody else. `note`: it was taken, but
 * not wholly, such as for one of two recipients; a sentence for people.
 * `advice`: `later`, try the same again (not before `retryAfterMs`); `plain`, the form was refused, plain text may pass;
 * `anew`, the message to edit is gone, send a new one; `never`, this message will never pass.
 * The sentence is for people and holds no secret, no token and no address with one in it.
 */
export type SendOutcome =
  | { readonly ok: true; readonly ref?: string; readonly note?: string }
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
