import { createHash } from 'node:crypto'
import type { Message } from '../../ports/notifier.ts'
import { webAddress } from '../links.ts'
import type { TextLimits, TextPart } from '../text-parts.ts'
import { cut, oneLine } from '../wording.ts'

const ACTIONS_MOST = 3

/**
 * From ntfy's documentation: a message of more than 4096 bytes becomes an attachment, and the JSON around it may have
 * twice that. Counted in JSON, so that a message full of quotes leaves room for the rest. A title has no documented
 * limit; some servers have one.
 */
export const LIMITS: TextLimits = {
  titleMost: 250,
  textMost: 4096,
  size: (text) => Buffer.byteLength(JSON.stringify(text)) - 2,
}

/** Where the server takes less than usual (`message-size-limit`), or refused the form. */
export const PLAIN_LIMITS: TextLimits = { ...LIMITS, textMost: 1000 }

/** The JSON that is posted to the server's root. Text stays text there: Markdown is only what says that it is. */
export function publication(message: Message, part: TextPart, topic: string, plain: boolean): object {
  const { title, text } = part
  const least = { topic, title, message: text, priority: priorityOf(message, part) }
  if (plain) return least
  const click = linkOf(part)
  const actions = runbooksOf(part)
  return {
    ...least,
    tags: [message.status, `severity-${message.severity}`, ...(message.kind === 'alerts' ? [] : [message.kind])],
    ...(click === undefined ? {} : { click }),
    ...(actions.length === 0 ? {} : { actions }),
    sequence_id: sequenceOf(message, part),
  }
}

/** 1 to 5. Only the first of several parts makes a noise. */
function priorityOf({ kind, status, severity }: Message, { first }: TextPart): number {
  if (first > 0 || kind === 'drill') return 2
  const loud = { info: 2, warning: 3, critical: 4, emergency: 5 }[severity]
  return status === 'resolved' ? Math.min(loud, 3) : loud
}

/**
 * A message that is sent again because its answer was lost replaces the first on the phone (from ntfy 2.16 on; older
 * ones ignore it). At most 64 letters and digits.
 */
function sequenceOf({ key }: Message, { first }: TextPart): string {
  return createHash('sha256').update(`${key} ${first}`).digest('hex').slice(0, 32)
}

/** ntfy decodes encoded words of mail headers in a title, wherever it comes from. Done before its length is counted. */
export function withTitleAsIs(message: Message): Message {
  return { ...message, title: message.title.replaceAll('=?', '= ?') }
}

function linkOf({ alerts }: TextPart): string | undefined {
  for (const { link, runbookUrl } of alerts) {
    const found = webAddress(link) ?? webAddress(runbookUrl)
    if (found !== undefined) return found
  }
  return undefined
}

function runbooksOf({ alerts }: TextPart): object[] {
  const found = new Map<string, string>()
  for (const { runbookUrl, labels } of alerts) {
    const url = webAddress(runbookUrl)
    if (url !== undefined && !found.has(url)) found.set(url, oneLine(labels.alertname ?? ''))
  }
  return [...found].slice(0, ACTIONS_MOST).map(([url, name]) => ({
    action: 'view',
    label: found.size === 1 || name === '' ? 'Runbook' : cut(`Runbook ${name}`, 40),
    url,
  }))
}
