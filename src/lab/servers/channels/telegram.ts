import { Bucket, type BucketOptions } from './bucket.ts'
import type { ChannelManners, ChannelReply, ChannelRequest } from './channel-server.ts'
import { type Parsed, parseHtml } from './telegram-html.ts'

/** A message as it stands in a chat. */
export type TelegramMessage = {
  readonly id: number
  readonly chat: string
  readonly thread?: number
  /** After the markup was read. */
  readonly text: string
  readonly bold: readonly string[]
  readonly links: readonly string[]
  /** Names that were called, with their `@`. */
  readonly called: readonly string[]
  readonly silent: boolean
  readonly edits: number
}

export type TelegramChat = {
  readonly topics?: readonly number[]
  /** The bot was taken out of it. */
  readonly kicked?: boolean
  /** It became a supergroup with this id. */
  readonly movedTo?: number
}

export type TelegramOptions = {
  readonly token?: string
  readonly chats?: Readonly<Record<string, TelegramChat>>
  /** Of each chat. */
  readonly bucket?: BucketOptions
  /** Of the mode `ratelimit`, in seconds. */
  readonly retryAfter?: number
}

type Parameters = Readonly<Record<string, unknown>>

const MOST_TEXT = 4096

/**
 * The Bot API of Telegram, as far as a bot needs it that sends, changes and takes away its own messages:
 * https://core.telegram.org/bots/api. Descriptions of errors as the service words them.
 */
export class TelegramManners implements ChannelManners {
  readonly name = 'telegram'
  readonly token: string
  readonly #chats: Readonly<Record<string, TelegramChat>>
  readonly #bucketOptions: BucketOptions
  readonly #buckets = new Map<string, Bucket>()
  readonly #retryAfter: number
  readonly #messages = new Map<number, TelegramMessage>()
  #lastId = 100

  constructor(options: TelegramOptions = {}) {
    this.token = options.token ?? '123456:lab-bot-token'
    this.#chats = options.chats ?? { '-1001234567890': { topics: [7] } }
    // 20 a minute in a group.
    this.#bucketOptions = options.bucket ?? { calls: 20, windowMs: 60_000 }
    this.#retryAfter = options.retryAfter ?? 3
  }

  get messages(): readonly TelegramMessage[] {
    return [...this.#messages.values()]
  }

  /** As an administrator does it. */
  takeAway(id: number): void {
    this.#messages.delete(id)
  }

  rateLimited(): ChannelReply {
    return tooMany(this.#retryAfter)
  }

  reply(request: ChannelRequest): ChannelReply {
    const [, token, method] = /^\/bot(\d+:[\w-]+)\/(\w+)$/.exec(request.path) ?? []
    if (token === undefined) return problem(404, 'Not Found')
    if (token !== this.token) return problem(401, 'Unauthorized')
    const parameters = parametersOf(request)
    if (parameters === undefined) return problem(400, 'Bad Request: strings must be encoded in UTF-8')
    switch (method?.toLowerCase()) {
      case 'getme':
        return done({ id: 123_456, is_bot: true, first_name: 'lab' })
      case 'sendmessage':
        return this.#inChat(parameters, (chat) => this.#send(chat, parameters))
      case 'editmessagetext':
        return this.#inChat(parameters, (chat) => this.#edit(chat, parameters))
      case 'deletemessage':
        return this.#inChat(parameters, (chat) => this.#delete(chat, parameters))
      default:
        return problem(404, 'Not Found')
    }
  }

  #inChat({ chat_id: id }: Parameters, act: (chat: string) => ChannelReply): ChannelReply {
    if (id === undefined || id === '') return problem(400, 'Bad Request: chat_id is empty')
    const name = String(id)
    const chat = Object.hasOwn(this.#chats, name) ? this.#chats[name] : undefined
    if (chat === undefined) return problem(400, 'Bad Request: chat not found')
    if (chat.kicked === true) return problem(403, 'Forbidden: bot was kicked from the supergroup chat')
    if (chat.movedTo !== undefined) {
      const description = 'Bad Request: group chat was upgraded to a supergroup chat'
      return problem(400, description, { migrate_to_chat_id: chat.movedTo })
    }
    const bucket = this.#buckets.get(name) ?? new Bucket(this.#bucketOptions)
    this.#buckets.set(name, bucket)
    const { taken, resetAfterMs } = bucket.take()
    return taken ? act(name) : tooMany(Math.ceil(resetAfterMs / 1000))
  }

  #send(chat: string, parameters: Parameters): ChannelReply {
    const thread = parameters.message_thread_id
    if (thread !== undefined && !this.#chats[chat]?.topics?.includes(Number(thread))) {
      return problem(400, 'Bad Request: message thread not found')
    }
    const parsed = textOf(parameters)
    if (!parsed.ok) return problem(400, parsed.description)
    this.#lastId += 1
    const message: TelegramMessage = {
      id: this.#lastId,
      chat,
      ...(thread === undefined ? {} : { thread: Number(thread) }),
      ...seen(parsed),
      silent: parameters.disable_notification === true || parameters.disable_notification === 'true',
      edits: 0,
    }
    this.#messages.set(message.id, message)
    return done({ message_id: message.id, chat: { id: Number(chat) || chat }, date: 0, text: message.text })
  }

  #edit(chat: string, parameters: Parameters): ChannelReply {
    const id = Number(parameters.message_id)
    if (!Number.isInteger(id) || id <= 0) return problem(400, 'Bad Request: message identifier is not specified')
    const found = this.#messages.get(id)
    if (found === undefined || found.chat !== chat) return problem(400, 'Bad Request: message to edit not found')
    const parsed = textOf(parameters)
    if (!parsed.ok) return problem(400, parsed.description)
    const edited = { ...found, ...seen(parsed), edits: found.edits + 1 }
    if (JSON.stringify({ ...edited, edits: 0 }) === JSON.stringify({ ...found, edits: 0 })) {
      const same =
        'specified new message content and reply markup are exactly the same as a current content and reply markup of the message'
      return problem(400, `Bad Request: message is not modified: ${same}`)
    }
    this.#messages.set(id, edited)
    return done({ message_id: id, chat: { id: Number(chat) || chat }, date: 0, text: edited.text })
  }

