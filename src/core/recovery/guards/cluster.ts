import { spell } from '../../phrase.ts'
import type { Purpose } from '../../power/types.ts'
import { feedsOf } from '../../state/initial.ts'
import type { PeersView } from '../../state/types.ts'
import { elapsedMs } from '../../time.ts'
import { type Guard, RECOVERY, type Situation } from './guard.ts'

/** A view of the cluster older than this tells nothing about now. */
export const VIEW_FRESH_MS = 60_000

/**
 * What a cut would disturb in a cluster. The plan for power failures switches only what it has verified off, and its
 * nodes come back to a cluster that is torn because they are away.
 */
const OF_LIVING: readonly Purpose[] = ['recovery', 'update']

/** Guards about what the cluster's own members say. They rest where Proxmox is not configured. */
export const clusterGuards: readonly Guard[] = [
  { code: 'peers-unknown', purposes: RECOVERY, check: peersUnknown },
  {
    code: 'peers-see-it',
    purposes: ['recovery', 'ups'],
    check: withView((view, { host }) =>
      view.members.includes(host.name) ? `The other nodes still see ${host.name} as a member.` : undefined,
    ),
  },
  {
    code: 'split-brain-risk',
    purposes: OF_LIVING,
    check: withView((view) => view.viewsDisagree),
  },
  {
    code: 'ha-transition',
    purposes: OF_LIVING,
    check: withView((view, { host }) =>
      view.haBusy !== undefined && !view.fencedNodes.includes(host.name) ? view.haBusy : undefined,
    ),
  },
  {
    code: 'quorum-cost',
    purposes: OF_LIVING,
    check: withView((view, { host }) =>
      view.costsQuorum.includes(host.name)
        ? `${host.name} may still vote, and without it the rest would lose quorum.`
        : undefined,
    ),
  },
  { code: 'storage-hold', purposes: RECOVERY, check: withView((view) => view.storageTrouble) },
  { code: 'task-running', purposes: OF_LIVING, check: withView((view, { host }) => view.tasks[host.name]) },
  {
    code: 'rebooting',
    purposes: RECOVERY,
    check: withView((view, { host, now }) => {
      const stop = view.cleanStops[host.name]
      if (stop?.kind !== 'rebooting') return undefined
      const leftMs = host.bootGraceMs - elapsedMs(stop.at, now)
      return leftMs > 0 ? `${host.name} is rebooting; ${spell(leftMs)} of its boot grace are left.` : undefined
    }),
  },
  {
    code: 'shut-down',
    purposes: RECOVERY,
    check: withView((view, { host }) =>
      view.cleanStops[host.name]?.kind === 'shut-down' ? `${host.name} was shut down cleanly.` : undefined,
    ),
  },
  {
    code: 'maintenance',
    purposes: RECOVERY,
    check: withView((view, { host }) =>
      view.inMaintenance.includes(host.name) ? `${host.name} is in maintenance mode in Proxmox.` : undefined,
    ),
  },
]

/** Asks a fresh, quorate view only; whether there is one is the matter of `peers-unknown`. */
function withView(ask: (view: PeersView, situation: Situation) => string | undefined): Guard['check'] {
  return (situation) => {
    const { name, cluster } = situation.host
    const view = feedsOf(situation.state).peers[cluster]
    if (view === undefined || !usable(view, situation) || !view.nodes.includes(name)) return undefined
    return ask(view, situation)
  }
}

function usable(view: PeersView, { now }: Situation): boolean {
  return view.quorate && elapsedMs(view.at, now) <= VIEW_FRESH_MS
}

function peersUnknown(situation: Situation): string | undefined {
  const { name, cluster } = situation.host
  const { peers, peersConfigured } = feedsOf(situation.state)
  if (!peersConfigured.includes(cluster)) return undefined
  const view = peers[cluster]
  if (view === undefined) return 'Proxmox is configured, but no node has told its view yet.'
  // A machine that is no node of the cluster has no peers in it.
  if (usable(view, situation) || !view.nodes.includes(name)) return undefined
  if (!view.quorate) return 'No quorate node tells what the peers see.'
  return `The last view of the cluster is ${spell(elapsedMs(view.at, situation.now))} old.`
}
