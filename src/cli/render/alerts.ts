import type { Alert } from '../../api/alerts.ts'
import type { Paint, Style } from '../text/paint.ts'
import { span } from '../text/span.ts'
import { type Cell, table } from '../text/table.ts'

export const ALERT_STYLE: Readonly<Record<Alert['severity'], Style | undefined>> = {
  info: undefined,
  warning: 'yellow',
  critical: 'red',
  emergency: 'red',
}

/** A summary is from outside and may be a whole page. */
const MOST_SUMMARY = 100

const COLUMNS = [
  { title: 'ID', right: true },
  { title: 'SEVERITY' },
  { title: 'STATE' },
  { title: 'AGE', right: true },
  { title: 'ALERT' },
  { title: 'SUMMARY' },
  { title: 'REMARKS' },
] as const

/** One line an alert, in the order given. */
export function alertsTable(alerts: readonly Alert[], paint: Paint): string[] {
  const rows = alerts.map((alert): Cell[] => [
    String(alert.id),
    { text: alert.severity, style: alert.status === 'resolved' ? undefined : ALERT_STYLE[alert.severity] },
    { text: stateOf(alert), style: alert.status === 'resolved' ? 'green' : undefined },
    span(alert.started.agoMs),
    brief(alert.name, 40),
    alert.summary === alert.name ? '' : brief(alert.summary, MOST_SUMMARY),
    remarks(alert),
  ])
  return table(COLUMNS, rows, paint)
}

function stateOf({ status, muted }: Alert): string {
  return status === 'firing' && muted !== undefined ? 'muted' : status
}

/** Why it is told to nobody (any more). */
export function remarks({ status, muted, acknowledged, started, ended }: Alert): string {
  const parts = [
    muted === undefined ? '' : muted.by === 'silence' ? `silenced by ${muted.id}` : `folded into ${muted.id}`,
    acknowledged === undefined ? '' : `acknowledged by ${acknowledged.by}`,
    status === 'resolved' && ended !== undefined ? `after ${span(started.agoMs - ended.agoMs)}` : '',
  ]
  return parts.filter((part) => part !== '').join('; ')
}

/** One line of at most so many characters; control characters are left to whoever prints it. */
export function brief(text: string, most: number): string {
  const characters = [...text.replaceAll(/\s+/g, ' ').trim()]
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`
}
