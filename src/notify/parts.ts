import { setTimeout as sleep } from 'node:timers/promises'
import { spell } from '../core/phrase.ts'
import type { SendOutcome } from '../ports/notifier.ts'
import { refused } from './outcome.ts'

/**
 * A message of many alerts leaves in several posts. Each holds whole alerts, in their order, so that how many alerts
 * were told says where to go on, in the plain form as well as in the rich one.
 */
export type Part<Body> = { readonly alerts: number; readonly body: Body }

/** What was got through: how many alerts, and the id of each post, in order. */
export type Progress = { readonly alerts: number; readonly ids: readonly string[] }

export const NOTHING_YET: Progress = { alerts: 0, ids: [] }

/** What came of one post. `restMs`: the service wants to be left alone for so long before the next. */
export type Posted = { readonly ok: true; readonly id: string; readonly restMs?: number } | Refusal
export type Refusal = Extract<SendOutcome, { ok: false }>

/** A rest that is short is taken while the message is on its way; a longer one is the outbox's. */
const SHORT_REST_MS = 1_000

export type Way = {
  /** No further post is begun after so long. */
  readonly withinMs: number
  readonly signal: AbortSignal
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number
}

/**
 * Sends the posts that are left, one after the other, and makes each only when its turn has come. Answers how far it
 * came, and what stopped it.
 */
export async function sendParts<Body>(
  parts: Iterable<Part<Body>>,
  before: Progress,
  post: (body: Body, index: number) => Promise<Posted>,
  { withinMs, signal, now }: Way,
): Promise<{ readonly progress: Progress; readonly stopped?: Refusal }> {
  const begunAt = now()
  let progress = before
  let restMs = 0
  for (const part of parts) {
    if (progress !== before) {
      const stopped = (await rest(restMs, signal)) ?? (now() - begunAt > withinMs ? tooSlow() : undefined)
      if (stopped !== undefined) return { progress, stopped }
    }
    const posted = await post(part.body, progress.ids.length)
    if (!posted.ok) return { progress, stopped: posted }
    progress = { alerts: progress.alerts + part.alerts, ids: [...progress.ids, posted.id] }
    restMs = posted.restMs ?? 0
  }
  return { progress }
}

/** Waits where the wait is short. Answers why it did not. */
export async function rest(restMs: number, signal: AbortSignal): Promise<Refusal | undefined> {
  if (restMs > SHORT_REST_MS) return exhausted(restMs)
  try {
    if (restMs > 0) await sleep(restMs, undefined, { signal })
    else signal.throwIfAborted()
    return undefined
  } catch {
    return refused('aborted', 'later', 'it was given up before the next post')
  }
}

/** The service would refuse the next post: it has said how long it wants to be left alone. */
function exhausted(restMs: number): Refusal {
  const retryAfterMs = Math.ceil(restMs)
  return refused('rate-limited', 'later', `it takes the next post in ${spell(retryAfterMs)}`, { retryAfterMs })
}

function tooSlow(): Refusal {
  return refused('timeout', 'later', 'it answers slowly: more posts are to follow', { retryAfterMs: 0 })
}

/**
 * Consecutive items in as few groups as they fit in, at least one. An item that is too large for a group has one to
 * itself.
 */
export function* packed<Item>(
  items: Iterable<Item>,
  limits: { readonly count: number; readonly size: number; readonly sizeOf: (item: Item) => number },
): Generator<readonly Item[]> {
  let group: Item[] = []
  let size = 0
  for (const item of items) {
    const own = limits.sizeOf(item)
    if (group.length > 0 && (group.length >= limits.count || size + own > limits.size)) {
      yield group
      group = []
      size = 0
    }
    group.push(item)
    size += own
  }
  yield group
}

/** Each as it is asked for: of ten thousand alerts only those are written that leave in this try. */
export function* written<Item, Form>(items: readonly Item[], write: (item: Item) => Form): Generator<Form> {
  for (const item of items) yield write(item)
}

/** How large each of `alerts` may be, so that many of them are still a handful of posts. */
export function share(alerts: number, { total, least, most }: Record<'total' | 'least' | 'most', number>): number {
  return Math.max(least, Math.min(most, Math.floor(total / Math.max(1, alerts))))
}

/** What `writeProgress` wrote; anything else is nothing yet. */
export function readProgress(text: string | undefined): Progress {
  try {
    return progressIn(JSON.parse(text ?? '')) ?? NOTHING_YET
  } catch {
    return NOTHING_YET
  }
}

export function progressIn(found: unknown): Progress | undefined {
  if (typeof found !== 'object' || found === null) return undefined
  const { alerts, ids } = found as Record<string, unknown>
  if (!Number.isInteger(alerts) || (alerts as number) < 0 || !Array.isArray(ids)) return undefined
  return { alerts: alerts as number, ids: ids.filter((id) => typeof id === 'string') }
}

/** Undefined where nothing has left yet. */
export function writeProgress(progress: Progress): string | undefined {
  return progress.ids.length === 0 ? undefined : JSON.stringify(progress)
}

/** What stopped a message, with what was got through of it. A message that is to be sent anew begins anew. */
export function stoppedAt(refusal: Refusal, progress: Progress): Refusal {
  const written = refusal.advice === 'anew' ? undefined : writeProgress(progress)
  return written === undefined ? refusal : { ...refusal, progress: written }
}

/** Whether all of a message has been told. A message without alerts is one post. */
export function isAllTold(progress: Progress, alerts: number): boolean {
  return progress.ids.length > 0 && progress.alerts >= alerts
}
