import type { Delivery } from '../types.ts'
import { waitMs } from './retry.ts'

/** What came of a try. A `SendOutcome` of a notifier is one. */
export type Tried =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly code: string
      readonly sentence: string
      readonly advice: 'later' | 'plain' | 'anew' | 'never'
      readonly retryAfterMs?: number
      readonly progress?: string
    }

export type AfterTry = {
  readonly delivery: Delivery
  /** How many tries of the channel in a row have failed now. */
  readonly failures: number
  /** How long the channel is left alone. */
  readonly pauseMs: number
  /** The service itself asked for that. */
  readonly asked: boolean
}

export type TryContext = {
  readonly nowMs: number
  /** Failed tries of the channel in a row before this one. */
  readonly failures: number
  readonly random: number
  /** The message as it was sent, to be kept where a part of it has left. */
  readonly sent: string
}

/** Every so many tries another message is let go first: it may be this one that the channel cannot take. */
const STEP_ASIDE_EVERY = 3
const STEP_ASIDE_MS = 15_000

/** A delivery after a try. Its `attempts` count the try already. */
export function afterTry(delivery: Delivery, tried: Tried, context: TryContext): AfterTry {
  const { nowMs } = context
  if (tried.ok) {
    return { delivery: { ...delivery, state: 'delivered', deliveredMs: nowMs }, failures: 0, pauseMs: 0, asked: false }
  }
  const { code, sentence, advice } = tried
  const lastError = { code, sentence }
  if (advice === 'never' || (advice === 'plain' && delivery.plain)) {
    return { delivery: { ...delivery, state: 'dead', lastError }, failures: 0, pauseMs: 0, asked: false }
  }
  const queued = keptParts({ ...delivery, state: 'queued', dueMs: nowMs, lastError }, tried.progress, context.sent)
  if (advice === 'plain') {
    return { delivery: { ...queued, plain: true }, failures: 0, pauseMs: 0, asked: false }
  }
  // A message that got further is no failure of the channel.
  const further = tried.progress !== undefined && tried.progress !== delivery.progress
  const failures = further ? 1 : context.failures + 1
  if (advice === 'anew') return { delivery: withoutParts(queued), failures, pauseMs: pauseAnew(context), asked: false }
  const pauseMs = waitMs(failures, context.random, tried.retryAfterMs)
  const asideMs = delivery.attempts % STEP_ASIDE_EVERY === 0 ? STEP_ASIDE_MS : 0
  return {
    delivery: { ...queued, dueMs: nowMs + pauseMs + asideMs },
    failures,
    pauseMs,
    asked: tried.retryAfterMs !== undefined,
  }
}

/** At once, but for a channel that says it again and again. */
function pauseAnew({ failures, random }: TryContext): number {
  return failures === 0 ? 0 : waitMs(failures, random)
}

/** What has left in part is said to its end as it was begun. */
export function keptParts(delivery: Delivery, progress: string | undefined, sent: string): Delivery {
  return progress === undefined ? delivery : { ...delivery, progress, frozen: delivery.frozen ?? sent }
}

export function withoutParts(delivery: Delivery): Delivery {
  const { progress: _, frozen: __, ...whole } = delivery
  return whole
}

/** Nobody is told by it any more. The sentence says why. */
export function dead(delivery: Delivery, code: string, sentence: string): Delivery {
  return { ...delivery, state: 'dead', lastError: { code, sentence } }
}
