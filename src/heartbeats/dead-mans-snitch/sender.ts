import { httpCall } from '../../http-client/call.ts'
import type { BeatOutcome, HeartbeatReport, HeartbeatSender } from '../../ports/heartbeat.ts'
import { addressOf, below } from '../address.ts'
import { missed, outcomeOf, unanswered, withSecrets } from '../outcome.ts'
import { cutBytes, reportLine } from '../report-text.ts'
import type { DeadMansSnitchSettings } from './settings.ts'

/** Longer messages are cut there. */
const LONGEST_MESSAGE_BYTES = 256

/**
 * A check-in with Dead Man's Snitch: `GET <base>/<token>?m=<message>&s=<exit status>`. An `s` of 0 is a success, any
 * other one an error that it tells at once (plans with error notices).
 */
export class DeadMansSnitch implements HeartbeatSender {
  readonly name: string
  readonly type = 'dead-mans-snitch'
  readonly #settings: DeadMansSnitchSettings

  constructor(name: string, settings: DeadMansSnitchSettings) {
    this.name = name
    this.#settings = settings
  }

  beat(report: HeartbeatReport, signal: AbortSignal): Promise<BeatOutcome> {
    return withSecrets(async () => {
      const { base, token, timeout, tls } = this.#settings
      const server = addressOf(base)
      if (server === undefined) return missed('bad-address', 'its address does not begin with https:// or http://')
      const url = below(server, token.reveal())
      url.searchParams.set('m', cutBytes(reportLine(report), LONGEST_MESSAGE_BYTES))
      url.searchParams.set('s', report.well ? '0' : '1')
      const answer = await httpCall({
        url: url.href,
        timeoutMs: timeout,
        signal,
        ...(tls === undefined ? {} : { tls }),
      })
      if (!answer.ok) return unanswered(answer)
      if (answer.status === 404) {
        return missed('not-found', "Dead Man's Snitch has no snitch with this token (404): copy it anew")
      }
      return outcomeOf(answer)
    })
  }
}
