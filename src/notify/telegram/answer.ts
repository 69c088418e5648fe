import type { HttpAnswer, HttpFailure } from '../../http-client/call.ts'
import { fewWords, refused, refusedBy, unanswered } from '../outcome.ts'
import type { Posted, Refusal } from '../parts.ts'

/** The common form of answers: https://core.telegram.org/bots/api#making-requests */
type Said = {
  readonly ok?: unknown
  readonly description?: unknown
  readonly result?: { readonly message_id?: unknown } | boolean
  readonly parameters?: { readonly retry_after?: unknown; readonly migrate_to_chat_id?: unknown }
}

const NOT_THERE =
  /chat not found|message thread not found|group is deactivated|PEER_ID_INVALID|TOPIC_(?:CLOSED|DELETED)/i
const GONE = /message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i

/** `edited`: the id of the message that was to be changed. That it says so already is a success. */
export function postedOf(answer: HttpAnswer | HttpFailure, token: string, edited?: string): Posted {
  if (!answer.ok) return unanswered(answer)
  const said = bodyOf(answer)
  if (answer.status !== 200) {
    if (edited !== undefined && /message is not modified/i.test(String(said?.description)))
      return { ok: true, id: edited }
    return refusalOf(answer, said, token)
  }
  const id = typeof said?.result === 'object' && said.ok === true ? said.result?.message_id : undefined
  if (typeof id !== 'number') {
    const sentence = 'it answered 200, but not with the message: something else than Telegram answers there'
    return refused('malformed-answer', 'later', sentence, { mayHaveArrived: true })
  }
  return { ok: true, id: String(id) }
}

/** Where the chat has gone: a group that became a supergroup has another id. */
export function movedTo(answer: HttpAnswer | HttpFailure): string | undefined {
  const id = answer.ok && answer.status === 400 ? bodyOf(answer)?.parameters?.migrate_to_chat_id : undefined
  return Number.isInteger(id) ? String(id) : undefined
}

function refusalOf(answer: HttpAnswer, said: Said | undefined, token: string): Refusal {
  const { status } = answer
  const secrets = [token, token.split(':')[1] ?? '']
  const words = fewWords(typeof said?.description === 'string' ? said.description : answer.text, secrets)
  const sentence = `it answered ${status}: ${words}`
  if (status === 429) {
    const seconds = said?.parameters?.retry_after
    const told =
      typeof seconds === 'number' && seconds >= 0 && seconds <= 86_400 ? Math.ceil(seconds * 1000) : undefined
    return refused('rate-limited', 'later', sentence, { retryAfterMs: told ?? answer.retryAfterMs ?? 1000 })
  }
  if (status === 400 && GONE.test(words)) return refused('not-found', 'anew', sentence)
  if (status === 400 && NOT_THERE.test(words)) return refused('not-found', 'never', sentence)
  // Taken out of the chat or blocked there, which says nothing of other chats.
  if (status === 403) return refused('rejected', 'never', sentence)
  if (status === 404)
    return refused('not-found', 'never', `${sentence}: there is no such bot, or no Bot API at its address`)
  return refusedBy(answer, words)
}

function bodyOf({ text }: HttpAnswer): Said | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? body : undefined
  } catch {
    return undefined
  }
}
