import type { Context, Hono } from 'hono'
import { ROUTES } from '../api/routes.ts'
import { upsCommandRequest, upsCommandsQuery } from '../api/ups.ts'
import type { Daemon } from '../ports/daemon.ts'
import { bodyOf, errorAnswer, parse } from './answers.ts'
import { upsOf } from './views/ups.ts'

export function addUps(app: Hono, daemon: Daemon): void {
  app.get(ROUTES.ups.path, (context) => context.json(upsOf(daemon.state(), daemon.now())))
}

/** For whoever may open the socket, such as the NOTIFYCMD of an upsmon. */
export function addUpsAsking(app: Hono, daemon: Daemon): void {
  const desk = () => daemon.upsDesk?.()
  const none = (context: Context) => errorAnswer(context, 'not-found', 'No UPS is configured.')
  app.post(ROUTES.lookAtUps.path, (context) => {
    desk()?.look()
    return context.json({ ok: true })
  })
  app.post(ROUTES.rehearseUps.path, async (context) => {
    const asked = desk()
    return asked === undefined ? none(context) : context.json({ parts: await asked.rehearse() })
  })
  app.get(ROUTES.upsCommands.path, async (context) => {
    const query = parse(upsCommandsQuery, context.req.query())
    if (!query.ok) return errorAnswer(context, 'bad-request', query.sentence)
    const answer = await desk()?.commands(query.value.ups)
    if (answer === undefined) return none(context)
    return context.json(answer, answer.ok ? 200 : ROUTES.upsCommands.noWith)
  })
  app.post(ROUTES.upsCommand.path, async (context) => {
    const body = await bodyOf(context, upsCommandRequest)
    if (!body.ok) return errorAnswer(context, 'bad-request', body.sentence)
    const answer = await desk()?.command(body.value.ups, body.value.command)
    if (answer === undefined) return none(context)
    return context.json(answer, answer.ok ? 200 : ROUTES.upsCommand.noWith)
  })
}
