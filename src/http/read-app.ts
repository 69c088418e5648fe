import { Hono, type MiddlewareHandler } from 'hono'
import { eventsQuery } from '../api/events.ts'
import { ROUTES } from '../api/routes.ts'
import type { Daemon } from '../ports/daemon.ts'
import { addAlertReading } from './alert-reading.ts'
import { errorAnswer, parse } from './answers.ts'
import { addClusterReading } from './cluster-reading.ts'
import type { Metrics } from './metrics/metrics.ts'
import { addPve } from './pve/add-pve.ts'
import { addUps } from './ups.ts'
import { eventsOf, queryOf } from './views/events.ts'
import { healthOf } from './views/health.ts'
import { hostReportOf } from './views/hosts.ts'
import { devicesOf, outletsOf } from './views/outlets.ts'
import { STATUS_EVENTS, statusOf } from './views/status.ts'

export type AppParts = {
  readonly daemon: Daemon
  readonly metrics: Metrics
  /** Told of a mistake of ours that became a 500; the caller logs it. */
  readonly onFault?: (error: unknown) => void
}

/** What may be read by anybody who reaches it: no secrets, and nothing that changes anything. `first` sees every request. */
export function readApp({ daemon, metrics, onFault }: AppParts, first?: MiddlewareHandler): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    await next()
    context.header('cache-control', 'no-store')
    context.header('x-content-type-options', 'nosniff')
  })
  if (first !== undefined) app.use(first)
  app.onError((error, context) => {
    onFault?.(error)
    return errorAnswer(context, 'internal', 'The watchdog made a mistake while answering; its log has the details.')
  })
  app.notFound((context) =>
    errorAnswer(context, 'not-found', `There is nothing at ${context.req.method} ${context.req.path} here.`),
  )
  addProbes(app, daemon, metrics)
  addReading(app, daemon)
  addAlertReading(app, daemon)
  addClusterReading(app, daemon)
  addUps(app, daemon)
  addPve(app, daemon)
  return app
}

function addProbes(app: Hono, daemon: Daemon, metrics: Metrics): void {
  app.get('/metrics', async (context) => {
    const text = await metrics.scrape()
    return context.body(text, 200, { 'content-type': metrics.contentType })
  })
  app.get('/healthz', (context) => {
    const health = healthOf(daemon)
    return context.json(health, health.live ? 200 : 503)
  })
  app.get('/readyz', (context) => {
    const health = healthOf(daemon)
    return context.json(health, health.live && health.ready ? 200 : 503)
  })
}

function addReading(app: Hono, daemon: Daemon): void {
  app.get(ROUTES.status.path, async (context) => {
    return context.json(statusOf(daemon, await recentEvents(daemon)))
  })
  app.get(ROUTES.host.path, (context) => {
    const name = context.req.param('host')
    const report = hostReportOf(daemon, name)
    return report === undefined
      ? errorAnswer(context, 'no-such-host', `No host called ${name} is watched.`)
      : context.json(report)
  })
  app.get(ROUTES.events.path, async (context) => {
    const query = parse(eventsQuery, context.req.query())
    if (!query.ok) return errorAnswer(context, 'bad-request', query.sentence)
    return context.json(eventsOf(await daemon.events(queryOf(query.value))))
  })
  app.get(ROUTES.outlets.path, (context) => {
    const state = daemon.state()
    const now = daemon.now()
    return context.json({ outlets: outletsOf(state, now), devices: devicesOf(state, now) })
  })
  app.get(ROUTES.health.path, (context) => context.json(healthOf(daemon)))
}

/** A history that cannot be read must not take the status with it: that is when it is needed most. */
async function recentEvents(daemon: Daemon) {
  try {
    return await daemon.events({ limit: STATUS_EVENTS })
  } catch {
    return []
  }
}
