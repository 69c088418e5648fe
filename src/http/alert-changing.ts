import type { Context, Hono } from 'hono'
import type { z } from 'zod'
import { legsRequest } from '../api/alerting.ts'
import { acknowledgement } from '../api/alerts.ts'
import { replayRequest } from '../api/deliveries.ts'
import { ROUTES } from '../api/routes.ts'
import { silenceEnd, silenceRequest } from '../api/silences.ts'
import type { AlertAnswer, Alerting } from '../ports/alerting.ts'
import type { Daemon } from '../ports/daemon.ts'
import { idOf, noSuchAlert, withAlerting } from './alert-reading.ts'
import { bodyOf, errorAnswer } from './answers.ts'
import { drillOf, legOf } from './views/alerting.ts'

type Change<Body> = (alerting: Alerting, body: Body, context: Context) => Response | Promise<Response>

/** What changes something of the alert path, for whoever may open the socket. */
export function addAlertChanging(app: Hono, daemon: Daemon): void {
  const post = <Body>(path: string, schema: z.ZodType<Body>, change: Change<Body>) => {
    app.post(path, (context) =>
      withAlerting(context, daemon, async (alerting) => {
        const body = await bodyOf(context, schema)
        if (!body.ok) return errorAnswer(context, 'bad-request', body.sentence)
        return change(alerting, body.value, context)
      }),
    )
  }
  post(ROUTES.acknowledge.path, acknowledgement, (alerting, { by, comment }, context) => {
    const id = idOf(context.req.param('id'))
    return id === undefined ? noSuchAlert(context) : told(context, alerting.acknowledge(id, by, comment))
  })
  post(ROUTES.silence.path, silenceRequest, (alerting, request, context) => told(context, alerting.silence(request)))
  post(ROUTES.endSilence.path, silenceEnd, (alerting, { by }, context) => {
    const id = idOf(context.req.param('id'))
    if (id !== undefined) return told(context, alerting.endSilence(id, by))
    return errorAnswer(context, 'not-found', `There is no silence ${context.req.param('id')}.`)
  })
  post(ROUTES.replay.path, replayRequest, (alerting, { by, ids, channel }, context) => {
    return told(context, alerting.replay({ ids, channel }, by))
  })
  post(ROUTES.testChannels.path, legsRequest, async (alerting, { channel }, context) => {
    const why = whyNobody(alerting, channel)
    if (why !== undefined) return errorAnswer(context, 'refused', why)
    const legs = await alerting.test(channel)
    return context.json({ ok: legs.every(({ ok }) => ok), legs: legs.map(legOf) })
  })
  post(ROUTES.drill.path, legsRequest, async (alerting, { channel }, context) => {
    const why = whyNobody(alerting, channel)
    if (why !== undefined) return errorAnswer(context, 'refused', why)
    return context.json(drillOf(await alerting.drill(channel), daemon.now()))
  })
}

/** All changing calls of alerts say no with the same status. */
function told(context: Context, answer: AlertAnswer): Response {
  return context.json(answer, answer.ok ? 200 : ROUTES.acknowledge.noWith)
}

/** A test of nothing would say that all is well. */
function whyNobody(alerting: Alerting, channel: string | undefined): string | undefined {
  const { channels } = alerting.status()
  if (channels.length === 0) return 'No channel is configured, so nobody can be told anything.'
  if (channel === undefined || channels.some((each) => each.channel === channel)) return undefined
  return `No channel called ${channel} is configured; there are ${channels.map((each) => each.channel).join(', ')}.`
}
