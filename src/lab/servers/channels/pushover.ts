import type { ChannelManners, ChannelReply, ChannelRequest } from './channel-server.ts'

export type PushoverMessage = Readonly<Record<string, string>>

export type PushoverOptions = {
  /** 30 letters and digits, as is the user's key. */
  readonly token?: string
  readonly user?: string
  /** Messages of a month. */
  readonly monthlyLimit?: number
  /** When the month ends, in seconds since 1970. */
  readonly resetSeconds?: number
}

const SOUNDS =
  'pushover bike bugle cashregister classical cosmic falling gamelan incoming intermission magic mechanical pianobar siren spacealarm tugboat alien climb persistent echo updown vibrate none'.split(
    ' ',
  )
const MOST_CHARACTERS = { title: 250, message: 1024, url: 512, url_title: 100 }

/**
 * Pushover's message API as pushover.net/api describes it. It refuses what the real one refuses, with every reason at
 * once as the real one does, and remembers what it took.
 */
export class PushoverManners implements ChannelManners {
  readonly name = 'pushover'
  readonly messages: PushoverMessage[] = []
  readonly token: string
  readonly user: string
  readonly #monthlyLimit: number
  readonly #resetSeconds: number
  #requests = 0

  constructor(options: PushoverOptions = {}) {
    this.token = options.token ?? 'aLabApplicationToken0000000001'
    this.user = options.user ?? 'uLabUserKey0000000000000000001'
    this.#monthlyLimit = options.monthlyLimit ?? 10_000
    this.#resetSeconds = options.resetSeconds ?? 2_000_000_000
  }

  reply(request: ChannelRequest): ChannelReply {
    if (request.method !== 'POST' || request.path !== '/1/messages.json') return { status: 404, body: 'Not Found' }
    const form = formIn(request)
    if (form.token !== this.token) {
      return this.#refuse({ token: 'invalid' }, ['application token is invalid, see https://pushover.net/api'])
    }
    if (form.user !== this.user) {
      return this.#refuse({ user: 'invalid' }, ['user identifier is not a valid user, group, or subscribed user key'])
    }
    const [field, ...errors] = [...faultsOf(form)]
    if (field !== undefined)
      return this.#refuse(
        { [field.name]: 'invalid' },
        [field, ...errors].map((one) => one.says),
      )
    if (this.messages.length >= this.#monthlyLimit) return this.rateLimited()
    this.messages.push(form)
    const receipt = form.priority === '2' ? { receipt: `r${this.#requests}`.padEnd(30, '0') } : {}
    return this.#answer(200, { status: 1, ...receipt })
  }

  rateLimited(): ChannelReply {
    return this.#answer(429, {
      status: 0,
      errors: [`application has exceeded its limit of ${this.#monthlyLimit} messages`],
    })
  }

  #refuse(field: Readonly<Record<string, string>>, errors: readonly string[]): ChannelReply {
    return this.#answer(400, { ...field, errors, status: 0 })
  }

  #answer(status: number, body: object): ChannelReply {
    this.#requests += 1
    return {
      status,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'x-limit-app-limit': String(this.#monthlyLimit),
        'x-limit-app-remaining': String(Math.max(0, this.#monthlyLimit - this.messages.length)),
        'x-limit-app-reset': String(this.#resetSeconds),
      },
      body: JSON.stringify({ ...body, request: `00000000-0000-4000-8000-${String(this.#requests).padStart(12, '0')}` }),
    }
  }
}

function formIn({ headers, text }: ChannelRequest): PushoverMessage {
  const form = /^application\/x-www-form-urlencoded\b/.test(headers['content-type'] ?? '')
  return form ? Object.fromEntries(new URLSearchParams(text)) : {}
}

function* faultsOf(form: PushoverMessage): Generator<{ readonly name: string; readonly says: string }> {
  if ((form.message ?? '').trim() === '') yield { name: 'message', says: 'message cannot be blank' }
  for (const [name, most] of Object.entries(MOST_CHARACTERS)) {
    if ([...(form[name] ?? '')].length > most) yield { name, says: `${name} is longer than ${most} characters` }
  }
  if (!/^(?:-[12]|[012])$/.test(form.priority ?? '0')) yield { name: 'priority', says: 'priority is invalid' }
  if (form.priority === '2') {
    const retry = whole(form.retry)
    const expire = whole(form.expire)
    if (retry === undefined || retry < 30)
      yield { name: 'retry', says: 'retry must be supplied and at least 30 seconds' }
    if (expire === undefined || expire < 1 || expire > 10_800) {
      yield { name: 'expire', says: 'expire must be supplied and at most 10800 seconds' }
    }
  }
  if (form.sound !== undefined && !SOUNDS.includes(form.sound)) yield { name: 'sound', says: 'sound name is invalid' }
  if (form.device !== undefined && !/^[A-Za-z0-9_-]{1,25}(?:,[A-Za-z0-9_-]{1,25})*$/.test(form.device)) {
    yield { name: 'device', says: 'device name is invalid' }
  }
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}
