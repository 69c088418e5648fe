import { Bucket, type BucketOptions, type BucketState } from './bucket.ts'
import type { ChannelManners, ChannelReply, ChannelRequest } from './channel-server.ts'
import { type AllowedMentions, type DiscordBody, type DiscordEmbed, formError } from './discord-form.ts'

/** A message as it stands in the channel. */
export type DiscordMessage = {
  readonly id: string
  readonly thread?: string
  readonly content: string
  readonly embeds: readonly DiscordEmbed[]
  readonly username?: string
  /** Who was pinged by it: `everyone`, `role:ID`, `user:ID`. An edit pings nobody. */
  readonly pinged: readonly string[]
  readonly edits: number
}

export type DiscordOptions = {
  readonly webhookId?: string
  readonly token?: string
  /** Threads of the webhook's channel. */
  readonly threads?: readonly string[]
  /** A forum takes no message outside of a thread. */
  readonly forum?: boolean
  readonly bucket?: BucketOptions
  /** What a 429 of the mode `ratelimit` says, in seconds. */
  readonly retryAfter?: number
}

const PATH = /^\/api(?:\/v(?:6|7|8|9|10))?\/webhooks\/(\d+)\/([\w-]+)(?:\/messages\/(\d+))?$/

/**
 * A webhook of Discord, as strict as the documentation: https://docs.discord.com/developers/resources/webhook. It
 * remembers what was posted, and whom that pinged.
 */
export class DiscordManners implements ChannelManners {
  readonly name = 'discord'
  readonly webhookId: string
  readonly token: string
  readonly #threads: ReadonlySet<string>
  readonly #forum: boolean
  readonly #bucket: Bucket
  readonly #retryAfter: number
  readonly #messages = new Map<string, DiscordMessage>()
  #lastId = 1_200_000_000_000_000_000n

  constructor(options: DiscordOptions = {}) {
    this.webhookId = options.webhookId ?? '223704706495545344'
    this.token = options.token ?? 'lab-webhook-token'
    this.#threads = new Set(options.threads)
    this.#forum = options.forum ?? false
    this.#bucket = new Bucket(options.bucket ?? { calls: 5, windowMs: 2000 })
    this.#retryAfter = options.retryAfter ?? 0.75
  }

  /** What follows the address of the server. */
  get path(): string {
    return `/api/webhooks/${this.webhookId}/${this.token}`
  }

