import type { Notifier, ReadBack, SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { refused, unlessPlain, withSecrets } from '../outcome.ts'
import { isAllTold, progressIn, readProgress, rest, sendParts, stoppedAt } from '../parts.ts'
import { DiscordClient } from './client.ts'
import { type Post, partsFrom } from './layout.ts'
import type { DiscordSettings } from './settings.ts'
import { WEBHOOK_EXPECTED, type Webhook, webhookAt } from './webhook-url.ts'

/**
 * A channel of Discord, through its webhook. What it sent it can change, take away and find again. A message of many
 * alerts is several posts; what the service says of its rate is respected between them and between messages.
 */
export class DiscordNotifier implements Notifier {
  readonly name: string
  readonly type = 'discord'
  readonly edits = true
  readonly #settings: DiscordSettings
  readonly #client: DiscordClient
  readonly #now: () => number

  constructor(name: string, settings: DiscordSettings, now = () => performance.now()) {
    this.name = name
    this.#settings = settings
    this.#client = new DiscordClient(settings, now)
    this.#now = now
  }

  send(request: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    return withSecrets(async () => {
      const webhook = this.#webhook()
      if (webhook === undefined) return refused('rejected', 'later', WEBHOOK_EXPECTED)
      const waiting = await rest(this.#client.restMs, signal)
      if (waiting !== undefined) return stoppedAt(waiting, readProgress(request.progress))
      return this.#sendTo(webhook, request, signal)
    })
  }

  async readBack(ref: string, signal: AbortSignal): Promise<ReadBack> {
    const ids = idsIn(ref)
    let found = true
    const looked = await withSecrets(async () => {
      const webhook = this.#webhook()
      if (webhook === undefined) return refused('rejected', 'later', WEBHOOK_EXPECTED)
      for (const id of ids) {
        const there = await this.#client.find(webhook, id, signal)
        if (typeof there !== 'boolean') return there
        found &&= there
      }
      return { ok: true }
    })
    return looked.ok ? { ok: true, found: found && ids.length > 0 } : { ok: false, sentence: looked.sentence }
  }

  async close(): Promise<void> {}

  async #sendTo(webhook: Webhook, request: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    const { message, plain, edit } = request
    const { mention, timeout } = this.#settings
    const before = readProgress(request.progress)
    const old = edit === undefined ? [] : idsIn(edit)
    const told = isAllTold(before, message.alerts.length)
    const parts = told ? [] : partsFrom(before.alerts, { message, plain, mention })
    const post = (body: Post, index: number) => {
      const id = old[index]
      return id === undefined ? this.#client.post(webhook, body, signal) : this.#client.edit(webhook, id, body, signal)
    }
    const { progress, stopped } = await sendParts(parts, before, post, { withinMs: timeout, signal, now: this.#now })
    if (stopped !== undefined) return stoppedAt(unlessPlain(stopped, plain), progress)
    // An edited message may need fewer posts than it had.
    for (const id of old.slice(progress.ids.length)) {
      const kept = await this.#client.remove(webhook, id, signal)
      if (kept?.advice === 'later') return stoppedAt(kept, progress)
    }
    return { ok: true, ref: JSON.stringify(progress) }
  }

  #webhook(): Webhook | undefined {
    return webhookAt(this.#settings.webhook.reveal(), this.#settings.thread)
  }
}

/** Of what an earlier sending answered. */
function idsIn(ref: string): readonly string[] {
  try {
    return progressIn(JSON.parse(ref))?.ids ?? []
  } catch {
    return []
  }
}
