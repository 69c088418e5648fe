import { SecretMissing } from '../config/secret.ts'
import type { HttpAnswer, HttpFailure } from '../http-client/call.ts'
import type { NotifyFailure, SendOutcome } from '../ports/notifier.ts'
import { withoutSecrets } from '../process/last-words.ts'

type Refused = Extract<SendOutcome, { ok: false }>

export function refused(
  code: NotifyFailure,
  advice: Refused['advice'],
  sentence: string,
  more: Pick<Refused, 'retryAfterMs' | 'progress'> & { readonly mayHaveArrived?: boolean } = {},
): Refused {
  const { mayHaveArrived = false, ...rest } = more
  return { ok: false, code, advice, sentence, mayHaveArrived, ...rest }
}

/** No answer at all: always worth another try. */
export function unanswered(failure: HttpFailure): Refused {
  const { code, sentence, mayHaveArrived } = failure
  return refused(code, 'later', sentence, { mayHaveArrived })
}

/**
 * What a status that is no success means where the service's documentation says nothing else. A redirect is a wrong
 * address: it was not followed, and nothing arrived.
 */
export function refusedBy(answer: HttpAnswer, words = ''): Refused {
  const { status, retryAfterMs } = answer
  const said = words === '' ? `it answered ${status}` : `it answered ${status}: ${words}`
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs }
  if (status === 429) return refused('rate-limited', 'later', said, wait)
  if (status === 408 || status === 425) return refused('timeout', 'later', said, wait)
  if (status >= 500) return refused('server-error', 'later', said, { ...wait, mayHaveArrived: status === 504 })
  if (status === 401 || status === 403) return refused('credentials-refused', 'never', said)
  if (status === 404 || status === 410) return refused('not-found', 'never', said)
  if (status === 413) return refused('too-large', 'plain', said)
  if (status >= 300 && status < 400) {
    return refused('rejected', 'never', `${said}, a redirect, which is not followed: give the final address`)
  }
  if (status >= 400) return refused('rejected', 'plain', said)
  return refused('malformed-answer', 'later', said, { mayHaveArrived: true })
}

/** Runs a try; a secret that cannot be read is a failure with its reason, and worth another try once it can be. */
export async function withSecrets(send: () => Promise<SendOutcome>): Promise<SendOutcome> {
  try {
    return await send()
  } catch (error) {
    if (error instanceof SecretMissing) return refused('secret-missing', 'later', error.message)
    throw error
  }
}

/** What asks for the plain form is refused for good where that was the plain form already. */
export function finalIfPlain(refusal: Refused, plain: boolean): Refused {
  return plain && refusal.advice === 'plain' ? { ...refusal, advice: 'never' } : refusal
}

/** An answer that should be a JSON object; empty where it is anything else. */
export function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/**
 * A few printable words of an answer, for a sentence; never more, since it came from outside. Services like to repeat
 * what they were sent, so no secret is left in it, in none of its usual spellings.
 */
export function fewWords(text: string, secrets: readonly string[] = []): string {
  return withoutSecrets(text, secrets)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 200)
    .toWellFormed()
}

/** A form that is plain already cannot be made plainer. */
export function unlessPlain(refusal: Refused, plain: boolean): Refused {
  return plain && refusal.advice === 'plain' ? { ...refusal, advice: 'never' } : refusal
}
