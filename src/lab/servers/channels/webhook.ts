import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ChannelManners, ChannelReply, ChannelRequest } from './channel-server.ts'

export type WebhookDelivery = {
  readonly key: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly headers: ChannelRequest['headers']
  /** How often it came. */
  times: number
}

export type WebhookOptions = {
  /** Where it listens. */
  readonly path?: string
  readonly token?: string
  readonly signingSecret?: string
  readonly toleranceSeconds?: number
  readonly mostBodyBytes?: number
  /** Milliseconds of the wall clock. */
  readonly now?: () => number
}

const FIELDS = ['key', 'thread', 'kind', 'status', 'severity', 'sender', 'createdAt', 'title', 'text']

/**
 * A receiver as somebody would write it who has read what the webhook sends: it checks token, signature and form, and
 * takes each delivery once.
 */
export class WebhookManners implements ChannelManners {
  readonly name = 'webhook'
  readonly deliveries = new Map<string, WebhookDelivery>()
  readonly #options: WebhookOptions

  constructor(options: WebhookOptions = {}) {
    this.#options = options
  }

  reply(request: ChannelRequest): ChannelReply {
    const { path = '/hook', token, mostBodyBytes = 1024 * 1024 } = this.#options
    const { method, headers, text } = request
    if (request.path !== path) return says(404, `Cannot ${method} ${request.path}`)
    if (method !== 'POST') return says(405, 'only POST')
    if (headers['content-type'] !== 'application/json') return says(415, 'only JSON')
    if (token !== undefined && headers.authorization !== `Bearer ${token}`) {
      return says(401, `wrong token: ${headers.authorization}`)
    }
    if (Buffer.byteLength(text) > mostBodyBytes) return says(413, 'too large')
    const unsigned = this.#faultOfSignature(headers['x-watchdog-signature'], text)
    if (unsigned !== undefined) return says(401, unsigned)
    const payload = payloadIn(text)
    if (payload === undefined) return says(400, 'not the form of version 1')
    const { key } = payload
    if (typeof key !== 'string' || key !== headers['x-watchdog-delivery'])
      return says(400, 'the delivery is not its key')
    const known = this.deliveries.get(key)
    if (known === undefined) this.deliveries.set(key, { key, payload, headers, times: 1 })
    else known.times += 1
    return says(202, 'taken')
  }

  rateLimited(): ChannelReply {
    return { status: 429, headers: { 'retry-after': '3' }, body: 'slow down' }
  }

  #faultOfSignature(header: string | undefined, body: string): string | undefined {
    const { signingSecret, toleranceSeconds = 300, now = Date.now } = this.#options
    if (signingSecret === undefined) return undefined
    const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? []
    if (seconds === undefined || hex === undefined) return 'no signature'
    if (Math.abs(now() / 1000 - Number(seconds)) > toleranceSeconds) return 'an old signature'
    const expected = createHmac('sha256', signingSecret).update(`${seconds}.`).update(body).digest()
    return timingSafeEqual(expected, Buffer.from(hex, 'hex')) ? undefined : 'a wrong signature'
  }
}

function payloadIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text)
    if (value?.version !== '1' || !Array.isArray(value.alerts)) return undefined
    return FIELDS.every((field) => typeof value[field] === 'string') ? value : undefined
  } catch {
    return undefined
  }
}

function says(status: number, body: string): ChannelReply {
  return { status, headers: { 'content-type': 'text/plain' }, body }
}