  /** What stands in the channel, in its order. */
  get messages(): readonly DiscordMessage[] {
    return [...this.#messages.values()]
  }

  /** As a moderator does it. */
  takeAway(id: string): void {
    this.#messages.delete(id)
  }

  rateLimited(): ChannelReply {
    const headers = { 'x-ratelimit-scope': 'user', 'retry-after': String(Math.ceil(this.#retryAfter)) }
    const body = { message: 'You are being rate limited.', retry_after: this.#retryAfter, global: false }
    return json(429, body, headers)
  }

  reply(request: ChannelRequest): ChannelReply {
    // What stands before Discord turns such callers away: https://docs.discord.com/developers/reference#user-agent
    if (request.headers['user-agent'] === undefined) return problem(403, 'internal network error', 40_333)
    const [, webhook, token, message] = PATH.exec(request.path) ?? []
    if (webhook === undefined) return problem(404, '404: Not Found', 0)
    if (webhook !== this.webhookId) return problem(404, 'Unknown Webhook', 10_015)
    const state = this.#bucket.take()
    const headers = this.#rateHeaders(state)
    if (!state.taken) return withHeaders(this.#exhausted(state), headers)
    const reply = token === this.token ? this.#answer(request, message) : problem(401, 'Invalid Webhook Token', 50_027)
    return withHeaders(reply, headers)
  }

  #answer(request: ChannelRequest, message: string | undefined): ChannelReply {
    const thread = request.query.get('thread_id') ?? undefined
    if (thread !== undefined && !this.#threads.has(thread)) return problem(400, 'Unknown Channel', 10_003)
    if (message === undefined) {
      return request.method === 'POST' ? this.#post(request, thread) : problem(405, '405: Method Not Allowed', 0)
    }
    const found = this.#messages.get(message)
    if (found === undefined || found.thread !== thread) return problem(404, 'Unknown Message', 10_008)
    if (request.method === 'GET') return json(200, found)
    if (request.method === 'PATCH') return this.#edit(request, found)
    if (request.method !== 'DELETE') return problem(405, '405: Method Not Allowed', 0)
    this.#messages.delete(message)
    return { status: 204, body: '' }
  }

  #post(request: ChannelRequest, thread: string | undefined): ChannelReply {
    if (this.#forum && thread === undefined) {
      return problem(400, 'Webhooks posted to forum channels must have a thread_name or thread_id', 220_001)
    }
    const body = bodyOf(request)
    if ('status' in body) return body
    const content = (body.content ?? '').trim()
    const embeds = shown(body.embeds ?? [])
    if (content === '' && embeds.length === 0) return problem(400, 'Cannot send an empty message', 50_006)
    this.#lastId += 4_194_304n
    const message: DiscordMessage = {
      id: String(this.#lastId),
      ...(thread === undefined ? {} : { thread }),
      content,
      embeds,
      ...(body.username === undefined ? {} : { username: body.username }),
      pinged: pingedBy(content, body.allowed_mentions),
      edits: 0,
    }
    this.#messages.set(message.id, message)
    return request.query.get('wait') === 'true' ? json(200, message) : { status: 204, body: '' }
  }

  #edit(request: ChannelRequest, found: DiscordMessage): ChannelReply {
    const body = bodyOf(request)
    if ('status' in body) return body
    const content = body.content === undefined ? found.content : (body.content ?? '').trim()
    const embeds = body.embeds === undefined ? found.embeds : shown(body.embeds)
    if (content === '' && embeds.length === 0) return problem(400, 'Cannot send an empty message', 50_006)
    const edited = { ...found, content, embeds, edits: found.edits + 1 }
    this.#messages.set(found.id, edited)
    return json(200, edited)
  }

  #rateHeaders({ remaining, resetAfterMs }: BucketState): Record<string, string> {
    return {
      'x-ratelimit-limit': String(this.#bucket.calls),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset-after': String(resetAfterMs / 1000),
      'x-ratelimit-bucket': 'lab',
    }
  }

  #exhausted({ resetAfterMs }: BucketState): ChannelReply {
    const seconds = resetAfterMs / 1000
    const headers = { 'x-ratelimit-scope': 'user', 'retry-after': String(Math.ceil(seconds)) }
    return json(429, { message: 'You are being rate limited.', retry_after: seconds, global: false }, headers)
  }
}

function bodyOf({ headers, text }: ChannelRequest): DiscordBody | ChannelReply {
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) {
    return problem(400, 'Expected "Content-Type" header to be one of {"application/json"}.', 50_035)
  }
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = undefined
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return problem(400, 'The request body contains invalid JSON.', 50_109)
  }
  const error = formError(body as Record<string, unknown>)
  if (error === undefined) return body as DiscordBody
  const errors = { [error.at]: { _errors: [{ code: error.code }] } }
  return json(400, { message: 'Invalid Form Body', code: 50_035, errors })
}

/** Of embeds with one URL only the first is shown. */
function shown(embeds: readonly DiscordEmbed[]): DiscordEmbed[] {
  const urls = new Set<string>()
  return embeds.filter(({ url }) => url === undefined || (!urls.has(url) && urls.add(url)))
}

/** Only the content pings, never an embed, and only whom the sender allows: everybody where it says nothing. */
function pingedBy(content: string, allowed: AllowedMentions = { parse: ['roles', 'users', 'everyone'] }): string[] {
  const { parse = [], roles = [], users = [] } = allowed
  const pinged = new Set<string>()
  if (parse.includes('everyone') && /@(?:everyone|here)\b/.test(content)) pinged.add('everyone')
  for (const [, role, id] of content.matchAll(/<@(&?)!?(\d+)>/g)) {
    const [kind, ids] = role === '&' ? (['roles', roles] as const) : (['users', users] as const)
    if (parse.includes(kind) || ids.includes(id as string)) pinged.add(`${role === '&' ? 'role' : 'user'}:${id}`)
  }
  return [...pinged]
}

function problem(status: number, message: string, code: number): ChannelReply {
  return json(status, { message, code })
}

function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ChannelReply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

function withHeaders(reply: ChannelReply, headers: Readonly<Record<string, string>>): ChannelReply {
  return { ...reply, headers: { ...headers, ...reply.headers } }
}
