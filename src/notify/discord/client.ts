import { type HttpAnswer, type HttpCall, type HttpFailure, httpCall } from '../../http-client/call.ts'
import type { Posted, Refusal } from '../parts.ts'
import { isGone, postedOf, removalOf, restMs } from './answer.ts'
import type { Post } from './layout.ts'
import type { DiscordSettings } from './settings.ts'
import type { Webhook } from './webhook-url.ts'

/** Discord wants to know who calls, in this form, and shuts out who does not say. */
const USER_AGENT = 'DiscordBot (proxmox-watchdog, 0.1)'

/** The calls to a webhook, and what the service said of its rate. */
export class DiscordClient {
  readonly #settings: DiscordSettings
  readonly #now: () => number
  #restUntil = 0

  constructor(settings: DiscordSettings, now: () => number) {
    this.#settings = settings
    this.#now = now
  }

  /** Milliseconds in which the service wants no call. */
  get restMs(): number {
    return Math.max(0, this.#restUntil - this.#now())
  }

  async post(webhook: Webhook, post: Post, signal: AbortSignal): Promise<Posted> {
    const { username, avatar } = this.#settings
    const body = JSON.stringify({ username, avatar_url: avatar, ...post })
    // Without `wait` a message that is not saved gives no error.
    const answer = await this.#call({ method: 'POST', url: webhook.address('', { wait: 'true' }), body }, signal)
    return postedOf(answer, webhook.token)
  }

  async edit(webhook: Webhook, id: string, post: Post, signal: AbortSignal): Promise<Posted> {
    const call = { method: 'PATCH', url: webhook.address(`/messages/${id}`), body: JSON.stringify(post) } as const
    const posted = postedOf(await this.#call(call, signal), webhook.token)
    // Whatever is not there, a new message finds out whether it is more than this one.
    return !posted.ok && posted.code === 'not-found' ? { ...posted, advice: 'anew' } : posted
  }

  /** Answers why it could not be; that it is gone already is no reason. */
  async remove(webhook: Webhook, id: string, signal: AbortSignal): Promise<Refusal | undefined> {
    const answer = await this.#call({ method: 'DELETE', url: webhook.address(`/messages/${id}`) }, signal)
    return removalOf(answer, webhook.token)
  }

  async find(webhook: Webhook, id: string, signal: AbortSignal): Promise<boolean | Refusal> {
    const answer = await this.#call({ method: 'GET', url: webhook.address(`/messages/${id}`) }, signal)
    const posted = postedOf(answer, webhook.token)
    return posted.ok || (isGone(posted) ? false : posted)
  }

  async #call(call: Pick<HttpCall, 'method' | 'url' | 'body'>, signal: AbortSignal): Promise<HttpAnswer | HttpFailure> {
    const headers: Record<string, string> = { 'user-agent': USER_AGENT }
    if (call.body !== undefined) headers['content-type'] = 'application/json'
    const answer = await httpCall({ ...call, headers, timeoutMs: this.#settings.timeout, signal })
    if (answer.ok) this.#restUntil = this.#now() + restMs(answer)
    return answer
  }
}
