import { httpCall } from '../../http-client/call.ts'
import type { BeatOutcome, HeartbeatReport, HeartbeatSender } from '../../ports/heartbeat.ts'
import { addressOf, NO_ADDRESS } from '../address.ts'
import { missed, outcomeOf, unanswered, withSecrets } from '../outcome.ts'
import { cutBytes, reportText } from '../report-text.ts'
import type { UrlSettings } from './settings.ts'

const LONGEST_BODY_BYTES = 10_000

/** Whatever notices that an address is called no more. Any answer from 200 to 299 is its word that it heard us. */
export class UrlHeartbeat implements HeartbeatSender {
  readonly name: string
  readonly type = 'url'
  readonly #settings: UrlSettings

  constructor(name: string, settings: UrlSettings) {
    this.name = name
    this.#settings = settings
  }

  beat(report: HeartbeatReport, signal: AbortSignal): Promise<BeatOutcome> {
    const { url, failUrl, method, token, timeout, tls } = this.#settings
    const secret = report.well ? url : failUrl
    if (secret === undefined) return Promise.resolve({ ok: true, silent: true })
    return withSecrets(async () => {
      const address = addressOf(secret.reveal())
      if (address === undefined) return missed('bad-address', NO_ADDRESS)
      const hasBody = method === 'POST' || method === 'PUT'
      const answer = await httpCall({
        url: address.href,
        method,
        headers: {
          ...(hasBody ? { 'content-type': 'text/plain; charset=utf-8' } : {}),
          ...(token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }),
        },
        ...(hasBody ? { body: cutBytes(reportText(report), LONGEST_BODY_BYTES) } : {}),
        timeoutMs: timeout,
        signal,
        ...(tls === undefined ? {} : { tls }),
      })
      return answer.ok ? outcomeOf(answer) : unanswered(answer)
    })
  }
}
