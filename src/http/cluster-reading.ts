import type { Context, Hono } from 'hono'
import { historyQuery } from '../api/history.ts'
import { ROUTES } from '../api/routes.ts'
import type { Daemon } from '../ports/daemon.ts'
import { errorAnswer, parse } from './answers.ts'
import { historyAnswer } from './history/answer.ts'
import { HistoryDesk } from './history/desk.ts'
import { clusterOf } from './views/cluster.ts'
import { clusterNamed, clustersNow, type SeenCluster } from './views/cluster-models.ts'
import { guestsOf } from './views/guests.ts'

/** What may be read of the Proxmox clusters. */
export function addClusterReading(app: Hono, daemon: Daemon): void {
  const desk = new HistoryDesk()
  app.get(ROUTES.clusters.path, (context) =>
    context.json({ clusters: clustersNow(daemon).map(({ model }) => clusterOf(model)) }),
  )
  app.get(ROUTES.guests.path, (context) => {
    const seen = clusterNamed(daemon, context.req.param('cluster'))
    return seen === undefined
      ? noSuchCluster(context, daemon, context.req.param('cluster'))
      : context.json(guestsOf(seen.model))
  })
  app.get(ROUTES.history.path, async (context) => {
    const query = parse(historyQuery, context.req.query())
    if (!query.ok) return errorAnswer(context, 'bad-request', query.sentence)
    const seen = chosen(daemon, query.value.cluster)
    if (seen === undefined) return noSuchCluster(context, daemon, query.value.cluster)
    const answer = await historyAnswer(seen, query.value, desk, daemon.now())
    return answer.ok ? context.json(answer.history) : errorAnswer(context, answer.code, answer.sentence)
  })
}

/** Where there is only one it need not be named. */
function chosen(daemon: Daemon, name: string | undefined): SeenCluster | undefined {
  if (name !== undefined) return clusterNamed(daemon, name)
  const [first, second] = clustersNow(daemon)
  return second === undefined ? first : undefined
}

function noSuchCluster(context: Context, daemon: Daemon, name: string | undefined): Response {
  const names = (daemon.clusters?.() ?? []).map(({ cluster }) => cluster)
  if (names.length === 0) {
    return errorAnswer(context, 'no-such-cluster', 'No Proxmox cluster is configured: there is nobody to ask.')
  }
  const there = `There ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}.`
  return name === undefined
    ? errorAnswer(context, 'bad-request', `Several clusters are configured: say which. ${there}`)
    : errorAnswer(context, 'no-such-cluster', `No Proxmox cluster called ${name} is asked. ${there}`)
}
