import { SecretMissing } from '../../config/secret.ts'
import { type HttpAnswer, type HttpCall, httpCall } from '../../http-client/call.ts'
import type { Message, Notifier, ReadBack, SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { webAddress } from '../links.ts'
import { fewWords, finalIfPlain, objectIn, refused, refusedBy, unanswered, withSecrets } from '../outcome.ts'
import type { Posted } from '../parts.ts'
import { sendText } from '../send-text.ts'
import type { TextLimits, TextPart } from '../text-parts.ts'
import type { GotifySettings } from './settings.ts'

/** Gotify documents no limit; a MySQL behind it takes 65,535 bytes of text, and nobody reads more than this on a phone. */
const LIMITS: TextLimits = { titleMost: 180, textMost: 12_000, size: (text) => text.length }
const PLAIN_LIMITS: TextLimits = { ...LIMITS, textMost: 1000 }

/** An application on a Gotify server. Source: gotify.net/api-docs and gotify.net/docs/msgextras. */
export class GotifyNotifier implements Notifier {
  readonly name: string
  readonly type = 'gotify'
  readonly edits = false
  /** Only with a client's token: an application may not read. */
  readonly readBack?: (ref: string, signal: AbortSignal) => Promise<ReadBack>
  readonly #settings: GotifySettings

  constructor(name: string, settings: GotifySettings) {
    this.name = name
    this.#settings = settings
    if (settings.clientToken !== undefined) this.readBack = (ref, signal) => this.#look(ref, signal)
  }

  send(request: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    return withSecrets(async () => {
      const { timeout } = this.#settings
      const token = this.#settings.token.reveal()
      const { message, plain } = request
      return await sendText(request, plain ? PLAIN_LIMITS : LIMITS, { withinMs: timeout, signal }, async (part) => {
        const body = JSON.stringify(bodyOf(message, part, plain))
        const answer = await this.#call('/message', token, signal, { body })
        return answer.ok ? postedBy(answer, token, plain) : unanswered(answer)
      })
    })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  async #look(ref: string, signal: AbortSignal): Promise<ReadBack> {
    const id = Number(ref)
    if (!Number.isSafeInteger(id)) return { ok: false, sentence: 'it is not known what to look for' }
    try {
      const token = this.#settings.clientToken?.reveal() ?? ''
      // Gotify answers the newest of those with a smaller id.
      const answer = await this.#call(`/message?limit=1&since=${id + 1}`, token, signal)
      if (!answer.ok) return { ok: false, sentence: answer.sentence }
      if (answer.status !== 200) return { ok: false, sentence: refusedBy(answer, wordsOf(answer, token)).sentence }
      const { messages } = objectIn(answer.text)
      if (!Array.isArray(messages)) return { ok: false, sentence: 'its answer lists no messages' }
      return { ok: true, found: messages.some((one: { id?: unknown } | null) => one?.id === id) }
    } catch (error) {
      if (error instanceof SecretMissing) return { ok: false, sentence: error.message }
      throw error
    }
  }

  #call(path: string, token: string, signal: AbortSignal, more: Pick<HttpCall, 'body'> = {}) {
    const { server, timeout, tls } = this.#settings
    return httpCall({
      url: `${server}${path}`,
      headers: { 'x-gotify-key': token, ...(more.body === undefined ? {} : { 'content-type': 'application/json' }) },
      timeoutMs: timeout,
      signal,
      ...(tls === undefined ? {} : { tls }),
      ...more,
    })
  }
}

function bodyOf(message: Message, part: TextPart, plain: boolean): object {
  const { title, text } = part
  const least = { title, message: text, priority: priorityOf(message, part) }
  if (plain) return least
  const links = part.alerts.flatMap(({ link, runbookUrl }) => [webAddress(link), webAddress(runbookUrl)])
  const url = links.find((link) => link !== undefined)
  return {
    ...least,
    extras: {
      // Clients show Markdown and what it holds only where this says so; an application's default may.
      'client::display': { contentType: 'text/plain' },
      ...(url === undefined ? {} : { 'client::notification': { click: { url } } }),
    },
  }
}

/** 0 to 10; on Android from 4 on with a sound, from 8 on in front of everything. Only the first part makes a noise. */
function priorityOf({ kind, status, severity }: Message, { first }: TextPart): number {
  if (first > 0 || kind === 'drill') return 2
  const loud = { info: 2, warning: 5, critical: 8, emergency: 10 }[severity]
  return status === 'resolved' ? Math.min(loud, 4) : loud
}

function postedBy(answer: HttpAnswer, token: string, plain: boolean): Posted {
  if (answer.status !== 200) return finalIfPlain(refusedBy(answer, wordsOf(answer, token)), plain)
  const { id } = objectIn(answer.text)
  if (typeof id === 'number') return { ok: true, id: String(id) }
  return refused('malformed-answer', 'later', 'its answer names no message: is this a Gotify server?', {
    mayHaveArrived: true,
  })
}

function wordsOf({ text }: HttpAnswer, token: string): string {
  const { error, errorDescription } = objectIn(text)
  const words = [error, errorDescription].filter((word) => typeof word === 'string').join(', ')
  return fewWords(words, [token])
}
