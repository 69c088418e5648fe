import { SecretMissing } from '../../config/secret.ts'
import { type HttpAnswer, httpCall } from '../../http-client/call.ts'
import type { Notifier, ReadBack, SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { fewWords, finalIfPlain, objectIn, refused, refusedBy, unanswered, withSecrets } from '../outcome.ts'
import type { Posted } from '../parts.ts'
import { sendText } from '../send-text.ts'
import { LIMITS, PLAIN_LIMITS, publication, withTitleAsIs } from './publication.ts'
import type { NtfySettings } from './settings.ts'

/** What a visitor has to wait for its next request, once it has used up its burst. */
const REFILL_MS = 5_000
/** The error code of a day's quota; a new day begins at midnight UTC. */
const QUOTA_CODE = 42_908
const QUOTA_WAIT_MS = 15 * 60_000

type Access = {
  readonly topic: string
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

/** A topic of an ntfy server. Source: docs.ntfy.sh, publishing as JSON and subscribing by API; server/errors.go. */
export class NtfyNotifier implements Notifier {
  readonly name: string
  readonly type = 'ntfy'
  readonly edits = false
  readonly #settings: NtfySettings

  constructor(name: string, settings: NtfySettings) {
    this.name = name
    this.#settings = settings
  }

  send(request: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    return withSecrets(async () => {
      const access = this.#access()
      const { server, timeout, tls } = this.#settings
      const { plain } = request
      const message = withTitleAsIs(request.message)
      return await sendText(
        { ...request, message },
        plain ? PLAIN_LIMITS : LIMITS,
        { withinMs: timeout, signal },
        async (part) => {
          const answer = await httpCall({
            url: `${server}/`,
            headers: { 'content-type': 'application/json', ...access.headers },
            body: JSON.stringify(publication(message, part, access.topic, plain)),
            timeoutMs: timeout,
            signal,
            ...(tls === undefined ? {} : { tls }),
          })
          return answer.ok ? postedBy(answer, access, plain) : unanswered(answer)
        },
      )
    })
  }

  /** Needs the right to read the topic. A server that keeps no messages never finds one. */
  async readBack(ref: string, signal: AbortSignal): Promise<ReadBack> {
    const [, id, time] = /^([A-Za-z0-9]+) (\d+)$/.exec(ref) ?? []
    if (id === undefined || time === undefined) return { ok: false, sentence: 'it is not known what to look for' }
    try {
      const { server, timeout, tls } = this.#settings
      const { topic, headers, secrets } = this.#access()
      const answer = await httpCall({
        // A message's own id as `since` would give those after it.
        url: `${server}/${topic}/json?poll=1&since=${time}&id=${id}`,
        headers,
        timeoutMs: timeout,
        signal,
        ...(tls === undefined ? {} : { tls }),
      })
      if (!answer.ok) return { ok: false, sentence: answer.sentence }
      if (answer.status !== 200) return { ok: false, sentence: refusedBy(answer, wordsOf(answer, secrets)).sentence }
      const ids = answer.text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [objectIn(line).id]))
      if (ids.includes(undefined)) return { ok: false, sentence: 'its answer lists no messages' }
      return { ok: true, found: ids.includes(id) }
    } catch (error) {
      if (error instanceof SecretMissing) return { ok: false, sentence: error.message }
      throw error
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #access(): Access {
    const { topic, token, username, password } = this.#settings
    const revealed = typeof topic === 'string' ? topic : topic.reveal()
    const secrets = typeof topic === 'string' ? [] : [revealed]
    if (token !== undefined) {
      const bearer = token.reveal()
      return { topic: revealed, headers: { authorization: `Bearer ${bearer}` }, secrets: [...secrets, bearer] }
    }
    if (username === undefined || password === undefined) return { topic: revealed, headers: {}, secrets }
    const pair = `${username}:${password.reveal()}`
    const basic = Buffer.from(pair).toString('base64')
    const headers = { authorization: `Basic ${basic}` }
    return { topic: revealed, headers, secrets: [...secrets, pair, basic, password.reveal()] }
  }
}

function postedBy(answer: HttpAnswer, { secrets }: Access, plain: boolean): Posted {
  const { id, time, code } = objectIn(answer.text)
  if (answer.status === 200) {
    if (typeof id === 'string' && /^[A-Za-z0-9]{1,64}$/.test(id)) return { ok: true, id: `${id} ${Number(time) || 0}` }
    return refused('malformed-answer', 'later', 'its answer names no message: is this an ntfy server?', {
      mayHaveArrived: true,
    })
  }
  const refusal = finalIfPlain(refusedBy(answer, wordsOf(answer, secrets)), plain)
  if (answer.status !== 429 || refusal.retryAfterMs !== undefined) return refusal
  return { ...refusal, retryAfterMs: code === QUOTA_CODE ? QUOTA_WAIT_MS : REFILL_MS }
}

function wordsOf({ text }: HttpAnswer, secrets: readonly string[]): string {
  const { error } = objectIn(text)
  return typeof error === 'string' ? fewWords(error, secrets) : ''
}
