import type { ChannelManners, ChannelReply, ChannelRequest } from './channel-server.ts'

export type GotifyMessage = {
  readonly id: number
  readonly title: string
  readonly message: string
  readonly priority: number
  readonly extras?: Readonly<Record<string, unknown>>
}

export type GotifyOptions = {
  readonly appToken?: string
  readonly clientToken?: string
  /** Where it lives below another server, such as `/gotify`. */
  readonly path?: string
}

/** Of a TEXT column in MySQL. */
const MOST_TEXT_BYTES = 65_535
const APPLICATION = 'Proxmox'

/**
 * A Gotify server as its API documentation and source describe it: an application posts messages, a client reads them.
 * It refuses what the real one refuses, and remembers what it took.
 */
export class GotifyManners implements ChannelManners {
  readonly name = 'gotify'
  readonly messages: GotifyMessage[] = []
  readonly appToken: string
  readonly #options: GotifyOptions

  constructor(options: GotifyOptions = {}) {
    this.appToken = options.appToken ?? 'ALabAppToken.01'
    this.#options = options
  }

  reply(request: ChannelRequest): ChannelReply {
    const { clientToken, path = '' } = this.#options
    if (request.path !== `${path}/message`) return refusal(404, 'Not Found', 'page not found')
    const token = tokenOf(request)
    if (token === undefined || (token !== this.appToken && token !== clientToken)) {
      return refusal(
        401,
        'Unauthorized',
        'you need to provide a valid access token or user credentials to access this api',
      )
    }
    const mayDo = request.method === 'POST' ? token === this.appToken : token === clientToken
    if (!mayDo) return refusal(403, 'Forbidden', 'you are not allowed to access this api')
    if (request.method === 'POST') return this.#create(request)
    return request.method === 'GET' ? this.#list(request) : refusal(404, 'Not Found', 'page not found')
  }

  /** Gotify itself limits nothing; what stands before it may. */
  rateLimited(): ChannelReply {
    return { status: 429, headers: { 'retry-after': '2' }, body: 'Too Many Requests' }
  }

  #create({ headers, text }: ChannelRequest): ChannelReply {
    if (!/^application\/json\b/.test(headers['content-type'] ?? '')) {
      return refusal(400, 'Bad Request', "Field 'message' is required")
    }
    const given = objectIn(text)
    if (given === undefined) return refusal(400, 'Bad Request', 'invalid character in JSON')
    const { title = '', message = '', priority = 0, extras } = given
    if (typeof message !== 'string' || typeof title !== 'string') return refusal(400, 'Bad Request', 'cannot unmarshal')
    if (!Number.isSafeInteger(priority)) return refusal(400, 'Bad Request', 'cannot unmarshal number into priority')
    if (extras !== undefined && !isObject(extras)) return refusal(400, 'Bad Request', 'cannot unmarshal extras')
    if (message === '') return refusal(400, 'Bad Request', "Field 'message' is required")
    if (Buffer.byteLength(message) > MOST_TEXT_BYTES || Buffer.byteLength(title) > MOST_TEXT_BYTES) {
      return refusal(500, 'Internal Server Error', "Error 1406: Data too long for column 'message'")
    }
    const taken = {
      id: this.messages.length + 1,
      title: title.trim() === '' ? APPLICATION : title,
      message,
      priority: priority as number,
      ...(extras === undefined ? {} : { extras }),
    }
    this.messages.push(taken)
    return json(200, { appid: 1, date: '2026-03-01T02:10:00Z', ...taken })
  }

  /** The newest first, with a smaller id than `since`. */
  #list({ query }: ChannelRequest): ChannelReply {
    const limit = Number(query.get('limit') ?? 100)
    const since = Number(query.get('since') ?? 0)
    if (!Number.isInteger(limit) || limit < 1 || limit > 200 || !Number.isInteger(since) || since < 0) {
      return refusal(400, 'Bad Request', 'Field limit must be between 1 and 200')
    }
    const older = this.messages.filter(({ id }) => since === 0 || id < since).reverse()
    const messages = older.slice(0, limit)
    return json(200, { messages, paging: { size: messages.length, limit, since: messages.at(-1)?.id ?? 0 } })
  }
}

function tokenOf({ headers, query }: ChannelRequest): string | undefined {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
  return query.get('token') ?? headers['x-gotify-key'] ?? bearer
}

function refusal(status: number, error: string, errorDescription: string): ChannelReply {
  return json(status, { error, errorCode: status, errorDescription })
}

function json(status: number, body: object): ChannelReply {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) }
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
