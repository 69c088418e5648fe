import type { Message, MessageAlert } from '../ports/notifier.ts'
import { cut, isMoment, plainText, titleLine } from './wording.ts'

/** Fields are only ever added to a version; whoever reads it should not mind those that it does not know. */
export const PAYLOAD_VERSION = '1'

const SHORT_LINE = 300
const SHORT_TEXT = 2000

/**
 * A message as the text of a JSON object, for programs: the body that the webhook posts and that a command reads.
 *
 * - `version`: '1'. `key`: the same for every try of a message, so what was seen is not taken twice. `thread`: the same
 *   for all messages about the same thing.
 * - `kind`: alerts, digest, drill or test. `status`: firing, resolved or notice. `severity`: info, warning, critical or
 *   emergency. `sender`: the name of this watchdog. `createdAt`: when the message came to be.
 * - `title` and `text`: what a person reads in a channel without markup. `late`: a sentence where it comes late.
 * - `alerts`: each with `fingerprint` (16 hex digits), `event` (firing, escalated, reminder, resolved, notice or update),
 *   `status`, `severity`, `summary`, `description`, `labels`, `annotations`, `startsAt`, `endsAt`, `runbookUrl`, `link`,
 *   `acknowledgedBy`, `folded` (how many alerts are folded into it) and `timeline` (`at`, `sentence`).
 *
 * Times are RFC 3339 in UTC. What is not known is left out. Text is plain and not escaped: it may hold anything that a
 * label can. `short`: the same form with long texts cut, without annotations and timeline.
 */
export function payloadText(message: Message, short = false): string {
  // Half a character can be written in JSON, but many that read it refuse the whole for it.
  const whole = (_key: string, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value)
  return JSON.stringify(payloadOf(message, short), whole)
}

function payloadOf(message: Message, short: boolean): object {
  const { key, thread, kind, status, severity, late, sender, createdMs } = message
  const text = plainText(message)
  return {
    version: PAYLOAD_VERSION,
    key,
    thread,
    kind,
    status,
    severity,
    sender,
    createdAt: timeOf(createdMs),
    title: titleLine(message),
    text: short ? cut(text, SHORT_TEXT) : text,
    late,
    alerts: message.alerts.map((alert) => alertOf(alert, short)),
  }
}

function alertOf(alert: MessageAlert, short: boolean): object {
  const { fingerprint, event, status, severity, folded, runbookUrl, link, acknowledgedBy } = alert
  const line = (text: string) => (short ? cut(text, SHORT_LINE) : text)
  const annotations = Object.fromEntries(
    Object.entries(alert.annotations).map(([name, value]) => [name.toWellFormed(), value]),
  )
  const labels = Object.entries(alert.labels).map(([name, value]) => [name.toWellFormed(), line(value)])
  return {
    fingerprint,
    event,
    status,
    severity,
    summary: line(alert.summary),
    description: line(alert.description),
    labels: Object.fromEntries(labels),
    annotations: short ? {} : annotations,
    startsAt: timeOf(alert.startsMs),
    endsAt: timeOf(alert.endsMs),
    runbookUrl,
    link,
    acknowledgedBy,
    folded,
    timeline: short ? [] : alert.timeline.map(({ atMs, sentence }) => ({ at: timeOf(atMs), sentence })),
  }
}

function timeOf(ms: number | undefined): string | undefined {
  return ms !== undefined && isMoment(ms) ? new Date(ms).toISOString() : undefined
}
