import { type HttpAnswer, httpCall } from '../../http-client/call.ts'
import type { BeatOutcome, HeartbeatReport, HeartbeatSender } from '../../ports/heartbeat.ts'
import { addressOf, NO_ADDRESS } from '../address.ts'
import { missed, outcomeOf, TAKEN, unanswered, withSecrets } from '../outcome.ts'
import { cutBytes, reportLine } from '../report-text.ts'
import type { UptimeKumaSettings } from './settings.ts'

/** It goes into a query, and on to whoever Kuma tells. */
const LONGEST_MESSAGE_BYTES = 1_000

/**
 * A Push monitor of Uptime Kuma (`server/routers/api-router.js`): `status` is up or down, `msg` what people read, `ping`
 * a number of milliseconds that it draws: how long our last call took. It answers `{"ok":true}`; a token that it does
 * not know, or a monitor that is paused, is 404 with `ok: false`.
 */
export class UptimeKuma implements HeartbeatSender {
  readonly name: string
  readonly type = 'uptime-kuma'
  readonly #settings: UptimeKumaSettings
  #lastTookMs: number | undefined

  constructor(name: string, settings: UptimeKumaSettings) {
    this.name = name
    this.#settings = settings
  }

  beat(report: HeartbeatReport, signal: AbortSignal): Promise<BeatOutcome> {
    return withSecrets(async () => {
      const url = addressOf(this.#settings.url.reveal())
      if (url === undefined) return missed('bad-address', NO_ADDRESS)
      // The URL that Kuma shows has these already, with its own values.
      url.searchParams.set('status', report.well ? 'up' : 'down')
      url.searchParams.set('msg', cutBytes(reportLine(report), LONGEST_MESSAGE_BYTES))
      url.searchParams.set('ping', this.#lastTookMs === undefined ? '' : String(Math.round(this.#lastTookMs)))
      const begunMs = performance.now()
      const answer = await httpCall({
        url: url.href,
        timeoutMs: this.#settings.timeout,
        signal,
        ...(this.#settings.tls === undefined ? {} : { tls: this.#settings.tls }),
      })
      if (!answer.ok) return unanswered(answer)
      this.#lastTookMs = performance.now() - begunMs
      return outcomeFrom(answer)
    })
  }
}

function outcomeFrom(answer: HttpAnswer): BeatOutcome {
  const { status, text } = answer
  const said = wordOf(text)
  // Which status goes with it has changed over its versions: 404, 500, 200.
  if (status === 404 || (said?.ok === false && /not found or not active/i.test(said.msg))) {
    const sentence = `Uptime Kuma has no active Push monitor with this URL (${status}): is it paused, or deleted?`
    return missed('not-found', sentence)
  }
  if (status < 200 || status >= 300) return outcomeOf(answer)
  if (said === undefined) {
    return missed(
      'malformed-answer',
      `it answered ${status}, but not as Uptime Kuma does: is the address that of a Push monitor?`,
    )
  }
  return said.ok ? TAKEN : missed('rejected', 'Uptime Kuma did not take it (ok: false)')
}

function wordOf(text: string): { readonly ok: boolean; readonly msg: string } | undefined {
  try {
    const { ok, msg } = JSON.parse(text) as { readonly ok?: unknown; readonly msg?: unknown }
    return typeof ok === 'boolean' ? { ok, msg: typeof msg === 'string' ? msg : '' } : undefined
  } catch {
    return undefined
  }
}