  #delete(chat: string, parameters: Parameters): ChannelReply {
    const id = Number(parameters.message_id)
    if (this.#messages.get(id)?.chat !== chat) return problem(400, 'Bad Request: message to delete not found')
    this.#messages.delete(id)
    return done(true)
  }
}

/** Without a content type that it knows the service sees no parameters. */
function parametersOf({ headers, query, text }: ChannelRequest): Parameters | undefined {
  const type = headers['content-type'] ?? ''
  if (/^application\/x-www-form-urlencoded\b/.test(type)) return Object.fromEntries(new URLSearchParams(text))
  if (!/^application\/json\b/.test(type)) return Object.fromEntries(query)
  try {
    const found: unknown = JSON.parse(text)
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : undefined
  } catch {
    return undefined
  }
}

function textOf({ text = '', parse_mode: mode }: Parameters): Parsed {
  const modes = [undefined, '', 'html']
  const wanted = typeof mode === 'string' ? mode.toLowerCase() : mode
  if (!modes.includes(wanted as string | undefined)) return bad('unsupported parse_mode')
  if (typeof text !== 'string') return bad('message text must be a string')
  const parsed: Parsed = wanted === 'html' ? parseHtml(text) : { ok: true, text: text.trim(), links: [], bold: [] }
  if (!parsed.ok) return parsed
  if (parsed.text === '') return bad('message text is empty')
  return parsed.text.length > MOST_TEXT ? bad('message is too long') : parsed
}

function bad(words: string): Parsed {
  return { ok: false, description: `Bad Request: ${words}` }
}

function seen({ text, bold, links }: Extract<Parsed, { ok: true }>) {
  return { text, bold, links, called: text.match(/(?<![\w@])@[A-Za-z]\w{3,31}/g) ?? [] }
}

function tooMany(seconds: number): ChannelReply {
  const reply = problem(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(seconds) } }
}

function done(result: unknown): ChannelReply {
  return json(200, { ok: true, result })
}

function problem(status: number, description: string, parameters?: Parameters): ChannelReply {
  return json(status, {
    ok: false,
    error_code: status,
    description,
    ...(parameters === undefined ? {} : { parameters }),
  })
}

function json(status: number, body: unknown): ChannelReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
