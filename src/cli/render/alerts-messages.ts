import type { Delivery } from '../../api/deliveries.ts'
import type { Paint, Style } from '../text/paint.ts'
import { span, until } from '../text/span.ts'
import { type Cell, table } from '../text/table.ts'
import { ALERT_STYLE, brief } from './alerts.ts'

const MOST_REASON = 100

const STATE_STYLE: Readonly<Record<Delivery['state'], Style | undefined>> = {
  queued: 'yellow',
  sending: 'cyan',
  delivered: 'green',
  merged: 'green',
  dropped: 'dim',
  dead: 'red',
}

/** The messages about one alert. */
export function messagesTable(deliveries: readonly Delivery[], paint: Paint): string[] {
  const columns = [
    { title: 'CHANNEL' },
    { title: 'RECEIVER' },
    { title: 'STEP', right: true },
    { title: 'STATE' },
    { title: 'AGE', right: true },
    { title: 'TRIES', right: true },
    { title: 'REMARKS' },
  ]
  const rows = deliveries.map((delivery): Cell[] => [
    delivery.channel,
    delivery.receiver,
    String(delivery.step + 1),
    { text: delivery.state, style: STATE_STYLE[delivery.state] },
    span(delivery.created.agoMs),
    String(delivery.attempts),
    remarks(delivery),
  ])
  return table(columns, rows, paint)
}

/** Dead letters, with the numbers that `alerts replay` takes. */
export function deadLettersTable(deliveries: readonly Delivery[], paint: Paint): string[] {
  const columns = [
    { title: 'ID', right: true },
    { title: 'CHANNEL' },
    { title: 'RECEIVER' },
    { title: 'SEVERITY' },
    { title: 'AGE', right: true },
    { title: 'TRIES', right: true },
    { title: 'REASON' },
  ]
  const rows = deliveries.map((delivery): Cell[] => [
    String(delivery.id),
    delivery.channel,
    delivery.receiver,
    { text: delivery.severity, style: ALERT_STYLE[delivery.severity] },
    span(delivery.created.agoMs),
    String(delivery.attempts),
    reasonOf(delivery) || 'it expired',
  ])
  return table(columns, rows, paint)
}

function remarks(delivery: Delivery): string {
  const { state, delivered, created, due, digest, plain } = delivery
  const parts = [
    state === 'delivered' && delivered !== undefined ? `within ${span(created.agoMs - delivered.agoMs)}` : '',
    digest ? 'in the digest' : '',
    plain ? 'as plain text' : '',
    state === 'queued' && due !== undefined ? `next try ${until(due.inMs)}` : '',
    state === 'delivered' ? '' : reasonOf(delivery),
  ]
  return parts.filter((part) => part !== '').join('; ')
}

function reasonOf({ lastError }: Delivery): string {
  return lastError === undefined ? '' : `${lastError.code}: ${brief(lastError.sentence, MOST_REASON)}`
}
