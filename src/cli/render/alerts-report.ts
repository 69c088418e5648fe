import type { Alert, AlertReport } from '../../api/alerts.ts'
import { tame } from '../text/paint.ts'
import { localTime, span, until } from '../text/span.ts'
import { wrap } from '../text/table.ts'
import { ALERT_STYLE } from './alerts.ts'
import { messagesTable } from './alerts-messages.ts'
import type { Canvas } from './status.ts'

/** Annotations that have a place of their own. */
const SHOWN = new Set(['summary', 'description'])

/** One alert with everything that is known of it. */
export function renderAlert(report: AlertReport, canvas: Canvas): string {
  const { alert, timeline, deliveries, extra } = report
  const { paint } = canvas
  const others = Object.entries(alert.annotations).filter(([name]) => !SHOWN.has(name))
  const sections = [
    head(report, canvas),
    titled('Labels', pairs(Object.entries(alert.labels)), canvas),
    titled('Annotations', pairs(others), canvas),
    titled('Further fields', extra === undefined ? [] : [tame(JSON.stringify(extra))], canvas),
    titled('Story', storyOf(timeline, canvas), canvas),
    titled('Messages', deliveries.length === 0 ? [] : messagesTable(deliveries, paint), { ...canvas, columns: 0 }),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function head({ alert, folded }: AlertReport, { paint, columns }: Canvas): string[] {
  const { id, name, summary, annotations, link, muted, acknowledged } = alert
  const title = summary === name ? name : `${name}: ${summary}`
  const said = [
    annotations.description ?? '',
    muted === undefined ? '' : mutedSentence(muted),
    acknowledged === undefined ? '' : acknowledgedSentence(acknowledged),
    folded === 0 ? '' : `${folded === 1 ? '1 other alert is' : `${folded} other alerts are`} folded into it.`,
    link === undefined ? '' : `Source: ${link}`,
  ]
  return [
    paint('bold', `${id}  ${tame(title)}`),
    `  ${paint(alert.status === 'resolved' ? 'green' : ALERT_STYLE[alert.severity], stateSentence(alert))}`,
    ...said.filter((text) => text !== '').map((text) => `  ${wrap(tame(text), columns === 0 ? 0 : columns - 2, '  ')}`),
  ]
}

/** `critical, firing for 5m0s since 2025-03-01 11:55:00, told again in 4h0m` */
function stateSentence(alert: Alert): string {
  const { severity, status, source, started, ended } = alert
  const begun = localTime(started.at)
  const state =
    status === 'firing'
      ? `firing for ${span(started.agoMs)} since ${begun}`
      : status === 'resolved'
        ? `from ${begun}, resolved ${ended === undefined ? '' : `after ${span(started.agoMs - ended.agoMs)}`}`.trim()
        : `at ${begun}`
  const by = source === 'own' ? 'the watchdog itself' : source
  return [severity, state, `by ${by}`, ...tellingOf(alert)].join(', ')
}

/** What is muted or taken care of says so in a sentence of its own. */
function tellingOf({ told, reminder, muted, acknowledged }: Alert): string[] {
  if (muted !== undefined || acknowledged !== undefined) return []
  if (!told) return ['told to nobody yet']
  return reminder === undefined ? [] : [`told again ${until(reminder.inMs)}`]
}

function mutedSentence({ by, id, since }: NonNullable<Alert['muted']>): string {
  const why = by === 'silence' ? `silence ${id} holds` : `alert ${id}, into which it is folded, fires`
  return `Told to nobody for ${span(since.agoMs)}: ${why}.`
}

function acknowledgedSentence({ by, since, comment }: NonNullable<Alert['acknowledged']>): string {
  return `Acknowledged by ${by} ${span(since.agoMs)} ago${comment === '' ? '.' : `: ${comment}`}`
}

function storyOf(timeline: AlertReport['timeline'], { paint }: Canvas): string[] {
  return timeline.map(({ at, kind, sentence }) =>
    [paint('dim', localTime(at)), paint('dim', kind.padEnd(12)), tame(sentence)].join('  '),
  )
}

function pairs(entries: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(24, Math.max(0, ...entries.map(([name]) => tame(name).length)))
  return entries.map(([name, value]) => `${tame(name).padEnd(width)}  ${tame(value)}`)
}

function titled(title: string, lines: readonly string[], { paint, columns }: Canvas): string[] {
  if (lines.length === 0) return []
  return [paint('bold', title), ...lines.map((line) => `  ${wrap(line, columns === 0 ? 0 : columns - 2, '      ')}`)]
}
