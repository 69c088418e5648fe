import { httpCall } from '../../http-client/call.ts'
import type { Notifier, SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { fewWords, refused, refusedBy, unanswered, unlessPlain, withSecrets } from '../outcome.ts'
import { isAllTold, type Posted, readProgress, sendParts, stoppedAt } from '../parts.ts'
import { type Post, partsFrom } from './layout.ts'
import type { SlackSettings } from './settings.ts'

/** A channel of Slack, through an incoming webhook. What is posted cannot be found or changed by it. */
export class SlackNotifier implements Notifier {
  readonly name: string
  readonly type = 'slack'
  readonly edits = false
  readonly #settings: SlackSettings

  constructor(name: string, settings: SlackSettings) {
    this.name = name
    this.#settings = settings
  }

  send({ message, plain, progress }: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    return withSecrets(async () => {
      const { mention, timeout, webhook } = this.#settings
      const url = URL.parse(webhook.reveal().trim())
      if (url === null || !/^https?:$/.test(url.protocol)) {
        return refused('rejected', 'later', 'the webhook is not of the form https://hooks.slack.com/services/T/B/X')
      }
      const before = readProgress(progress)
      const told = isAllTold(before, message.alerts.length)
      const parts = told ? [] : partsFrom(before.alerts, { message, plain, mention })
      const way = { withinMs: timeout, signal, now: () => performance.now() }
      const end = await sendParts(parts, before, (post) => this.#post(url, post, signal), way)
      return end.stopped === undefined ? { ok: true } : stoppedAt(unlessPlain(end.stopped, plain), end.progress)
    })
  }

  async close(): Promise<void> {}

  /** Slack gives a post no id; its word stands for one. */
  async #post(url: URL, post: Post, signal: AbortSignal): Promise<Posted> {
    const answer = await httpCall({
      url: url.href,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(post),
      timeoutMs: this.#settings.timeout,
      signal,
    })
    if (!answer.ok) return unanswered(answer)
    const words = fewWords(answer.text, [url.pathname, ...url.pathname.split('/').filter((part) => part.length > 7)])
    if (answer.status !== 200) return refusedBy(answer, words)
    if (answer.text.trim() === 'ok') return { ok: true, id: 'ok' }
    const sentence = 'it answered 200, but not with ok: something else than Slack answers there'
    return refused('malformed-answer', 'later', sentence, { mayHaveArrived: true })
  }
}
