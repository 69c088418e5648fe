import type { Context, Hono } from 'hono'
import type { z } from 'zod'
import { ROUTES } from '../api/routes.ts'
import { upsCommandRequest, upsCommandsQuery, upsForceRequest, upsSetRequest } from '../api/ups.ts'
import type { Daemon } from '../ports/daemon.ts'
import type { UpsAnswer } from '../ports/ups.ts'
import type { UpsDesk } from '../ports/ups-desk.ts'
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
  const changing = <T>(route: 'upsCommand' | 'upsSet' | 'upsForce', schema: z.ZodType<T>, act: Act<T>) =>
    app.post(ROUTES[route].path, async (context) => {
      const body = await bodyOf(context, schema)
      if (!body.ok) return errorAnswer(context, 'bad-request', body.sentence)
      const asked = desk()
      if (asked === undefined) return none(context)
      const answer = await act(asked, body.value)
      return context.json(answer, answer.ok ? 200 : ROUTES[route].noWith)
    })
  changing('upsCommand', upsCommandRequest, (asked, { ups, command }) => asked.command(ups, command))
  changing('upsSet', upsSetRequest, (asked, { ups, variable, value }) => asked.set(ups, variable, value))
  changing('upsForce', upsForceRequest, (asked, { ups }) => asked.forceShutdown(ups))
}

type Act<T> = (desk: UpsDesk, asked: T) => Promise<UpsAnswer>
