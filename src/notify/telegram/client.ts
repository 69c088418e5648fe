import { type HttpAnswer, type HttpFailure, httpCall } from '../../http-client/call.ts'
import type { Posted } from '../parts.ts'
import { movedTo, postedOf } from './answer.ts'
import type { Post } from './layout.ts'
import type { TelegramSettings } from './settings.ts'

/** The calls of a bot. Its token is a part of every address. */
export class TelegramClient {
  readonly #settings: TelegramSettings
  /** Groups that became supergroups since the configuration was written: old id, new id. */
  readonly #moved = new Map<string, string>()

  constructor(settings: TelegramSettings) {
    this.#settings = settings
  }

  hasToken(): boolean {
    return /^\d+:[\w-]+$/.test(this.#token())
  }

  async post(chat: string, post: Post, signal: AbortSignal): Promise<Posted> {
    const { silent, threadId } = this.#settings
    const [id = '', topic] = chat.split(':')
    const thread = topic === undefined ? threadId : Number(topic)
    // The general topic has the number 1, and is where a message goes that names none.
    const options = { disable_notification: silent, message_thread_id: thread === 1 ? undefined : thread, ...quiet }
    const token = this.#token()
    return postedOf(await this.#toChat('sendMessage', token, id, { ...post, ...options }, signal), token)
  }

  async edit(chat: string, message: string, post: Post, signal: AbortSignal): Promise<Posted> {
    const [id = ''] = chat.split(':')
    const token = this.#token()
    const body = { ...post, message_id: Number(message), ...quiet }
    return postedOf(await this.#toChat('editMessageText', token, id, body, signal), token, message)
  }

  /** That it cannot be taken away, as after two days, is no failure of the message. */
  async remove(chat: string, message: string, signal: AbortSignal): Promise<void> {
    const [id = ''] = chat.split(':')
    await this.#toChat('deleteMessage', this.#token(), id, { message_id: Number(message) }, signal)
  }

  #token(): string {
    return this.#settings.token.reveal().trim()
  }

  async #toChat(method: string, token: string, id: string, body: object, signal: AbortSignal) {
    const answer = await this.#call(method, token, this.#moved.get(id) ?? id, body, signal)
    const moved = movedTo(answer)
    if (moved === undefined) return answer
    this.#moved.set(id, moved)
    return this.#call(method, token, moved, body, signal)
  }

  #call(
    method: string,
    token: string,
    id: string,
    body: object,
    signal: AbortSignal,
  ): Promise<HttpAnswer | HttpFailure> {
    return httpCall({
      url: `${this.#settings.apiUrl.replace(/\/+$/, '')}/bot${token}/${method}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: id.startsWith('@') ? id : Number(id), ...body }),
      timeoutMs: this.#settings.timeout,
      signal,
    })
  }
}

/** Nobody wants the preview of a graph below each alert. */
const quiet = { link_preview_options: { is_disabled: true } }
