import type { HttpAnswer, HttpFailure } from '../../http-client/call.ts'
import { fewWords, refused, refusedBy, unanswered } from '../outcome.ts'
import type { Posted, Refusal } from '../parts.ts'

/** Error codes of the API: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
const CODE = { channel: 10_003, message: 10_008, webhook: 10_015, edits: 30_046, forum: 220_001, archived: 50_083 }

type Said = {
  readonly id?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly retry_after?: unknown
}

/** What came of a post or an edit. A success without the message is none: nobody knows whether it is there. */
export function postedOf(answer: HttpAnswer | HttpFailure, token: string): Posted {
  if (!answer.ok) return unanswered(answer)
  const said = bodyOf(answer)
  if (answer.status !== 200) return refusalOf(answer, said, token)
  if (typeof said?.id !== 'string' || !/^\d+$/.test(said.id)) {
    const sentence = 'it answered 200, but not with the message: something else than Discord answers there'
    return refused('malformed-answer', 'later', sentence, { mayHaveArrived: true })
  }
  return { ok: true, id: said.id, restMs: restMs(answer) }
}

/** What came of taking a post away: nothing to say where it is gone, whoever did it. */
export function removalOf(answer: HttpAnswer | HttpFailure, token: string): Refusal | undefined {
  if (!answer.ok) return unanswered(answer)
  if (answer.status === 204) return undefined
  const refusal = refusalOf(answer, bodyOf(answer), token)
  return isGone(refusal) ? undefined : refusal
}

/** Whether it is the message that is not there, as opposed to the webhook. */
export function isGone({ code, advice }: Refusal): boolean {
  return code === 'not-found' && advice === 'anew'
}

/** How long to leave it alone after this answer: its bucket is empty, or it said so itself. */
export function restMs(answer: HttpAnswer): number {
  if (answer.status === 429) return retryMs(answer, bodyOf(answer))
  const isEmpty = header(answer, 'x-ratelimit-remaining') === '0'
  return isEmpty ? (secondsAsMs(Number(header(answer, 'x-ratelimit-reset-after') ?? 0)) ?? 0) : 0
}

function refusalOf(answer: HttpAnswer, said: Said | undefined, token: string): Refusal {
  const code = typeof said?.code === 'number' ? said.code : undefined
  const words = fewWords(wordsOf(said, answer.text), [token])
  const sentence = `it answered ${answer.status}: ${words}`
  if (code === CODE.message) return refused('not-found', 'anew', sentence)
  // Messages older than an hour may be edited only now and then.
  if (code === CODE.edits) return refused('rate-limited', 'anew', sentence)
  if (answer.status === 429) {
    return refused('rate-limited', 'later', sentence, { retryAfterMs: retryMs(answer, said) })
  }
  if (code === CODE.channel) return refused('not-found', 'never', `${sentence}: its channel has no such thread`)
  if (code === CODE.forum || code === CODE.archived) return refused('rejected', 'never', sentence)
  // An address that was shut out for a while is told so by what stands before Discord, in HTML.
  if (answer.status === 403 && said === undefined) return refused('rejected', 'later', sentence)
  return refusedBy(answer, words)
}

/** Seconds with a fraction in the body, whole ones in the header; the header alone where a proxy answers. */
function retryMs(answer: HttpAnswer, said: Said | undefined): number {
  const told = typeof said?.retry_after === 'number' ? secondsAsMs(said.retry_after) : undefined
  return told ?? answer.retryAfterMs ?? secondsAsMs(Number(header(answer, 'x-ratelimit-reset-after') ?? 1)) ?? 1000
}

function secondsAsMs(seconds: number): number | undefined {
  return seconds >= 0 && seconds <= 86_400 ? Math.ceil(seconds * 1000) : undefined
}

function header({ headers }: HttpAnswer, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

function bodyOf({ text }: HttpAnswer): Said | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? body : undefined
  } catch {
    return undefined
  }
}

function wordsOf(said: Said | undefined, text: string): string {
  if (said === undefined) return text
  const { message, code, errors } = said as Said & { readonly errors?: unknown }
  const which = errors === undefined ? '' : ` ${JSON.stringify(errors)}`
  return `${String(message)}${code === undefined ? '' : ` (${String(code)})`}${which}`
}
