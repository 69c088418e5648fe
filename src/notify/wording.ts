import type { AlertSeverity } from '../core/alerts/types.ts'
import { spell } from '../core/phrase.ts'
import type { Message, MessageAlert } from '../ports/notifier.ts'

/** Marks that every channel can show; the colours are those of rich forms. */
const MARKS: Record<AlertSeverity, string> = { info: 'ℹ️', warning: '⚠️', critical: '🔥', emergency: '🚨' }
export const COLOURS: Record<AlertSeverity | 'resolved', number> = {
  info: 0x3b_82_f6,
  warning: 0xf5_9e_0b,
  critical: 0xdc_26_26,
  emergency: 0x9f_12_39,
  resolved: 0x16_a3_4a,
}

/** What stands before a title: `🔥 CRITICAL`, `✅ RESOLVED`, `🧪 DRILL`. */
export function heading(of: Pick<Message, 'kind' | 'status' | 'severity'>): string {
  if (of.kind === 'drill') return '🧪 DRILL'
  if (of.kind === 'test') return '🧪 TEST'
  if (of.kind === 'digest') return '🌅 DIGEST'
  return mark(of)
}

export function mark({ status, severity }: Pick<MessageAlert, 'status' | 'severity'>): string {
  return status === 'resolved' ? '✅ RESOLVED' : `${MARKS[severity]} ${severity.toUpperCase()}`
}

/** The title of a message as one line, cut to `most` characters. */
export function titleLine(message: Message, most = 250): string {
  return cut(oneLine(`${heading(message)} ${message.title}`), most)
}

/**
 * One alert as plain lines: what, since when, why, where to read on. No markup: an integration escapes each line for its
 * channel.
 */
export function alertLines(alert: MessageAlert, message: Pick<Message, 'timeZone' | 'createdMs'>): string[] {
  const { timeZone } = message
  const lines = [times(alert, timeZone)]
  if (alert.description !== '' && alert.description !== alert.summary) lines.push(alert.description)
  if (alert.acknowledgedBy !== undefined) lines.push(`Acknowledged by ${alert.acknowledgedBy}.`)
  if (alert.folded > 0) lines.push(`${alert.folded} more alerts are folded into this one.`)
  for (const { atMs, sentence } of alert.timeline) lines.push(`${clock(atMs, timeZone)} ${sentence}`)
  if (alert.runbookUrl !== undefined) lines.push(`Runbook: ${alert.runbookUrl}`)
  if (alert.link !== undefined) lines.push(`Source: ${alert.link}`)
  return lines.map(oneLine).filter((line) => line !== '')
}

/** `fired 02:10, resolved 02:25 (after 15 min)`. */
export function times(alert: MessageAlert, timeZone: string | undefined): string {
  const { status, startsMs, endsMs } = alert
  if (status === 'notice') return `at ${clock(startsMs, timeZone)}`
  const fired = `fired ${clock(startsMs, timeZone)}`
  if (status === 'firing' || endsMs === undefined) return alert.event === 'reminder' ? `${fired}, still firing` : fired
  return `${fired}, resolved ${clock(endsMs, timeZone)} (after ${spell(endsMs - startsMs)})`
}

/** The whole message as plain text, without its title: what every channel can take. */
export function plainText(message: Message): string {
  const parts: string[] = []
  if (message.late !== undefined) parts.push(oneLine(message.late))
  for (const alert of message.alerts) {
    // A single alert's summary is the title already.
    const head = message.alerts.length === 1 ? [] : [oneLine(`${mark(alert)} ${alert.summary}`)]
    parts.push([...head, ...alertLines(alert, message)].join('\n'))
  }
  return parts.join('\n\n')
}

/** `2026-03-01 02:10` in the zone of the message; with `UTC` where it has none, or one that is not known here. */
export function clock(ms: number, timeZone: string | undefined): string {
  if (!isMoment(ms)) return 'at an unknown time'
  const { format, named } = formatFor(timeZone ?? '')
  return named ? format.format(ms) : `${format.format(ms)} UTC`
}

/** Whether a year of four digits can be written for it: times come from other machines, and from their mistakes. */
export function isMoment(ms: number): boolean {
  return ms >= 0 && ms < 253_402_300_800_000
}

type Format = { readonly format: Intl.DateTimeFormat; readonly named: boolean }
/** Making a format takes far longer than using it. Few zones are ever asked for: they come from the configuration. */
const FORMATS = new Map<string, Format>()

function formatFor(timeZone: string): Format {
  const known = FORMATS.get(timeZone)
  if (known !== undefined) return known
  const made = makeFormat(timeZone)
  FORMATS.set(timeZone, made)
  return made
}

function makeFormat(timeZone: string): Format {
  const style = { dateStyle: 'short', timeStyle: 'short' } as const
  try {
    if (timeZone !== '') return { format: new Intl.DateTimeFormat('sv-SE', { ...style, timeZone }), named: true }
  } catch {
    // A zone that this machine does not know must not keep a message from being sent.
  }
  return { format: new Intl.DateTimeFormat('sv-SE', { ...style, timeZone: 'UTC' }), named: false }
}

/** Text from outside as one line without control characters, direction marks, line separators or half characters. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim()
}

/**
 * Whether the title of a message says all that the head of its only alert would, also where a channel cuts titles to 150
 * characters.
 */
export function isAllInTitle(message: Message): boolean {
  const [only, ...others] = message.alerts
  if (only === undefined || others.length > 0) return false
  return oneLine(only.summary) === oneLine(message.title) && titleLine(message).length <= 100
}

/** At most `most` UTF-16 units, with an ellipsis where something was cut; never half a surrogate pair. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  let end = Math.max(0, most - 1)
  const last = text.charCodeAt(end - 1)
  if (last >= 0xd8_00 && last <= 0xdb_ff) end -= 1
  return `${text.slice(0, end)}…`
}

/** The same for channels that count bytes of UTF-8. */
export function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text
  const bytes = Buffer.from(text).subarray(0, Math.max(0, most - 3))
  // A character that was cut through decodes to U+FFFD at the end.
  return `${bytes.toString('utf8').replace(/\uFFFD+$/, '')}…`
}
