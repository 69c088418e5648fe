import type { Context, Hono } from 'hono'
import { alertsQuery } from '../api/alerts.ts'
import { deliveriesQuery } from '../api/deliveries.ts'
import { ROUTES } from '../api/routes.ts'
import type { Alerting } from '../ports/alerting.ts'
import type { Daemon } from '../ports/daemon.ts'
import { errorAnswer, parse } from './answers.ts'
import { alertingOf } from './views/alerting.ts'
import { alertOf, alertReportOf, silenceOf } from './views/alerts.ts'
import { deliveryOf } from './views/deliveries.ts'

/** What may be read of alerts. Without an alert path each of them says so. */
export function addAlertReading(app: Hono, daemon: Daemon): void {
  const get = (path: string, answer: (context: Context, alerting: Alerting) => Response) => {
    app.get(path, (context) => withAlerting(context, daemon, (alerting) => answer(context, alerting)))
  }
  get(ROUTES.alerts.path, (context, alerting) => {
    const query = parse(alertsQuery, context.req.query())
    if (!query.ok) return errorAnswer(context, 'bad-request', query.sentence)
    const { status, before, limit } = query.value
    const found = alerting.list({ status, limit, beforeId: before })
    return context.json({ alerts: found.map((incident) => alertOf(incident, daemon.now())) })
  })
  get(ROUTES.alert.path, (context, alerting) => {
    const detail = maybeShown(alerting, context.req.param('id') ?? '')
    return detail === undefined ? noSuchAlert(context) : context.json(alertReportOf(detail, daemon.now()))
  })
  get(ROUTES.alerting.path, (context, alerting) => context.json(alertingOf(alerting.status(), daemon.now())))
  get(ROUTES.silences.path, (context, alerting) =>
    context.json({ silences: alerting.silences().map((silence) => silenceOf(silence, daemon.now())) }),
  )
  get(ROUTES.deliveries.path, (context, alerting) => {
    const query = parse(deliveriesQuery, context.req.query())
    if (!query.ok) return errorAnswer(context, 'bad-request', query.sentence)
    const { state, channel, alert, before, limit } = query.value
    const states = state === undefined ? undefined : [state]
    const found = alerting.deliveries({ states, channel, incident: alert, limit, beforeId: before })
    return context.json({ deliveries: found.map((delivery) => deliveryOf(delivery, daemon.now())) })
  })
}

export function withAlerting<Answer extends Response | Promise<Response>>(
  context: Context,
  { alerting }: Daemon,
  answer: (alerting: Alerting) => Answer,
): Answer | Response {
  return alerting === undefined ? errorAnswer(context, 'unavailable', 'No alert path runs here.') : answer(alerting)
}

/** A number of a row; undefined for anything else. */
export function idOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}

export function noSuchAlert(context: Context): Response {
  return errorAnswer(context, 'no-such-alert', `There is no alert ${context.req.param('id')}.`)
}

function maybeShown(alerting: Alerting, text: string) {
  const id = idOf(text)
  return id === undefined ? undefined : alerting.show(id)
}
