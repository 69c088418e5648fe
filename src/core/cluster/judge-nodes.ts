import { elapsedMs } from '../time.ts'
import type { QuorumMargin } from './margin.ts'
import type { NodeModel } from './model-types.ts'
import { type Asked, type Field, type Told, tellOf } from './told.ts'
import {
  type ClusterStatus,
  type HaStatus,
  type Member,
  type NodeView,
  type Resources,
  SECTIONS,
  type Updates,
} from './types.ts'

export type NodeSources = {
  readonly asked: Asked
  readonly believed: ClusterStatus | undefined
  readonly margin: QuorumMargin | undefined
  readonly ha: Told<HaStatus> | undefined
  readonly resources: Told<Resources> | undefined
}

/** Every node that any view or endpoint knows. */
export function judgeNodes(sources: NodeSources): readonly NodeModel[] {
  const { asked, believed } = sources
  const views = Object.values(asked.views.views)
  const names = new Set<string>([
    ...(believed?.members.map(({ name }) => name) ?? []),
    ...views.map(({ node }) => node),
    // Without a believed view whatever was last said is all that there is.
    ...(believed === undefined
      ? views.flatMap(({ status }) => status?.value.members.map(({ name }) => name) ?? [])
      : []),
  ])
  return [...names].sort().map((name) => judgeNode(name, sources))
}

function judgeNode(name: string, sources: NodeSources): NodeModel {
  const { asked, believed, margin, ha, resources } = sources
  const view = asked.views.views[name]
  const judged = asked.agreement.views[name]
  const member = believed?.members.find((each) => each.name === name) ?? lastMember(asked, name)
  // A node that the believed view does not list at all is no member of the cluster any more.
  const online = believed?.members.some((each) => each.name === name && each.online)
  const row = online === true ? resources?.value.nodes.find(({ node }) => node === name) : undefined
  const lrm = ha?.value.lrms.find(({ node }) => node === name)
  const haState = ha?.value.nodeStates[name]
  return {
    name,
    nodeId: member?.nodeId,
    ip: member?.ip,
    online,
    standing: judged?.standing ?? 'silent',
    asked: view !== undefined,
    viewAgeMs: judged?.ageMs,
    costsQuorum: margin?.losingCosts[name],
    haState,
    lrm,
    inMaintenance: haState === 'maintenance' || /^maintenance/.test(lrm?.state ?? ''),
    row,
    ...ownOf(asked, view, online, row?.uptimeS),
    errors: view?.errors ?? {},
    ages: view === undefined ? {} : agesOf(asked, view),
  }
}

/** What the node says of itself. */
function ownOf(asked: Asked, view: NodeView | undefined, online: boolean | undefined, rowUptimeS: number | undefined) {
  const of = <F extends Field>(field: F) => (view === undefined ? undefined : tellOf(asked, view, field))
  const own = of('own')
  const status = own?.fresh === true ? own.value : undefined
  const updates = of('updates')
  return {
    own,
    uptimeS: status?.uptimeS ?? (online === true ? rowUptimeS : undefined),
    version: of('version')?.value.version ?? own?.value.pveVersion,
    kernel: own?.value.kernel,
    updates,
    rebootRequired: updates && rebootRequired(updates.value),
    certificates: of('certificates'),
    services: of('services'),
    clockOffsetS:
      status?.clockS === undefined || status.clockOursS === undefined ? undefined : status.clockS - status.clockOursS,
  }
}

/** Of a kernel that Proxmox did not make nothing is known. */
function rebootRequired({ runningKernel, newestKernel }: Updates): boolean | undefined {
  if (runningKernel === undefined || newestKernel === undefined || !runningKernel.endsWith('-pve')) return undefined
  return runningKernel !== newestKernel
}

function lastMember(asked: Asked, name: string): Member | undefined {
  const views = Object.values(asked.views.views)
  return views.flatMap(({ status }) => status?.value.members ?? []).find((member) => member.name === name)
}

function agesOf({ now }: Asked, view: NodeView): NodeModel['ages'] {
  const ages = SECTIONS.flatMap((section) => {
    const read = view[section === 'node' ? 'own' : section]
    return read === undefined ? [] : [[section, elapsedMs(read.at, now)] as const]
  })
  return Object.fromEntries(ages)
}
