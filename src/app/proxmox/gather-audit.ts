import type { Configuration } from '../../config/configuration.ts'
import { given } from '../../config/given.ts'
import type { AuditedCluster, AuditInput, UpsPhase } from '../../core/audit/types.ts'
import { hostsByNode } from '../../core/cluster/feeds.ts'
import { judgeCluster } from '../../core/cluster/model.ts'
import type { DisarmRow } from '../../core/node-watchdog/types.ts'
import type { PowerSite } from '../../core/ups/site.ts'
import { siteOf } from '../../core/ups/site-of.ts'
import { nodeFacts } from '../../engine/node-watchdog/facts.ts'
import type { AlertingStatus } from '../../ports/alerting.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import type { NodeShell } from '../../ports/node-shell.ts'
import { trustOf } from './check-endpoint.ts'
import { type ConfiguredCluster, configuredClusters } from './configured.ts'
import { ownPath } from './own-path.ts'

export type GatherParts = {
  readonly configuration: Configuration
  readonly clock: Clock
  readonly watches: readonly ClusterWatch[]
  readonly shells: readonly NodeShell[]
  readonly disarmed: readonly DisarmRow[]
  /** Of the running watchdog. */
  readonly alerting?: AlertingStatus
}

/** Looks at everything that the audit judges. What cannot be looked at is missing in it; nothing is changed. */
export async function gatherAudit(parts: GatherParts): Promise<AuditInput> {
  const { configuration, clock, alerting } = parts
  const [path, ...clusters] = await Promise.all([
    ownPath(configuration, clock.now().wallMs, alerting),
    ...configuredClusters(configuration).map((configured) => clusterOf(configured, parts)),
  ])
  return { path, clusters }
}

async function clusterOf(configured: ConfiguredCluster, parts: GatherParts): Promise<AuditedCluster> {
  const { settings, features } = configured
  const { cluster } = settings
  const watch = parts.watches.find((each) => each.cluster === cluster)
  const shell = parts.shells.find((each) => each.cluster === cluster)
  const base = {
    cluster,
    endpoints: settings.endpoints.map((endpoint) => ({
      url: endpoint.url,
      trust: trustOf(endpoint.tls ?? settings.tls),
    })),
    features,
    disarmed: parts.disarmed.filter((row) => row.cluster === cluster),
  }
  if (watch === undefined) return { ...base, nodes: [] }
  await watch.refresh(['status', 'votes', 'qdevice', 'ha', 'node'])
  const now = parts.clock.now()
  const model = judgeCluster(watch.views(), now, settings.pollMs)
  const looks = { watch, model, nowS: now.wallMs / 1000, ...(shell === undefined ? {} : { shell }) }
  const [permissions, nodes] = await Promise.all([
    watch.permissions(),
    Promise.all(model.nodes.map(({ name }) => nodeFacts(name, looks))),
  ])
  const had = permissions.ok ? permissions.value : undefined
  const hosts = hostsByNode(
    model.nodes,
    parts.configuration.hosts.filter((host) => host.cluster === cluster),
  )
  const upsPhases = phasesOf(
    parts.configuration,
    siteOf(model, (node) => hosts.get(node), had),
  )
  return { ...base, model, nodes, ...given({ permissions: had, upsPhases }) }
}

/** What each phase of the plan for power failures has stopped by its end, in this cluster. */
function phasesOf({ ups }: Configuration, { nodes, ha }: PowerSite): readonly UpsPhase[] | undefined {
  const stops: string[] = []
  return ups?.policy.stages.map(({ name, hosts }) => {
    stops.push(...nodes.flatMap(({ node, host }) => (host !== undefined && hosts.includes(host) ? [node] : [])))
    return { name, stops: [...stops], disarmsHa: ha.way !== 'none', ...given({ why: ha.why }) }
  })
}
