import { Bucket, type BucketOptions } from './bucket.ts'
import type { ChannelManners, ChannelReply, ChannelRequest } from './channel-server.ts'
import { refusalOf, textsOf } from './slack-form.ts'

/** A message as a reader sees it. */
export type SlackMessage = {
  /** Each text of it, without the escapes; the links are in `links`. */
  readonly shown: readonly string[]
  /** What its notification says. */
  readonly notification: string
  readonly links: readonly string[]
  /** `channel`, `here`, `everyone`, `@U123`, `subteam^S123`. */
  readonly pinged: readonly string[]
}

export type SlackOptions = {
  /** `T.../B.../X...` */
  readonly service?: string
  /** What became of the channel; the webhook then refuses with this word. */
  readonly gone?: 'channel_not_found' | 'channel_is_archived' | 'action_prohibited' | 'no_team'
  readonly bucket?: BucketOptions
  /** Of the mode `ratelimit`, in seconds. */
  readonly retryAfter?: number
}

const GONE_STATUS = { channel_not_found: 404, channel_is_archived: 410, action_prohibited: 403, no_team: 404 }
const MOST_SHOWN = 40_000

/**
 * An incoming webhook of Slack, as strict as the documentation: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * and https://docs.slack.dev/reference/block-kit/blocks. Its answers are words, not JSON.
 */
export class SlackManners implements ChannelManners {
  readonly name = 'slack'
  readonly messages: SlackMessage[] = []
  readonly #service: string
  readonly #gone: SlackOptions['gone']
  readonly #bucket: Bucket
  readonly #retryAfter: number

  constructor(options: SlackOptions = {}) {
    this.#service = options.service ?? 'T00000000/B00000000/labLabLabLabLabLabLabLab'
    this.#gone = options.gone
    // One a second, and short bursts.
    this.#bucket = new Bucket(options.bucket ?? { calls: 5, windowMs: 5000 })
    this.#retryAfter = options.retryAfter ?? 1
  }

  /** What follows the address of the server. */
  get path(): string {
    return `/services/${this.#service}`
  }

  rateLimited(): ChannelReply {
    return tooMany(this.#retryAfter)
  }

  reply(request: ChannelRequest): ChannelReply {
    if (request.path !== this.path) return word(404, 'no_service')
    const { taken, resetAfterMs } = this.#bucket.take()
    if (!taken) return tooMany(Math.ceil(resetAfterMs / 1000))
    if (this.#gone !== undefined) return word(GONE_STATUS[this.#gone], this.#gone)
    const message = messageIn(request)
    if (message === undefined) return word(400, 'invalid_payload')
    const refusal = refusalOf(message)
    if (refusal !== undefined) return word(400, refusal)
    this.messages.push(shownAs(message))
    return word(200, 'ok')
  }
}

type Message = { readonly text?: string; readonly blocks?: readonly unknown[] }

function messageIn({ method, headers, text }: ChannelRequest): Record<string, unknown> | undefined {
  const type = headers['content-type'] ?? ''
  const isForm = /^application\/x-www-form-urlencoded\b/.test(type)
  if (method !== 'POST' || (!isForm && !/^application\/json\b/.test(type))) return undefined
  try {
    const found: unknown = JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text)
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : undefined
  } catch {
    return undefined
  }
}

/** What stands between `<` and `>` is read as a link or a mention, also in a text that has no other markup. */
function shownAs({ text = '', blocks }: Message): SlackMessage {
  const texts = blocks === undefined ? [text.slice(0, MOST_SHOWN)] : textsOf(blocks)
  const sequences = [text, ...texts].flatMap((written) =>
    [...written.matchAll(/<([^<>]+)>/g)].map(([, inner]) => inner ?? ''),
  )
  const pinged = sequences.filter((inner) => /^[!@]/.test(inner)).map((inner) => inner.replace(/^!|\|.*$/g, ''))
  return {
    shown: texts.map((written) => unescaped(written.replace(/<[^<>]+>/g, (inner) => (/\|/.test(inner) ? '' : inner)))),
    notification: unescaped(text),
    links: [...new Set(sequences.filter((inner) => !/^[!@#]/.test(inner)).map(unescaped))],
    pinged: [...new Set(pinged)],
  }
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

function tooMany(seconds: number): ChannelReply {
  return { ...word(429, 'rate_limited'), headers: { 'content-type': 'text/plain', 'retry-after': String(seconds) } }
}

function word(status: number, body: string): ChannelReply {
  return { status, headers: { 'content-type': 'text/html' }, body }
}
