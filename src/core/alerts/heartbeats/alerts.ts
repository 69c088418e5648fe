import { spell } from '../../phrase.ts'
import { fingerprintOf } from '../fingerprint.ts'
import type { AlertUpdate } from '../types.ts'
import type { Expectation, Watched } from './expect.ts'

export const HEARTBEAT_MISSING = 'HeartbeatMissing'
export const HEARTBEAT_ILL = 'HeartbeatIll'

const MOST_REASONS = 10
const LONGEST_REASON = 300
const LONGEST_SENDER = 100

/** A sender fell silent. It began when it was last heard of. `usualMs`: its period, where that is known. */
export function missingAlert(
  expectation: Expectation,
  watched: Watched,
  usualMs: number | undefined,
  quietMs: number,
  nowMs: number,
): AlertUpdate {
  const { name, alertMatchers } = expectation
  const quiet = spell(quietMs)
  if (watched.last === undefined) {
    const where =
      alertMatchers === undefined
        ? `Does the sender call /heartbeats/${name}?`
        : `Is the alert that matches ${alertMatchers.join(' and ')} routed to /hooks/alertmanager?`
    return alert(expectation, HEARTBEAT_MISSING, nowMs - quietMs, {
      summary: `${name} was never heard of`,
      description: `No sign of life of ${name} has come since it is expected, for ${quiet}. ${where} It may never have been configured.`,
    })
  }
  const usual = usualMs === undefined ? 'How often it comes was not learned yet.' : `It comes every ${spell(usualMs)}.`
  return alert(expectation, HEARTBEAT_MISSING, nowMs - quietMs, {
    summary: `${name} has fallen silent`,
    description: `No sign of life of ${called(name, watched)} for ${quiet}. ${usual} It is down, or its way to us is: it can tell nobody itself.`,
  })
}

/** A sender says of itself that something is wrong. */
export function illAlert(
  expectation: Expectation,
  watched: Watched,
  reasons: readonly string[],
  startsMs: number,
): AlertUpdate {
  const said = reasons.map((reason) => oneLine(reason, LONGEST_REASON)).filter((reason) => reason !== '')
  const more = said.length > MOST_REASONS ? ` And ${said.length - MOST_REASONS} more.` : ''
  const words = said.length === 0 ? 'It gives no reason.' : `${said.slice(0, MOST_REASONS).join(' ')}${more}`
  return alert(expectation, HEARTBEAT_ILL, startsMs, {
    summary: `${expectation.name} says that it is not well`,
    description: `${called(expectation.name, watched)} reports: ${words}`,
  })
}

export function resolvedAlert(update: AlertUpdate, endsMs: number): AlertUpdate {
  return { ...update, status: 'resolved', endsMs: Math.max(update.startsMs, endsMs) }
}

/** Whether two say the same but for their numbers: that something lasts longer by a minute is no news. */
export function sameReasons(one: AlertUpdate, other: AlertUpdate): boolean {
  const words = ({ annotations }: AlertUpdate) => annotations.description?.replace(/\d+/g, '0')
  return one.severity === other.severity && words(one) === words(other)
}

function alert(
  { name, severity = 'critical' }: Expectation,
  alertname: string,
  startsMs: number,
  annotations: AlertUpdate['annotations'],
): AlertUpdate {
  const labels = { alertname, heartbeat: name, severity }
  const fingerprint = fingerprintOf(labels)
  return { kind: 'alert', source: 'deadman', status: 'firing', fingerprint, labels, annotations, severity, startsMs }
}

/** `site` or `site (pve-watch-1)`, where it calls itself otherwise. */
function called(name: string, { sender }: Watched): string {
  const own = sender === undefined ? '' : oneLine(sender, LONGEST_SENDER)
  return own === '' || own === name ? name : `${name} (${own})`
}

/** What came from outside as one line without control characters, direction marks or line separators. */
function oneLine(text: string, most: number): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim()
  return [...line.slice(0, 2 * most)].slice(0, most).join('')
}
