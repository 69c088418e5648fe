import type { Message, MessageAlert } from '../ports/notifier.ts'
import { asItIs, longestBeginning } from './fit.ts'
import { alertLines, isAllInTitle, mark, oneLine, titleLine } from './wording.ts'

/** What a channel takes at once. `size` counts as the channel counts: it grows with the text, never less than its length. */
export type TextLimits = {
  readonly titleMost: number
  readonly textMost: number
  size(text: string): number
}

/** One message of a channel: the alerts from `first` (inclusive) to `next` (exclusive) of the message that it is a part of. */
export type TextPart = {
  readonly title: string
  readonly text: string
  readonly first: number
  readonly next: number
  readonly alerts: readonly MessageAlert[]
}

/** Where not everything fits, each alert is shortened so that they fit into about this many messages. */
const MESSAGES_WISHED = 2
/** But never below this: its summary has to stay readable. */
const LEAST_OF_AN_ALERT = 200
/** A shorter rest of a line says nothing. */
const LEAST_OF_A_LINE = 20
const GAP = '\n\n'

/**
 * A message as plain text for channels that limit its length, from the alert `from` on: whole alerts in as many messages
 * as it takes, each alert with at least the beginning of its summary. Cut at `next` of an earlier part it goes on as it
 * would have.
 */
export function textParts(message: Message, limits: TextLimits, from = 0): readonly TextPart[] {
  const { size, textMost } = limits
  const footer = cutTo(oneLine(`— ${message.sender}`), Math.floor(textMost / 8), size)
  const late = cutTo(oneLine(message.late ?? ''), Math.floor(textMost / 4), size)
  const room = textMost - size(footer) - size(GAP)
  const blocks = shortened(message, room - size(late) - size(GAP), size).slice(from)
  const parts: TextPart[] = []
  let first = from
  let texts = late === '' || from > 0 ? [] : [late]
  const close = (next: number) => {
    const alerts = message.alerts.slice(first, next)
    const text = [...texts, footer].join(GAP)
    parts.push({ title: titleOf(message, first, next, limits), text, first, next, alerts })
    texts = []
    first = next
  }
  for (const [index, block] of blocks.entries()) {
    if (first < from + index && size([...texts, block].join(GAP)) > room) close(from + index)
    texts.push(block)
  }
  close(message.alerts.length)
  return parts
}

/** Each alert as one block of lines that has its place in a message. */
function shortened(message: Message, room: number, size: TextLimits['size']): string[] {
  const blocks = message.alerts.map((alert) => linesOf(alert, message))
  const total = blocks.reduce((sum, lines) => sum + size(lines.join('\n')) + size(GAP), 0)
  const share = Math.floor((room * MESSAGES_WISHED) / Math.max(1, blocks.length)) - size(GAP)
  const most = total <= room ? room : Math.min(room, Math.max(LEAST_OF_AN_ALERT, share))
  return blocks.map((lines) => fitted(lines, most, size))
}

function fitted(lines: readonly string[], most: number, size: TextLimits['size']): string {
  let text = ''
  for (const line of lines) {
    const whole = text === '' ? line : `${text}\n${line}`
    if (size(whole) > most) {
      const readable = text === '' || most - size(`${text}\n`) >= LEAST_OF_A_LINE
      return readable ? cutTo(whole, most, size) : text
    }
    text = whole
  }
  return text
}

function linesOf(alert: MessageAlert, message: Message): string[] {
  const lines = alertLines(alert, message)
  return isAllInTitle(message) ? lines : [oneLine(`${mark(alert)} ${alert.summary}`), ...lines]
}

function titleOf(message: Message, first: number, next: number, { titleMost, size }: TextLimits): string {
  const all = message.alerts.length
  const which = first === 0 && next === all ? '' : ` (${first + 1}–${next} of ${all})`
  return `${cutTo(titleLine(message), titleMost - size(which), size)}${which}`
}

function cutTo(text: string, most: number, size: TextLimits['size']): string {
  return longestBeginning(text, most, asItIs, size)
}
