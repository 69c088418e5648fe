import { type At, elapsedMs } from '../time.ts'
import type { ClusterModel, NodeModel } from './model-types.ts'
import { isRunning } from './tasks.ts'

export type CleanStop = { readonly kind: 'rebooting' | 'shut-down'; readonly at: At }
/** By node. Signs that a node is about to go down because somebody wants it to, remembered until it is back. */
export type StopSigns = Readonly<Record<string, CleanStop & { readonly gone: boolean }>>

/** A sign that nothing came of for so long was none: somebody only stopped all guests. */
const NOTHING_CAME_MS = 300_000
/** One that did not come back for so long is no longer rebooting; from then on others may say what is the matter. */
const FORGET_MS = 24 * 3_600_000

/** Takes in what the cluster shows now: to be called at each judgement, with what it answered before. */
export function watchStops(before: StopSigns, model: ClusterModel): StopSigns {
  const after: Record<string, StopSigns[string]> = {}
  for (const node of model.nodes) {
    const sign = signOf(node, model)
    const known = before[node.name]
    const next = sign ?? known
    if (next === undefined) continue
    const at = known !== undefined && (known.gone || sign === undefined) ? known.at : model.at
    const gone = node.online === false || (known?.gone === true && node.online === undefined)
    const ageMs = elapsedMs(at, model.at)
    const isBack = known?.gone === true && node.online === true && sign === undefined
    if (isBack || (!gone && sign === undefined && ageMs > NOTHING_CAME_MS) || ageMs > FORGET_MS) continue
    after[node.name] = { kind: next.kind, at, gone }
  }
  return after
}

/** Those that have gone: what is still there has not stopped. */
export function goneCleanly(signs: StopSigns): Readonly<Record<string, CleanStop>> {
  const gone = Object.entries(signs).filter(([, sign]) => sign.gone)
  return Object.fromEntries(gone.map(([node, { kind, at }]) => [node, { kind, at }]))
}

/**
 * While it is still there, the local resource manager tells in its status that its node goes down: `restart mode`,
 * `shutdown mode` (pve-ha-manager, PVE::API2::HA::Status and PVE::HA::LRM). Neither is sure: with some policies a reboot
 * is a plain stop for it, and it is in restart mode as well when only its own package is updated. Journals know better.
 * A `stopall` of all guests may be either, or neither: it is taken for the one that holds for a boot's time only.
 */
function signOf(node: NodeModel, { tasks, ha }: ClusterModel): Pick<CleanStop, 'kind'> | undefined {
  if (node.online !== true) return undefined
  const words = ha?.fresh === true && node.lrm?.dead === false ? `${node.lrm.state} ${node.lrm.words}` : ''
  if (/\bre(?:start|boot) mode\b/.test(words)) return { kind: 'rebooting' }
  if (/\bshutdown (?:mode|request)\b/.test(words)) return { kind: 'shut-down' }
  const stopping = tasks.some((task) => task.type === 'stopall' && task.node === node.name && isRunning(task))
  return stopping ? { kind: 'rebooting' } : undefined
}
