import type { Context, Hono } from 'hono'
import { armRequest, disarmRequest, nodeWatchdogQuery } from '../api/node-watchdogs.ts'
import { ROUTES } from '../api/routes.ts'
import type { Daemon } from '../ports/daemon.ts'
import type { NodeName, NodeWatchdogs } from '../ports/node-watchdog.ts'
import { bodyOf, errorAnswer, parse } from './answers.ts'
import { nodeWatchdogStatusOf, nodeWatchdogWorkOf } from './views/node-watchdogs.ts'

/** The audit and the watchdogs of nodes, for whoever may open the socket. */
export function addNodeWatchdogs(app: Hono, daemon: Daemon): void {
  app.get(ROUTES.audit.path, async (context) => {
    if (daemon.audit === undefined) return errorAnswer(context, 'unavailable', 'This watchdog cannot audit.')
    return context.json({ findings: await daemon.audit() })
  })
  app.get(ROUTES.nodeWatchdog.path, (context) =>
    named(context, daemon, async (watchdogs, name) => {
      const status = await watchdogs.status(name)
      return status === undefined ? nobody(context, name) : context.json(nodeWatchdogStatusOf(status, daemon.now()))
    }),
  )
  app.get(ROUTES.nodeWatchdogWork.path, (context) =>
    named(context, daemon, async (watchdogs, name) => {
      const work = watchdogs.work(name)
      return work === undefined ? nobody(context, name) : context.json(nodeWatchdogWorkOf(work, daemon.now()))
    }),
  )
  app.post(ROUTES.disarmNodeWatchdog.path, async (context) => {
    const watchdogs = daemon.nodeWatchdogs?.()
    if (watchdogs === undefined) return noCluster(context)
    const body = await bodyOf(context, disarmRequest)
    if (!body.ok) return errorAnswer(context, 'bad-request', body.sentence)
    const { cluster, reason, forMs, ...rest } = body.value
    const answer = await watchdogs.disarm({
      node: context.req.param('node'),
      ...rest,
      ...(cluster === undefined ? {} : { cluster }),
      ...(reason === undefined ? {} : { reason }),
      ...(forMs === undefined ? {} : { forMs }),
    })
    return context.json(answer, answer.ok ? 200 : ROUTES.disarmNodeWatchdog.noWith)
  })
  app.post(ROUTES.armNodeWatchdog.path, async (context) => {
    const watchdogs = daemon.nodeWatchdogs?.()
    if (watchdogs === undefined) return noCluster(context)
    const body = await bodyOf(context, armRequest)
    if (!body.ok) return errorAnswer(context, 'bad-request', body.sentence)
    const { by, cluster } = body.value
    const node = context.req.param('node')
    const answer = await watchdogs.arm({ node, by, ...(cluster === undefined ? {} : { cluster }) })
    return context.json(answer, answer.ok ? 200 : ROUTES.armNodeWatchdog.noWith)
  })
}

async function named(
  context: Context,
  daemon: Daemon,
  answer: (watchdogs: NodeWatchdogs, name: NodeName) => Promise<Response>,
): Promise<Response> {
  const watchdogs = daemon.nodeWatchdogs?.()
  if (watchdogs === undefined) return noCluster(context)
  const query = parse(nodeWatchdogQuery, context.req.query())
  if (!query.ok) return errorAnswer(context, 'bad-request', query.sentence)
  const { cluster } = query.value
  const node = context.req.param('node') ?? ''
  return answer(watchdogs, { node, ...(cluster === undefined ? {} : { cluster }) })
}

function noCluster(context: Context): Response {
  return errorAnswer(context, 'no-such-cluster', 'No Proxmox cluster is configured: there are no nodes to disarm.')
}

function nobody(context: Context, { node }: NodeName): Response {
  return errorAnswer(context, 'no-such-node', `No cluster has a node called ${node}, or several have.`)
}
