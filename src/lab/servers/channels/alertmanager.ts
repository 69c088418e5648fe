import { fingerprintOf } from '../../../core/alerts/fingerprint.ts'
import type { ChannelManners, ChannelReply, ChannelRequest } from './channel-server.ts'

export type HeldAlert = {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly fingerprint: string
  readonly startsMs: number
  readonly endsMs: number
  readonly generatorUrl: string
}

/** `global.resolve_timeout`. */
const RESOLVE_TIMEOUT_MS = 300_000
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/
/** RFC 3339, as go-openapi takes a date-time. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/**
 * As much of an Alertmanager 0.25 as somebody needs who pushes alerts: `POST` and `GET /api/v2/alerts`, `/-/healthy` and
 * `/-/ready`. As strict as it: what does not fit the schema refuses the whole call with 400 or 422; an alert that is
 * wrong in itself is left out with 400, and the others are taken.
 */
export class AlertmanagerManners implements ChannelManners {
  readonly name = 'alertmanager'
  /** By fingerprint, resolved ones too. */
  readonly alerts = new Map<string, HeldAlert>()
  /** With one, every call needs this `Authorization`. */
  authorization: string | undefined
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  reply(request: ChannelRequest): ChannelReply {
    const { method, path, headers } = request
    if (path === '/-/healthy' || path === '/-/ready') return { status: 200, body: 'OK' }
    if (this.authorization !== undefined && headers.authorization !== this.authorization) {
      return { status: 401, headers: { 'www-authenticate': 'Basic' }, body: 'Unauthorized\n' }
    }
    if (path !== '/api/v2/alerts') return { status: 404, body: '404 page not found\n' }
    if (method === 'GET') return this.#list(request.query.getAll('filter'))
    if (method === 'POST') return this.#take(request)
    return json(405, { code: 405, message: `method ${method} is not allowed, but [GET,POST] are` })
  }

  rateLimited(): ChannelReply {
    // It has none itself; this is what a proxy before it says.
    return { status: 429, headers: { 'retry-after': '1' }, body: 'Too Many Requests\n' }
  }

  #take({ headers, text }: ChannelRequest): ChannelReply {
    if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) {
      const message = `unsupported media type "${headers['content-type'] ?? ''}", only [application/json] are allowed`
      return json(415, { code: 415, message })
    }
    let posted: unknown
    try {
      posted = JSON.parse(text)
    } catch {
      return json(400, { code: 400, message: 'parsing alerts body from "" failed, because invalid character' })
    }
    if (!Array.isArray(posted)) return json(400, { code: 400, message: 'parsing alerts body from "" failed' })
    const [misfit] = posted.flatMap(misfitsOf)
    if (misfit !== undefined) return json(misfit.status, { code: misfit.status, message: misfit.message })
    const wrong = (posted as readonly Posted[]).flatMap((alert) => this.#put(alert))
    return wrong.length === 0 ? { status: 200, body: '' } : json(400, wrong.join('; '))
  }

  /** Why the alert was not taken. */
  #put(alert: Posted): readonly string[] {
    const now = this.#now()
    const labels = Object.fromEntries(Object.entries(alert.labels).filter(([, value]) => value !== ''))
    const annotations = alert.annotations ?? {}
    const startsMs = alert.startsAt === undefined ? now : Date.parse(alert.startsAt)
    const endsMs = alert.endsAt === undefined ? now + RESOLVE_TIMEOUT_MS : Date.parse(alert.endsAt)
    if (endsMs < startsMs) return ['start time must be before end time']
    const bad = [...Object.keys(labels), ...Object.keys(annotations)].find((name) => !NAME.test(name))
    if (bad !== undefined) return [`invalid label set: invalid name "${bad}"`]
    if (Object.keys(labels).length === 0) return ['at least one label pair required']
    const fingerprint = fingerprintOf(labels)
    const generatorUrl = alert.generatorURL ?? ''
    this.alerts.set(fingerprint, { labels, annotations, fingerprint, startsMs, endsMs, generatorUrl })
    return []
  }

  #list(filters: readonly string[]): ChannelReply {
    const matchers = filters.map((filter) => /^([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"$/.exec(filter))
    if (matchers.includes(null)) return json(400, 'bad matcher format')
    const now = this.#now()
    const found = [...this.alerts.values()].filter(
      ({ labels, endsMs }) =>
        endsMs > now && matchers.every((match) => labels[match?.[1] ?? ''] === unquoted(match?.[2] ?? '')),
    )
    return json(
      200,
      found.map((alert) => ({
        labels: alert.labels,
        annotations: alert.annotations,
        fingerprint: alert.fingerprint,
        startsAt: new Date(alert.startsMs).toISOString(),
        endsAt: new Date(alert.endsMs).toISOString(),
        updatedAt: new Date(now).toISOString(),
        generatorURL: alert.generatorUrl,
        receivers: [{ name: 'default' }],
        status: { state: 'active', inhibitedBy: [], silencedBy: [] },
      })),
    )
  }
}

type Posted = {
  readonly labels: Record<string, string>
  readonly annotations?: Record<string, string>
  readonly startsAt?: string
  readonly endsAt?: string
  readonly generatorURL?: string
}

/** What of it does not fit the schema: 400 where it cannot be decoded at all, 422 where it can. */
function misfitsOf(alert: unknown): readonly { readonly status: 400 | 422; readonly message: string }[] {
  const undecodable = (what: string) => [
    { status: 400 as const, message: `parsing alerts body from "" failed: ${what}` },
  ]
  if (typeof alert !== 'object' || alert === null) return undecodable('no object')
  const { labels, annotations, startsAt, endsAt, generatorURL } = alert as Record<string, unknown>
  for (const map of [labels, annotations])
    if (map !== undefined && !isStrings(map)) return undecodable('no map of strings')
  for (const time of [startsAt, endsAt]) {
    if (time !== undefined && !(typeof time === 'string' && TIME.test(time))) return undecodable('no date-time')
  }
  if (labels === undefined) return [{ status: 422, message: 'labels in body is required' }]
  if (generatorURL !== undefined && !(typeof generatorURL === 'string' && URL.canParse(generatorURL))) {
    return [{ status: 422, message: 'generatorURL in body must be of type uri' }]
  }
  return []
}

function isStrings(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === 'string')
  )
}

function unquoted(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
}

function json(status: number, value: unknown): ChannelReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}
