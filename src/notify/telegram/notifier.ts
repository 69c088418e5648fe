import type { Notifier, SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { refused, unlessPlain, withSecrets } from '../outcome.ts'
import { isAllTold, NOTHING_YET, type Progress, progressIn, type Refusal, rest, sendParts } from '../parts.ts'
import { TelegramClient } from './client.ts'
import { type Post, partsFrom } from './layout.ts'
import type { TelegramSettings } from './settings.ts'

/** What was got through in each chat. */
type InChats = Readonly<Record<string, Progress>>

type Refused = { readonly chat: string; readonly refusal: Refusal }

/** What is to be done of several refusals: the first that is found. */
const URGENCY = ['anew', 'later', 'plain', 'never'] as const

/**
 * Chats of Telegram, through a bot. What it sent it can change, but not find again: bots read no history. Each chat has
 * a progress of its own, so that one that refuses keeps no other waiting, and none gets anything twice.
 */
export class TelegramNotifier implements Notifier {
  readonly name: string
  readonly type = 'telegram'
  readonly edits = true
  readonly #settings: TelegramSettings
  readonly #client: TelegramClient
  readonly #now: () => number
  /** Chats that want no post before. */
  readonly #restUntil = new Map<string, number>()

  constructor(name: string, settings: TelegramSettings, now = () => performance.now()) {
    this.name = name
    this.#settings = settings
    this.#client = new TelegramClient(settings)
    this.#now = now
  }

  send(request: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    return withSecrets(async () => {
      if (!this.#client.hasToken()) return refused('rejected', 'later', 'the token is not of the form 123456:ABC-DEF')
      const before = inChats(request.progress)
      const old = inChats(request.edit)
      let reached: InChats = before
      const refusals: Refused[] = []
      for (const chat of this.#settings.chats) {
        const { progress, stopped } = await this.#sendTo(chat, request, before[chat], old[chat], signal)
        reached = { ...reached, [chat]: progress }
        if (stopped !== undefined) refusals.push({ chat, refusal: stopped })
        // The service itself is in trouble; the next chat would only wait for the same.
        if (stopped !== undefined && isOfService(stopped)) break
      }
      return this.#outcome(reached, refusals, request)
    })
  }

  async close(): Promise<void> {}

  async #sendTo(
    chat: string,
    { message, plain }: SendRequest,
    before = NOTHING_YET,
    { ids: old } = NOTHING_YET,
    signal: AbortSignal,
  ): Promise<{ readonly progress: Progress; readonly stopped?: Refusal }> {
    if (isAllTold(before, message.alerts.length)) return { progress: before }
    const waiting = await rest((this.#restUntil.get(chat) ?? 0) - this.#now(), signal)
    if (waiting !== undefined) return { progress: before, stopped: waiting }
    const post = (body: Post, index: number) => {
      const id = old[index]
      return id === undefined ? this.#client.post(chat, body, signal) : this.#client.edit(chat, id, body, signal)
    }
    const way = { withinMs: this.#settings.timeout, signal, now: this.#now }
    const end = await sendParts(partsFrom(before.alerts, message, plain), before, post, way)
    if (end.stopped !== undefined) {
      const { code, retryAfterMs = 0 } = end.stopped
      if (code === 'rate-limited') this.#restUntil.set(chat, this.#now() + retryAfterMs)
      return end
    }
    // An edited message may need fewer posts than it had.
    for (const id of old.slice(end.progress.ids.length)) await this.#client.remove(chat, id, signal)
    return end
  }

  #outcome(reached: InChats, refusals: readonly Refused[], { message, plain }: SendRequest): SendOutcome {
    const written = Object.fromEntries(Object.entries(reached).filter(([, { ids }]) => ids.length > 0))
    const advice = URGENCY.find((wanted) => refusals.some(({ refusal }) => refusal.advice === wanted))
    const first = refusals.find(({ refusal }) => refusal.advice === advice)
    if (first === undefined) return { ok: true, ref: JSON.stringify(written) }
    const waits = refusals.flatMap(({ refusal }) => refusal.retryAfterMs ?? [])
    const refusal = unlessPlain(first.refusal, plain)
    const all = this.#settings.chats.length
    const told = Object.values(reached).filter((progress) => isAllTold(progress, message.alerts.length)).length
    return {
      ...refusal,
      sentence:
        all === 1 ? refusal.sentence : `${told} of ${all} chats have it; chat ${first.chat}: ${refusal.sentence}`,
      // A chat that wants to rest for longer is left alone all the same.
      ...(waits.length === 0 ? {} : { retryAfterMs: Math.min(...waits) }),
      mayHaveArrived: refusals.some(({ refusal: { mayHaveArrived } }) => mayHaveArrived),
      ...(advice === 'anew' || Object.keys(written).length === 0 ? {} : { progress: JSON.stringify(written) }),
    }
  }
}

function isOfService({ code, advice }: Refusal): boolean {
  return (advice === 'later' && code !== 'rate-limited') || code === 'credentials-refused'
}

/** Of what an earlier try answered; anything else is nothing yet. */
function inChats(text: string | undefined): InChats {
  try {
    const found = Object.entries(JSON.parse(text ?? '') as Record<string, unknown>)
    return Object.fromEntries(
      found.flatMap(([chat, value]) => {
        const progress = progressIn(value)
        return progress === undefined ? [] : [[chat, progress]]
      }),
    )
  } catch {
    return {}
  }
}
