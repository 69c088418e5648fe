import type { Message, MessageAlert } from '../../ports/notifier.ts'
import { linesWithoutLinks, links } from '../links.ts'
import { COLOURS, mark, oneLine, titleLine } from '../wording.ts'

const FONT = 'font-family:system-ui,-apple-system,Segoe UI,Roboto,sans-serif;font-size:15px;line-height:1.45'
const QUIET = 'margin:6px 0 0;font-size:12px;opacity:.75'

/**
 * The message as HTML with inline styles. Neither text nor background has a colour of its own, so that it can be read
 * in dark mode; only a bar beside each alert shows its severity. Nothing is loaded from anywhere.
 */
export function htmlOf(message: Message): string {
  const late = message.late === undefined ? '' : `<p style="margin:0 0 12px"><em>${escaped(message.late)}</em></p>`
  return [
    '<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">',
    `<meta name="supported-color-schemes" content="light dark"><title>${escaped(titleLine(message))}</title></head>`,
    `<body style="margin:0;padding:12px;${FONT}">`,
    `<h1 style="margin:0 0 12px;font-size:18px">${escaped(titleLine(message))}</h1>`,
    late,
    ...message.alerts.map((alert) => alertHtml(alert, message)),
    `<p style="${QUIET}">${escaped(message.sender)}</p></body></html>`,
  ].join('\n')
}

function alertHtml(alert: MessageAlert, message: Message): string {
  const colour = COLOURS[alert.status === 'resolved' ? 'resolved' : alert.severity]
  const labels = Object.entries(alert.labels).map(([name, value]) => `${name}=${value}`)
  return [
    `<div style="margin:0 0 12px;padding:2px 0 2px 12px;border-left:4px solid #${colour.toString(16).padStart(6, '0')}">`,
    `<p style="margin:0;font-weight:600">${escaped(`${mark(alert)} ${alert.summary}`)}</p>`,
    ...linesWithoutLinks(alert, message).map((line) => `<p style="margin:4px 0 0">${escaped(line)}</p>`),
    ...links(alert).map(({ word, address }) => {
      const url = escaped(address)
      return `<p style="margin:4px 0 0">${word}: <a href="${url}">${url}</a></p>`
    }),
    ...(labels.length === 0 ? [] : [`<p style="${QUIET}">${labels.map(escaped).join('<br>')}</p>`]),
    '</div>',
  ].join('\n')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text from outside as one line of text, whatever it holds. */
function escaped(text: string): string {
  return oneLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
