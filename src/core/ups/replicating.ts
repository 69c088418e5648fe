import { elapsedMs } from '../time.ts'
import { NOT_ASKED, type OutageEdit } from './outage-edit.ts'

const LIMIT_MS = 20_000
/** Replication that cannot catch up has an alert of its own: the report does not wait for it for ever. */
const PATIENCE_MS = 30 * 60_000

/** Whether every replication job has run since the failure; those that have not are run now, one after the other. */
export function catchUp(edit: OutageEdit): boolean {
  const { outage, now } = edit
  const since = outage.returningAt ?? now
  if (elapsedMs(since, now) >= PATIENCE_MS) return true
  let isDone = true
  for (const cluster of clustersOf(edit)) {
    const site = edit.site(cluster)
    const late = site?.replication.filter(({ lastSyncMs }) => lastSyncMs < outage.startedAt.wallMs) ?? []
    if (late.length === 0) continue
    isDone = false
    const { replicated, replicateAsk } = edit.cluster(cluster)
    const next = late.find(({ job }) => !replicated.includes(job))
    if (
      next === undefined ||
      site?.trusted !== true ||
      (replicateAsk.errand !== undefined && !edit.mayAsk(replicateAsk))
    ) {
      continue
    }
    const work = { do: 'replicate', cluster, node: next.node, job: next.job } as const
    edit.setCluster(cluster, {
      replicated: [...replicated, next.job],
      replicateAsk: edit.ask(NOT_ASKED, work, LIMIT_MS),
    })
  }
  if (!isDone) edit.draft.wakeIn(Math.max(0, PATIENCE_MS - elapsedMs(since, now)))
  return isDone
}

/** Only where something was shut down is there anything to catch up. */
function clustersOf(edit: OutageEdit): readonly string[] {
  const down = edit.hosts().filter(({ shutdownAt }) => shutdownAt !== undefined)
  return [...new Set(down.map(({ cluster }) => cluster))]
}
