import type { Configuration } from '../../config/configuration.ts'
import { audit } from '../../core/audit/audit.ts'
import type { Finding } from '../../core/audit/types.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import { watchCluster } from '../../proxmox/watch.ts'
import { createNodeShell } from '../../ssh/node-shell.ts'
import { SystemClock } from '../system-clock.ts'
import { configuredClusters } from './configured.ts'
import { gatherAudit } from './gather-audit.ts'

const LIMIT_MS = 20_000
const STEP_MS = 200

/** Without a running watchdog: what can be seen by looking once. */
export async function auditOffline(configuration: Configuration): Promise<readonly Finding[]> {
  const clock = new SystemClock()
  const configured = configuredClusters(configuration)
  const watches = configured.map(({ settings }) => watchCluster(settings, { clock, random: Math.random }))
  const shells = configured.flatMap(({ settings, ssh }) =>
    ssh === undefined ? [] : [createNodeShell(settings.cluster, ssh)],
  )
  try {
    for (let waited = 0; waited < LIMIT_MS && !watches.every(isSeen); waited += STEP_MS) await clock.sleep(STEP_MS)
    // Their settings are read of guests that are known: for the one that carries us.
    await Promise.all(watches.map((watch) => watch.refresh(['guests'])))
    return audit(await gatherAudit({ configuration, clock, watches, shells, disarmed: [] }))
  } finally {
    await Promise.all(watches.map((watch) => watch.close()))
  }
}

/** Each endpoint has told what is asked of it once, or that it does not answer. */
function isSeen(watch: ClusterWatch): boolean {
  const { views } = watch.views()
  return watch.endpoints().every(({ node, ok, lastError }) => {
    if (!ok) return lastError !== undefined
    const view = views[node ?? '']
    const has = (read: unknown, error: unknown) => read !== undefined || error !== undefined
    return (
      has(view?.own, view?.errors.node) &&
      has(view?.resources, view?.errors.resources) &&
      has(view?.ha, view?.errors.ha)
    )
  })
}
