import { randomUUID } from 'node:crypto'
import type { ChannelManners, ChannelReply, ChannelRequest } from '../channels/channel-server.ts'

export type LabCheck = {
  readonly uuid: string
  readonly slug: string
  /** `new` until its first end of a run. */
  status: 'new' | 'up' | 'down'
  /** The run that was started and not ended yet, by its `rid`; empty: one without. */
  startedRun: string | undefined
  readonly pings: LabPing[]
}

export type LabPing = {
  readonly action: 'success' | 'start' | 'fail' | 'log'
  readonly body: string
  readonly rid: string | undefined
  readonly atMs: number
}

export type HealthchecksOptions = {
  readonly pingKey: string
  /** What is kept of a body, in bytes; undefined: the server says no limit. */
  readonly bodyLimit: number | undefined
  /** How the hosted service and older servers answer: 200 `OK (not found)`, 200 `OK (rate limited)`. */
  readonly saysOkAnyway: boolean
  readonly nowMs: () => number
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const MOST_A_MINUTE = 5
const MINUTE_MS = 60_000

/**
 * The pinging API of Healthchecks (https://healthchecks.io/docs/http_api/) with its documented answers: 200, 201 for a
 * check that its first ping made, 400 for what is no address of a check, 404, 409 for a slug that several have; no more
 * than five pings a minute of one check are counted.
 */
export class HealthchecksManners implements ChannelManners {
  readonly name = 'healthchecks'
  readonly checks: LabCheck[] = []
  readonly #options: HealthchecksOptions

  constructor(options: HealthchecksOptions) {
    this.#options = options
  }

  add(uuid: string, slug: string): LabCheck {
    const check: LabCheck = { uuid, slug, status: 'new', startedRun: undefined, pings: [] }
    this.checks.push(check)
    return check
  }

  reply(request: ChannelRequest): ChannelReply {
    const place = placeOf(request.path)
    const rid = request.query.get('rid') ?? undefined
    if (place === undefined) return plain(400, 'invalid url format')
    if (rid !== undefined && !UUID.test(rid)) return plain(400, 'invalid uuid format')
    const found = this.#find(place)
    if (found.length > 1) return plain(409, 'ambiguous slug')
    let [check] = found
    const made = check === undefined && this.#mayMake(place, request)
    if (made) check = this.add(randomUUID(), place.slug ?? '')
    if (check === undefined) return this.#refuse(404, 'not found')
    const atMs = this.#options.nowMs()
    if (check.pings.filter((ping) => ping.atMs > atMs - MINUTE_MS).length >= MOST_A_MINUTE) {
      return this.rateLimited()
    }
    const body = Buffer.from(request.text).subarray(0, this.#options.bodyLimit).toString('utf8')
    this.#count(check, { action: place.action, body: request.method === 'POST' ? body : '', rid, atMs })
    return { ...plain(made ? 201 : 200, made ? 'Created' : 'OK'), headers: this.#headers() }
  }

  rateLimited(): ChannelReply {
    return this.#refuse(429, 'rate limited')
  }

  #refuse(status: number, word: string): ChannelReply {
    return this.#options.saysOkAnyway ? plain(200, `OK (${word})`) : plain(status, word)
  }

  #headers(): Record<string, string> {
    const { bodyLimit } = this.#options
    const headers = { 'content-type': 'text/plain', 'access-control-allow-origin': '*' }
    return bodyLimit === undefined ? headers : { ...headers, 'ping-body-limit': String(bodyLimit) }
  }

  #find({ uuid, pingKey, slug }: Place): LabCheck[] {
    if (uuid !== undefined) return this.checks.filter((check) => check.uuid === uuid)
    return pingKey === this.#options.pingKey ? this.checks.filter((check) => check.slug === slug) : []
  }

  #mayMake({ uuid, pingKey }: Place, { query }: ChannelRequest): boolean {
    return uuid === undefined && pingKey === this.#options.pingKey && query.get('create') === '1'
  }

  /** An end with another id than the start's leaves the run open: the check goes down when its grace time is over. */
  #count(check: LabCheck, ping: LabPing): void {
    check.pings.push(ping)
    const { action, rid } = ping
    if (action === 'start') check.startedRun = rid ?? ''
    else if (action !== 'log') {
      check.status = action === 'fail' ? 'down' : 'up'
      if (rid === undefined || action === 'fail' || check.startedRun === rid) check.startedRun = undefined
    }
  }
}

type Place = {
  readonly uuid?: string
  readonly pingKey?: string
  readonly slug?: string
  readonly action: LabPing['action']
}

/** `/<uuid>`, `/<ping key>/<slug>`, each with `/start`, `/fail`, `/log` or an exit status behind it; also below `/ping`. */
function placeOf(path: string): Place | undefined {
  const parts = path
    .replace(/^\/ping(?=\/)/, '')
    .split('/')
    .slice(1)
  const [first = '', second = ''] = parts
  const byUuid = UUID.test(first)
  const action = actionOf(parts.slice(byUuid ? 1 : 2))
  if (action === undefined) return undefined
  if (byUuid) return { uuid: first, action }
  if (!/^[\w-]{22}$/.test(first) || !/^[a-z0-9_-]+$/.test(second)) return undefined
  return { pingKey: first, slug: second, action }
}

function actionOf(rest: readonly string[]): LabPing['action'] | undefined {
  const [word, ...more] = rest
  if (more.length > 0) return undefined
  if (word === undefined) return 'success'
  if (word === 'start' || word === 'fail' || word === 'log') return word
  if (!/^\d{1,3}$/.test(word) || Number(word) > 255) return undefined
  return Number(word) === 0 ? 'success' : 'fail'
}

function plain(status: number, body: string): ChannelReply {
  return { status, headers: { 'content-type': 'text/plain' }, body }
}
