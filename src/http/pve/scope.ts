import type { ClusterModel } from '../../core/cluster/model-types.ts'
import { type Told, tellOf } from '../../core/cluster/told.ts'
import type {
  ApiVersion,
  Backups,
  ClusterStatus,
  ClusterViews,
  GuestConfig,
  NodeView,
  QDevice,
  Replication,
  Resources,
} from '../../core/cluster/types.ts'
import type { At } from '../../core/time.ts'

/** What one scrape is about, from what was read lately; whatever is missing could not be read. */
export type Scope = {
  readonly status?: ClusterStatus
  readonly resources?: Resources
  readonly version?: ApiVersion
  readonly backups?: Backups
  readonly qdevice?: QDevice
  /** What only the node itself tells, for each node that is asked for. */
  readonly nodes: readonly NodePart[]
  /** Each view that it was made of. */
  readonly views: readonly NodeView[]
  readonly now: At
}
export type NodePart = {
  readonly node: string
  readonly guests?: Readonly<Record<string, GuestConfig>>
  readonly replication?: readonly Replication[]
}

export type Sight = { readonly views: ClusterViews; readonly model: ClusterModel; readonly pollMs?: number | undefined }

/** The cluster by the view that is believed, and every node's own part. */
export function clusterScope(sight: Sight): Scope {
  const views = Object.values(sight.views.views)
  return { ...cluster(sight, views), nodes: views.map((view) => nodePart(sight, view)), views, now: sight.model.at }
}

/**
 * As the node itself sees it, and its own part. Where it cannot be asked, or an answer of its own is missing, the others
 * tell: a scrape of a dead node says that it is dead.
 */
export function nodeScope(sight: Sight, view: NodeView | undefined): Scope {
  const all = Object.values(sight.views.views)
  const others = cluster(sight, all)
  if (view === undefined) return { ...others, nodes: [], views: [], now: sight.model.at }
  const own = cluster(sight, [view])
  return { ...others, ...own, nodes: [nodePart(sight, view)], views: [view], now: sight.model.at }
}

function cluster(sight: Sight, views: readonly NodeView[]): Partial<Scope> {
  const quorate = views.filter(({ node }) => sight.model.agreement.views[node]?.standing === 'fresh')
  // Without quorum a node still knows that it has none, and its own guests.
  const status = newest(sight, quorate, 'status') ?? newest(sight, views, 'status')
  const resources = newest(sight, quorate, 'resources') ?? ownRows(sight, views)
  const version = newest(sight, views, 'version')
  const backups = newest(sight, quorate, 'backups')
  const qdevice = qdeviceOf(sight, quorate)
  return {
    ...(status === undefined ? {} : { status }),
    ...(resources === undefined ? {} : { resources }),
    ...(version === undefined ? {} : { version }),
    ...(backups === undefined ? {} : { backups }),
    ...(qdevice === undefined ? {} : { qdevice }),
  }
}

type Field = 'status' | 'resources' | 'version' | 'backups' | 'qdevice' | 'guests' | 'replication'

function fresh<F extends Field>({ views, model, pollMs }: Sight, view: NodeView, field: F) {
  const asked = { views, agreement: model.agreement, now: model.at }
  const told = tellOf(pollMs === undefined ? asked : { ...asked, pollMs }, view, field)
  return told?.fresh === true ? (told as Told<NonNullable<NodeView[F]>['value']>) : undefined
}

function newest<F extends Field>(sight: Sight, views: readonly NodeView[], field: F) {
  let best: Told<NonNullable<NodeView[F]>['value']> | undefined
  for (const view of views) {
    const told = fresh(sight, view, field)
    if (told !== undefined && (best === undefined || told.ageMs < best.ageMs)) best = told
  }
  return best?.value
}

/** A node that lost its QDevice counts, whatever the others say. */
function qdeviceOf(sight: Sight, views: readonly NodeView[]): QDevice | undefined {
  const told = views.flatMap((view) => fresh(sight, view, 'qdevice')?.value ?? [])
  return told.find(({ state }) => state === 'failed') ?? told[0]
}

/** Rows of others on a node without quorum say `running` long after they stopped: only its own are about now. */
function ownRows(sight: Sight, views: readonly NodeView[]): Resources | undefined {
  const told = views.flatMap((view) => {
    const rows = fresh(sight, view, 'resources')?.value
    if (rows === undefined) return []
    const own = <T extends { readonly node: string }>(all: readonly T[]) => all.filter(({ node }) => node === view.node)
    return [{ guests: own(rows.guests), nodes: own(rows.nodes), storages: own(rows.storages) }]
  })
  if (told.length === 0) return undefined
  return {
    guests: told.flatMap(({ guests }) => guests),
    nodes: told.flatMap(({ nodes }) => nodes),
    storages: told.flatMap(({ storages }) => storages),
  }
}

function nodePart(sight: Sight, view: NodeView): NodePart {
  const guests = fresh(sight, view, 'guests')?.value
  const replication = fresh(sight, view, 'replication')?.value
  return {
    node: view.node,
    ...(guests === undefined ? {} : { guests }),
    ...(replication === undefined ? {} : { replication }),
  }
}
