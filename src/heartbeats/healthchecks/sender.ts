import { type HttpAnswer, httpCall } from '../../http-client/call.ts'
import type { BeatOutcome, HeartbeatReport, HeartbeatSender } from '../../ports/heartbeat.ts'
import { addressOf, below, NO_ADDRESS } from '../address.ts'
import { missed, outcomeOf, TAKEN, unanswered, withSecrets } from '../outcome.ts'
import { cutBytes, reportText } from '../report-text.ts'
import type { HealthchecksSettings } from './settings.ts'

/** What a server stores of a body if it does not say otherwise (`PING_BODY_LIMIT`); hc-ping.com takes 100 kB. */
const USUAL_BODY_LIMIT = 10_000
const LONGEST_BODY_LIMIT = 100_000
const LONGEST_ANSWER = 200

/**
 * Healthchecks' pinging API (https://healthchecks.io/docs/http_api/): success is the bare address, `/start` and `/fail`
 * stand behind it. `rid` pairs a start with its end: until an end with the same id came, the check waits for it, and
 * goes down after its grace time.
 */
export class Healthchecks implements HeartbeatSender {
  readonly name: string
  readonly type = 'healthchecks'
  readonly #settings: HealthchecksSettings
  #bodyLimit = USUAL_BODY_LIMIT

  constructor(name: string, settings: HealthchecksSettings) {
    this.name = name
    this.#settings = settings
  }

  beat(report: HeartbeatReport, signal: AbortSignal): Promise<BeatOutcome> {
    return this.#ping(report.well ? [] : ['fail'], reportText(report), report.runId, signal)
  }

  start(report: HeartbeatReport, signal: AbortSignal): Promise<BeatOutcome> {
    return this.#ping(['start'], `${report.sender}: started`, report.runId, signal)
  }

  #ping(action: readonly string[], body: string, runId: string, signal: AbortSignal): Promise<BeatOutcome> {
    return withSecrets(async () => {
      const check = this.#address()
      if (check === undefined) return missed('bad-address', NO_ADDRESS)
      const url = below(check, ...action)
      url.searchParams.set('rid', runId)
      const answer = await httpCall({
        url: url.href,
        body: cutBytes(body, this.#bodyLimit),
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        timeoutMs: this.#settings.timeout,
        signal,
        ...(this.#settings.tls === undefined ? {} : { tls: this.#settings.tls }),
      })
      if (!answer.ok) return unanswered(answer)
      this.#learnLimit(answer)
      return this.#outcome(answer)
    })
  }

  #address(): URL | undefined {
    const { url, pingKey, slug = '', base, create } = this.#settings
    const address = addressOf(url?.reveal() ?? base)
    if (address === undefined) return undefined
    const check = pingKey === undefined ? address : below(address, pingKey.reveal(), slug)
    if (create) check.searchParams.set('create', '1')
    return check
  }

  #learnLimit({ headers }: HttpAnswer): void {
    const limit = Number(headers['ping-body-limit'])
    if (Number.isInteger(limit) && limit >= 0) this.#bodyLimit = Math.min(limit, LONGEST_BODY_LIMIT)
  }

  #outcome(answer: HttpAnswer): BeatOutcome {
    const { status, text, retryAfterMs } = answer
    // Older servers say these with 200: `OK (not found)`, `OK (rate limited)`. Nobody was told anything then.
    const words = status === 200 ? text.slice(0, 100) : ''
    if (status === 404 || /\(not found\)/i.test(words)) return missed('not-found', this.#unknown(status))
    if (status === 429 || /\(rate limited\)/i.test(words)) {
      return missed('rate-limited', 'Healthchecks takes at most 5 pings of a check a minute', retryAfterMs)
    }
    if (status === 409) {
      return missed(
        'ambiguous',
        'several checks of the project have this slug (409), and none was pinged: give one of them another slug, or use the URL with its uuid',
      )
    }
    if (status === 400) {
      return missed(
        'rejected',
        'Healthchecks does not take the address for that of a check (400): copy its ping URL anew',
      )
    }
    // A login page or a proxy's greeting is no ping: the answers are a word or two of plain text.
    if (status >= 200 && status < 300 && (text.length > LONGEST_ANSWER || text.includes('<'))) {
      return missed(
        'malformed-answer',
        `it answered ${status}, but not as Healthchecks does: is the address that of its pings?`,
      )
    }
    return status === 201 ? TAKEN : outcomeOf(answer)
  }

  #unknown(status: number): string {
    const what =
      this.#settings.slug === undefined ? 'no check with this address' : 'no check with this ping key and slug'
    const remedy =
      this.#settings.slug === undefined || this.#settings.create
        ? 'copy its ping URL anew'
        : 'make one, or set `create: true`'
    return `Healthchecks has ${what} (${status}): ${remedy}`
  }
}
