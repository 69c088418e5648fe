import type { Message } from '../../ports/notifier.ts'
import { webAddress } from '../links.ts'
import type { TextLimits, TextPart } from '../text-parts.ts'
import type { PushoverSettings } from './settings.ts'

/** Documented in characters; counted in UTF-16 units, which are never fewer. */
export const LIMITS: TextLimits = { titleMost: 250, textMost: 1024, size: (text) => text.length }

/**
 * What is posted as a form, without token and user. The plain form has nothing that Pushover could refuse but the text:
 * an unknown device or sound must not keep an alert back. HTML shows as text, since `html` is not set.
 */
export function formOf(
  message: Message,
  part: TextPart,
  settings: PushoverSettings,
  plain: boolean,
): Readonly<Record<string, string>> {
  const { title, text } = part
  const priority = priorityOf(message, part, settings)
  const { repeatEvery, repeatFor, device, sound } = settings
  const least = { title, message: text, priority: String(priority) }
  const repeat = { retry: String(Math.ceil(repeatEvery / 1000)), expire: String(Math.ceil(repeatFor / 1000)) }
  const form = priority === 2 ? { ...least, ...repeat } : least
  if (plain) return form
  return {
    ...form,
    ...linkOf(part),
    ...(device === undefined ? {} : { device }),
    ...(sound === undefined ? {} : { sound }),
  }
}

/** -2 to 2. Of several parts only the first makes a noise, or has to be acknowledged. */
function priorityOf({ kind, status, severity }: Message, { first }: TextPart, settings: PushoverSettings): number {
  if (first > 0 || kind === 'drill') return -1
  if (status === 'resolved') return severity === 'info' ? -1 : 0
  if (status === 'firing' && kind !== 'test') {
    if (severity === 'emergency' && settings.untilAcknowledged !== 'never') return 2
    if (severity === 'critical' && settings.untilAcknowledged === 'critical') return 2
  }
  return { info: -1, warning: 0, critical: 1, emergency: 1 }[severity]
}

function linkOf({ alerts }: TextPart): Readonly<Record<string, string>> {
  for (const { link, runbookUrl } of alerts) {
    const page = webAddress(link)
    if (page !== undefined) return { url: page, url_title: 'Open' }
    const runbook = webAddress(runbookUrl)
    if (runbook !== undefined) return { url: runbook, url_title: 'Runbook' }
  }
  return {}
}
