import { httpCall } from '../../http-client/call.ts'
import type { BeatOutcome, HeartbeatReport, HeartbeatSender } from '../../ports/heartbeat.ts'
import { addressOf, below } from '../address.ts'
import { missed, outcomeOf, unanswered, withSecrets } from '../outcome.ts'
import { cutBytes } from '../report-text.ts'
import type { WatchdogSettings } from './settings.ts'

const MOST_REASONS = 20
const LONGEST_REASON_BYTES = 500

/**
 * Another proxmox-watchdog that expects us: `POST /heartbeats/<name>` with `{ status: "well" | "ill", reasons, sender }`
 * and a bearer token.
 */
export class WatchdogHeartbeat implements HeartbeatSender {
  readonly name: string
  readonly type = 'watchdog'
  readonly #settings: WatchdogSettings

  constructor(name: string, settings: WatchdogSettings) {
    this.name = name
    this.#settings = settings
  }

  beat(report: HeartbeatReport, signal: AbortSignal): Promise<BeatOutcome> {
    return withSecrets(async () => {
      const { url, expectedAs, token, timeout, tls } = this.#settings
      const server = addressOf(url)
      if (server === undefined) return missed('bad-address', 'its address does not begin with https:// or http://')
      const answer = await httpCall({
        url: below(server, 'heartbeats', expectedAs).href,
        body: JSON.stringify({
          status: report.well ? 'well' : 'ill',
          reasons: report.reasons.slice(0, MOST_REASONS).map((reason) => cutBytes(reason, LONGEST_REASON_BYTES)),
          sender: report.sender,
        }),
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token.reveal()}` },
        timeoutMs: timeout,
        signal,
        ...(tls === undefined ? {} : { tls }),
      })
      if (!answer.ok) return unanswered(answer)
      if (answer.status === 404) {
        return missed(
          'not-found',
          `the other watchdog expects nobody named ${expectedAs} (404): add it to its deadman.expect`,
        )
      }
      return outcomeOf(answer)
    })
  }
}
