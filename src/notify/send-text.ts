import type { SendOutcome, SendRequest } from '../ports/notifier.ts'
import { isAllTold, type Posted, readProgress, sendParts, stoppedAt } from './parts.ts'
import { type TextLimits, type TextPart, textParts } from './text-parts.ts'

/**
 * Sends a message as plain text in as many posts as it takes. A later try begins with the first alert that was not told,
 * also where the rest is now divided in another way. Answers the id of the last post as the reference.
 */
export async function sendText(
  { message, progress }: SendRequest,
  limits: TextLimits,
  way: { readonly withinMs: number; readonly signal: AbortSignal },
  post: (part: TextPart) => Promise<Posted>,
): Promise<SendOutcome> {
  let done = readProgress(progress)
  if (!isAllTold(done, message.alerts.length)) {
    const parts = textParts(message, limits, done.alerts).map((part) => ({ alerts: part.alerts.length, body: part }))
    const end = await sendParts(parts, done, post, { ...way, now: () => performance.now() })
    if (end.stopped !== undefined) return stoppedAt(end.stopped, end.progress)
    done = end.progress
  }
  const ref = done.ids.at(-1)
  return ref === undefined ? { ok: true } : { ok: true, ref }
}
