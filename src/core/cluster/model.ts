import type { At } from '../time.ts'
import { agree } from './agreement.ts'
import { USUAL_POLL_MS } from './freshness.ts'
import { judgeGuests } from './judge-guests.ts'
import { judgeNodes } from './judge-nodes.ts'
import { judgeStorages } from './judge-storages.ts'
import { quorumMargin } from './margin.ts'
import type { ClusterModel, ReplicationModel, SectionState } from './model-types.ts'
import { tasksOf } from './tasks.ts'
import { type Asked, type Field, type Told, tell, tellOf, type Value } from './told.ts'
import { type ClusterViews, type QDevice, SECTIONS, type Section } from './types.ts'

/** The views of one cluster, compared and merged: what faces, metrics, alerts and guards go by. */
export function judgeCluster(views: ClusterViews, now: At, pollMs = USUAL_POLL_MS): ClusterModel {
  const agreement = agree(views, now, pollMs)
  const asked: Asked = { views, agreement, now, pollMs }
  const trusted = agreement.believed !== undefined
  const believed = views.views[agreement.believed ?? '']?.status?.value
  const online = new Set(believed?.members.filter((member) => member.online).map(({ name }) => name))
  const isOnline = (node: string) => online.has(node)
  const ha = tell(asked, 'ha')
  const qdevice = qdeviceOf(asked)
  const resources = tell(asked, 'resources') ?? lastResort(asked, 'resources')
  const backups = tell(asked, 'backups')
  const tasks = tasksOf(asked, isOnline)
  const votes = tell(asked, 'votes')?.value
  const margin = believed && quorumMargin(believed, votes, qdevice?.value)
  return {
    cluster: views.cluster,
    ownName: views.ownName,
    at: now,
    agreement,
    trusted,
    margin,
    votes,
    qdevice,
    ha,
    nodes: judgeNodes({ asked, believed, margin, ha, resources }),
    guests: judgeGuests({ asked, resources, isOnline, ha, backups, tasks }),
    storages: judgeStorages({ asked, resources, isOnline }),
    replication: replicationOf(asked),
    backups,
    tasks,
    ceph: tell(asked, 'ceph'),
    sections: sectionsOf(asked),
    unreached: views.unreached,
  }
}

/** Each node has a device daemon of its own: one that lost it counts, whatever the others say. */
function qdeviceOf(asked: Asked): Told<QDevice> | undefined {
  const told = Object.values(asked.views.views)
    .filter(({ node }) => asked.agreement.views[node]?.standing === 'fresh')
    .flatMap((view) => tellOf(asked, view, 'qdevice') ?? [])
    .filter(({ fresh }) => fresh)
  return told.find(({ value }) => value.state === 'failed') ?? tell(asked, 'qdevice')
}

/** Where no node has quorum, what was last told is shown, and said to be no more than that. */
function lastResort<F extends Field>(asked: Asked, field: F): Told<Value<F>> | undefined {
  const told = Object.values(asked.views.views).flatMap((view) => tellOf(asked, view, field) ?? [])
  return told.sort((a, b) => a.ageMs - b.ageMs)[0]
}

/** Each node tells the jobs whose source it is; after a migration another one does, and the newest word counts. */
function replicationOf(asked: Asked): readonly ReplicationModel[] {
  const jobs = new Map<string, ReplicationModel>()
  for (const view of Object.values(asked.views.views)) {
    const told = tellOf(asked, view, 'replication')
    if (told === undefined) continue
    for (const job of told.value) {
      const known = jobs.get(job.id)
      if (known === undefined || told.ageMs < known.ageMs) {
        jobs.set(job.id, { ...job, ageMs: told.ageMs, fresh: told.fresh })
      }
    }
  }
  return [...jobs.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

function sectionsOf(asked: Asked): ClusterModel['sections'] {
  const states = SECTIONS.flatMap((section: Section) => {
    const told = tell(asked, section === 'node' ? 'own' : section)
    const state: SectionState =
      told === undefined ? { fresh: false } : { node: told.node, ageMs: told.ageMs, fresh: told.fresh }
    return [[section, state] as const]
  })
  return Object.fromEntries(states)
}
