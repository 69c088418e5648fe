import type { Cluster, ClusterNode, Quorum, Unread } from '../../api/cluster.ts'
import type { ClusterModel, NodeModel } from '../../core/cluster/model-types.ts'
import type { ReadError, Section } from '../../core/cluster/types.ts'
import { guestsBriefOf } from './guests.ts'
import { maybe, wallPast } from './moments.ts'

/** One cluster as the API shows it. What could not be read is missing, and told in `notRead`. */
export function clusterOf(model: ClusterModel): Cluster {
  const { agreement, at } = model
  return {
    name: model.cluster,
    ownName: model.ownName,
    trusted: model.trusted,
    believed: agreement.believed,
    viewsAgree: viewsAgree(model) ?? null,
    differences: differencesOf(model),
    quorum: quorumOf(model),
    nodes: model.nodes.map((node) => nodeOf(node, model)),
    ha: haOf(model),
    guests: guestsBriefOf(model),
    storages: model.storages.map(({ active, ageMs: _, ...storage }) => ({ ...storage, active: active ?? null })),
    replication: model.replication.map(({ id, guest, source, target, lastSyncS, failures, durationS, error }) => ({
      ...{ id, guest, source, target, failures, durationS, error },
      lastSync: lastSyncS > 0 ? wallPast(lastSyncS * 1000, at) : undefined,
    })),
    tasks: model.tasks
      .filter(({ endS }) => endS === undefined)
      .map(({ node, type, id, user, startS }) => ({ node, type, id, user, started: wallPast(startS * 1000, at) })),
    ceph: maybe(model.ceph, ({ value }) => ({ health: value.health, checks: [...value.checks] })),
    notRead: notReadOf(model),
  }
}

/** Undefined where there are not two views to compare. */
export function viewsAgree({ agreement }: ClusterModel): boolean | undefined {
  const compared = Object.values(agreement.views).filter(
    ({ standing }) => standing === 'fresh' || standing === 'no-quorum',
  )
  return compared.length < 2 ? undefined : agreement.differences.length === 0 && agreement.splitBrain === undefined
}

function differencesOf({ agreement }: ClusterModel): string[] {
  const { splitBrain, differences } = agreement
  return [...(splitBrain === undefined ? [] : [splitBrain]), ...differences.map(({ sentence }) => sentence)]
}

function quorumOf({ margin, qdevice }: ClusterModel): Quorum | undefined {
  if (margin === undefined) return undefined
  return {
    quorate: margin.quorate,
    votesPresent: margin.presentVotes,
    votesNeeded: margin.neededVotes,
    votesExpected: margin.expectedVotes,
    survivesFailures: margin.survivesFailures,
    qdevice: margin.qdevice,
    qdeviceVotes: margin.qdeviceVotes,
    qdeviceWords: qdevice?.value.state === 'none' ? undefined : qdevice?.value.words,
  }
}

function nodeOf(node: NodeModel, { agreement }: ClusterModel): ClusterNode {
  const others = Object.values(agreement.views).filter(
    ({ standing }) => standing === 'fresh' || standing === 'no-quorum',
  )
  const own = node.own?.fresh === true ? node.own.value : undefined
  return {
    name: node.name,
    online: node.online ?? null,
    standing: node.standing,
    viewAgeMs: node.viewAgeMs,
    sees: [...(agreement.views[node.name]?.sees ?? [])],
    seenBy: others.filter(({ sees }) => sees.includes(node.name)).map((view) => view.node),
    notSeenBy: others.filter(({ sees }) => !sees.includes(node.name)).map((view) => view.node),
    losingCostsQuorum: node.costsQuorum,
    uptimeS: node.uptimeS,
    version: node.version,
    kernel: node.kernel,
    cpuRatio: own?.cpuRatio ?? node.row?.cpuRatio,
    cpus: own?.cpus ?? node.row?.cpus,
    memoryBytes: own?.memoryBytes ?? node.row?.memoryBytes,
    memoryMaxBytes: own?.memoryMaxBytes ?? node.row?.memoryMaxBytes,
    rootUsedBytes: own?.rootUsedBytes ?? node.row?.diskBytes,
    rootTotalBytes: own?.rootTotalBytes ?? node.row?.diskMaxBytes,
    loads: own === undefined ? undefined : [...own.loads],
    haState: node.haState,
    lrm: maybe(node.lrm, ({ state, watchdog, dead }) => ({ state, watchdog, dead })),
    inMaintenance: node.inMaintenance,
    updatesPending: updatesPending(node),
    rebootRequired: node.rebootRequired,
    clockOffsetS: node.clockOffsetS,
  }
}

/** Undefined where the list could not be read: an empty one would say that all is well. */
export function updatesPending({ updates }: NodeModel): number | undefined {
  return updates === undefined || updates.value.pendingUnknown === true ? undefined : updates.value.pending.length
}

function haOf({ ha }: ClusterModel): Cluster['ha'] {
  return maybe(ha, ({ ageMs, value }) => ({
    ageMs,
    armed: value.armed,
    master: value.master?.node,
    services: value.services.map(({ sid, node, state, requestState }) => ({
      ...{ sid, node, state },
      requested: requestState,
    })),
  }))
}

function notReadOf({ nodes, unreached }: ClusterModel): Unread[] {
  const endpoints = Object.entries(unreached).map(([endpoint, { code, sentence }]) => ({
    ...{ node: endpoint, code, sentence },
  }))
  const sections = nodes.flatMap((node) =>
    (Object.entries(node.errors) as [Section, ReadError][]).map(([section, { code, sentence }]) => ({
      ...{ node: node.name, section, code, sentence },
      lastReadAgeMs: node.ages[section],
    })),
  )
  return [...endpoints, ...sections]
}
