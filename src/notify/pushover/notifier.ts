import { type HttpAnswer, httpCall } from '../../http-client/call.ts'
import type { Notifier, SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { fewWords, finalIfPlain, objectIn, refused, refusedBy, unanswered, withSecrets } from '../outcome.ts'
import type { Posted } from '../parts.ts'
import { sendText } from '../send-text.ts'
import { formOf, LIMITS } from './form.ts'
import type { PushoverSettings } from './settings.ts'

/** After a failure of theirs, as the documentation asks. */
const PAUSE_MS = 5_000
/** A month's messages are used up until its end, or until somebody buys more: looked at again now and then. */
const QUOTA_WAIT_MS = 3_600_000

/** A user or group of Pushover. Source: pushover.net/api. */
export class PushoverNotifier implements Notifier {
  readonly name: string
  readonly type = 'pushover'
  readonly edits = false
  readonly #settings: PushoverSettings

  constructor(name: string, settings: PushoverSettings) {
    this.name = name
    this.#settings = settings
  }

  send(request: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    return withSecrets(async () => {
      const { apiUrl, timeout } = this.#settings
      const [token, user] = [this.#settings.token.reveal(), this.#settings.user.reveal()]
      const { message, plain } = request
      return await sendText(request, LIMITS, { withinMs: timeout, signal }, async (part) => {
        const form = new URLSearchParams({ token, user, ...formOf(message, part, this.#settings, plain) })
        const answer = await httpCall({
          url: `${apiUrl}/1/messages.json`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: form.toString(),
          timeoutMs: timeout,
          signal,
        })
        return answer.ok ? postedBy(answer, [token, user], plain) : unanswered(answer)
      })
    })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

function postedBy(answer: HttpAnswer, secrets: readonly string[], plain: boolean): Posted {
  const { status: said, request, token, user, errors } = objectIn(answer.text)
  if (answer.status === 200 && said === 1) return { ok: true, id: String(request) }
  const words = fewWords(Array.isArray(errors) ? errors.map(String).join(', ') : '', secrets)
  const sentence = words === '' ? `it answered ${answer.status}` : `it answered ${answer.status}: ${words}`
  if (answer.status === 200) {
    return refused('malformed-answer', 'later', 'its answer does not say that it took the message', {
      mayHaveArrived: true,
    })
  }
  const refusal = refusedBy(answer, words)
  // Where the month is used up it once named the token as invalid, too.
  const usedUp = answer.status === 429 || (answer.status === 400 && /exceeded .*limit/i.test(words))
  if (usedUp) return refused('rate-limited', 'later', sentence, { retryAfterMs: waitOf(answer) })
  if (answer.status >= 500) return { ...refusal, retryAfterMs: Math.max(PAUSE_MS, refusal.retryAfterMs ?? 0) }
  if (token === 'invalid' || user === 'invalid') return refused('credentials-refused', 'never', sentence)
  return finalIfPlain(refusal, plain)
}

function waitOf({ headers, retryAfterMs }: HttpAnswer): number {
  if (retryAfterMs !== undefined) return retryAfterMs
  const resetMs = Number(headers['x-limit-app-reset']) * 1000
  if (!Number.isFinite(resetMs)) return PAUSE_MS
  return Math.min(Math.max(PAUSE_MS, resetMs - Date.now()), QUOTA_WAIT_MS)
}
