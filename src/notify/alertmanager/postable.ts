import { fingerprintOf } from '../../core/alerts/fingerprint.ts'
import type { Labels } from '../../core/alerts/types.ts'
import type { Message, MessageAlert } from '../../ports/notifier.ts'
import { webAddress } from '../links.ts'
import { cut, isMoment, oneLine } from '../wording.ts'
import { acceptable } from './labels.ts'

/** `postableAlert` of Alertmanager's API v2 (api/v2/openapi.yaml). */
export type Postable = {
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL?: string
}

/** Something that is over when it is told, as Alertmanager has no word for that: an alert that soon ends by itself. */
const NOTICE_MS = 300_000
const MOST_PLAIN = 200

export type PostOptions = {
  readonly nowMs: number
  /** How long a firing alert fires for if it is not pushed again. */
  readonly firingForMs: number
  /** Only what cannot be refused: no address, one annotation. */
  readonly plain: boolean
}

/** All alerts of a message. A drill and a test are one alert each, by which they are known when they come back. */
export function postables(message: Message, options: PostOptions): readonly Postable[] {
  const { kind, key, severity } = message
  if (kind === 'drill')
    return [marked({ alertname: 'WatchdogDrill', drill_id: key, severity: 'drill' }, message, options)]
  if (kind === 'test') return [marked({ alertname: 'WatchdogTest', test_id: key, severity }, message, options)]
  return message.alerts.map((alert) => postable(alert, options))
}

/** By which one of them is found again. */
export function identityOf({ labels }: Postable): { readonly alertname: string; readonly fingerprint: string } {
  return { alertname: labels.alertname ?? '', fingerprint: fingerprintOf(labels) }
}

function marked(labels: Labels, { title, sender }: Message, { nowMs }: PostOptions): Postable {
  const summary = `${oneLine(title)} (from ${oneLine(sender)})`
  return { labels, annotations: { summary }, startsAt: iso(nowMs), endsAt: iso(nowMs + NOTICE_MS) }
}

function postable(alert: MessageAlert, { nowMs, firingForMs, plain }: PostOptions): Postable {
  const startsMs = isMoment(alert.startsMs) ? alert.startsMs : nowMs
  // An end before the beginning is refused, and one that lies ahead of Alertmanager's clock is no end.
  const endsMs =
    alert.status === 'firing'
      ? Math.max(startsMs, nowMs) + firingForMs
      : alert.status === 'notice'
        ? Math.max(startsMs, nowMs) + NOTICE_MS
        : Math.max(startsMs, Math.min(alert.endsMs ?? nowMs, nowMs))
  const address = plain ? undefined : webAddress(alert.link)
  return {
    labels: acceptable(alert.labels),
    annotations: plain ? { summary: cut(oneLine(alert.summary), MOST_PLAIN) } : annotationsOf(alert),
    startsAt: iso(startsMs),
    endsAt: iso(isMoment(endsMs) ? endsMs : nowMs),
    ...(address === undefined ? {} : { generatorURL: address }),
  }
}

function annotationsOf({ annotations, summary, description, runbookUrl }: MessageAlert): Labels {
  return acceptable({
    ...annotations,
    summary,
    description,
    ...(runbookUrl === undefined ? {} : { runbook_url: runbookUrl }),
  })
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
