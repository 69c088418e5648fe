import type { Cluster, ClusterNode } from '../../api/cluster.ts'
import { count, percent, share } from '../text/amount.ts'
import type { Paint, Style } from '../text/paint.ts'
import { span } from '../text/span.ts'
import { type Cell, table } from '../text/table.ts'

const COLUMNS = [
  { title: 'NODE' },
  { title: 'STATE' },
  { title: 'SEEN BY' },
  { title: 'OWN VIEW' },
  { title: 'UPTIME', right: true },
  { title: 'VERSION' },
  { title: 'CPU', right: true },
  { title: 'MEMORY', right: true },
  { title: 'ROOT', right: true },
  { title: 'LRM' },
  { title: 'REMARKS' },
] as const

/** One line a node: what the others see of it, and what it tells of itself. */
export function nodeTable({ nodes }: Cluster, paint: Paint): string[] {
  if (nodes.length === 0) return ['No node has answered yet.']
  return table(COLUMNS, nodes.map(row), paint)
}

function row(node: ClusterNode): Cell[] {
  return [
    node.name,
    stateOf(node),
    seenBy(node),
    viewOf(node),
    node.uptimeS === undefined ? '' : span(node.uptimeS * 1000),
    node.version ?? '',
    node.cpuRatio === undefined ? '' : percent(node.cpuRatio),
    used(node.memoryBytes, node.memoryMaxBytes),
    used(node.rootUsedBytes, node.rootTotalBytes),
    lrmOf(node),
    { text: remarks(node).join('; '), style: 'yellow' },
  ]
}

function stateOf({ online, inMaintenance }: ClusterNode): Cell {
  if (online === null) return { text: 'unknown', style: 'yellow' }
  if (!online) return { text: 'OFFLINE', style: 'red' }
  return inMaintenance ? { text: 'maintenance', style: 'yellow' } : { text: 'online', style: 'green' }
}

/** `all`, or who does and who does not. */
function seenBy({ seenBy: seers, notSeenBy }: ClusterNode): Cell {
  if (seers.length + notSeenBy.length === 0) return 'nobody was asked'
  if (notSeenBy.length === 0) return 'all'
  return {
    text: seers.length === 0 ? 'none' : `${seers.join(', ')}; not by ${notSeenBy.join(', ')}`,
    style: seers.length === 0 ? 'red' : 'yellow',
  }
}

const VIEW_STYLE: Readonly<Record<ClusterNode['standing'], Style | undefined>> = {
  fresh: undefined,
  'no-quorum': 'red',
  stale: 'yellow',
  silent: 'yellow',
}

function viewOf({ standing, viewAgeMs }: ClusterNode): Cell {
  const age = viewAgeMs === undefined ? '' : span(viewAgeMs)
  const text = standing === 'fresh' ? age : standing === 'silent' ? 'never read' : `${standing} ${age}`
  return { text, style: VIEW_STYLE[standing] }
}

function used(part: number | undefined, whole: number | undefined): Cell {
  if (part === undefined || whole === undefined || whole === 0) return ''
  return { text: share(part, whole), style: part / whole > 0.9 ? 'red' : undefined }
}

function lrmOf({ lrm }: ClusterNode): Cell {
  if (lrm === undefined) return ''
  if (lrm.dead) return { text: `${lrm.state} (dead?)`, style: 'red' }
  return lrm.watchdog === 'active' ? `${lrm.state}, watchdog` : lrm.state
}

function remarks(node: ClusterNode): string[] {
  return [
    node.losingCostsQuorum === true ? 'losing it costs quorum' : '',
    node.haState === undefined || node.haState === 'online' ? '' : `HA: ${node.haState}`,
    node.rebootRequired === true ? 'reboot required' : '',
    (node.updatesPending ?? 0) > 0 ? count(node.updatesPending ?? 0, 'update') : '',
    Math.abs(node.clockOffsetS ?? 0) >= 1 ? `clock ${node.clockOffsetS?.toFixed(1)} s off` : '',
  ].filter((text) => text !== '')
}
