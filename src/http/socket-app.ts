import type { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { backupRequest } from '../api/actions.ts'
import { streamQuery } from '../api/events.ts'
import { order } from '../api/orders.ts'
import { ROUTES } from '../api/routes.ts'
import type { Daemon } from '../ports/daemon.ts'
import { addAlertChanging } from './alert-changing.ts'
import { bodyOf, errorAnswer, parse } from './answers.ts'
import type { EventStreams } from './event-stream.ts'
import { addNodeWatchdogs } from './node-watchdogs.ts'
import { type AppParts, readApp } from './read-app.ts'
import { addRebootReading } from './reboot-reading.ts'
import { addUpsAsking } from './ups.ts'

const MAX_BODY_BYTES = 64 * 1024

export type SocketAppParts = AppParts & { readonly streams: EventStreams }

/** Everything, for whoever may open the socket. */
export function socketApp(parts: SocketAppParts): Hono {
  const { daemon, streams } = parts
  const app = readApp(parts)
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (context) => errorAnswer(context, 'too-large', 'The body is larger than 64 KiB.'),
    }),
  )
  app.get(ROUTES.stream.path, (context) => {
    const query = parse(streamQuery, context.req.query())
    return query.ok ? streams.open(context, query.value) : errorAnswer(context, 'bad-request', query.sentence)
  })
  app.get(ROUTES.export.path, (context) => context.json(daemon.exportState()))
  addChanging(app, daemon)
  addAlertChanging(app, daemon)
  addRebootReading(app, daemon)
  addNodeWatchdogs(app, daemon)
  addUpsAsking(app, daemon)
  return app
}

function addChanging(app: Hono, daemon: Daemon): void {
  app.post(ROUTES.orders.path, async (context) => {
    const body = await bodyOf(context, order)
    if (!body.ok) return errorAnswer(context, 'bad-request', body.sentence)
    const answer = await daemon.order(body.value)
    return context.json(answer, answer.ok ? 200 : ROUTES.orders.noWith)
  })
  app.post(ROUTES.reload.path, async (context) => {
    const answer = await daemon.reload()
    return context.json(answer, answer.ok ? 200 : ROUTES.reload.noWith)
  })
  app.post(ROUTES.backup.path, async (context) => {
    const body = await bodyOf(context, backupRequest)
    if (!body.ok) return errorAnswer(context, 'bad-request', body.sentence)
    const { file } = body.value
    const outcome = await daemon.backup(file)
    return outcome.ok ? context.json({ file }) : errorAnswer(context, 'refused', outcome.sentence)
  })
}
