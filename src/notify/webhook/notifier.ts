import type { Revealable } from '../../config/secret.ts'
import { type HttpAnswer, httpCall } from '../../http-client/call.ts'
import type { Notifier, SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { decoded } from '../addresses.ts'
import { fewWords, finalIfPlain, refusedBy, unanswered, withSecrets } from '../outcome.ts'
import { payloadText } from '../payload.ts'
import type { WebhookSettings } from './settings.ts'
import { signatureOf } from './signature.ts'

/** Shorter parts of an address are words such as `hooks`. */
const LEAST_OF_A_SECRET = 6

/**
 * Posts each message as JSON. Any 2xx is success; a redirect is never followed. `X-Watchdog-Delivery` is the message's
 * key, the same for every try, so that a receiver that has it already can answer 2xx and do nothing.
 */
export class WebhookNotifier implements Notifier {
  readonly name: string
  readonly type = 'webhook'
  readonly edits = false
  readonly #settings: WebhookSettings

  constructor(name: string, settings: WebhookSettings) {
    this.name = name
    this.#settings = settings
  }

  send({ message, plain }: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    return withSecrets(async () => {
      const { timeout, tls } = this.#settings
      const secrets: string[] = []
      const revealed = (value: string | Revealable) => {
        if (typeof value === 'string') return value
        const secret = value.reveal()
        secrets.push(secret)
        return secret
      }
      const url = revealed(this.#settings.url)
      secrets.push(...partsOf(url))
      const body = payloadText(message, plain)
      const headers = { ...this.#headers(revealed, body), 'x-watchdog-delivery': message.key }
      const answer = await httpCall({
        url,
        headers,
        body,
        timeoutMs: timeout,
        signal,
        ...(tls === undefined ? {} : { tls }),
      })
      if (!answer.ok) return unanswered(answer)
      if (answer.status >= 200 && answer.status < 300) return { ok: true }
      return finalIfPlain(refusedBy(answer, wordsOf(answer, secrets)), plain)
    })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #headers(revealed: (value: string | Revealable) => string, body: string): Record<string, string> {
    const { token, headers, signingSecret } = this.#settings
    const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), revealed(value)])
    return {
      ...Object.fromEntries(own),
      'content-type': 'application/json',
      'user-agent': 'proxmox-watchdog',
      ...(token === undefined ? {} : { authorization: `Bearer ${revealed(token)}` }),
      ...(signingSecret === undefined
        ? {}
        : { 'x-watchdog-signature': signatureOf(body, revealed(signingSecret), Date.now()) }),
    }
  }
}

/** What of an address may be secret and come back in an error page: `Cannot POST /hooks/T0KEN`. */
function partsOf(address: string): string[] {
  if (!URL.canParse(address)) return []
  const { username, password, pathname, search } = new URL(address)
  const values = [...new URLSearchParams(search).values()]
  const raw = [username, password, search.slice(1), ...search.slice(1).split(/[&=]/), ...pathname.split('/'), ...values]
  return raw
    .flatMap((part) => [part, decoded(part) ?? part])
    .filter((part, index) => (index < 4 ? part !== '' : part.length >= LEAST_OF_A_SECRET))
}

/** The text of an answer; of a page nothing, since it says nothing to anybody. */
function wordsOf({ text, headers }: HttpAnswer, secrets: readonly string[]): string {
  const type = String(headers['content-type'] ?? '')
  return /html/i.test(type) || text.trimStart().startsWith('<') ? '' : fewWords(text, secrets)
}
