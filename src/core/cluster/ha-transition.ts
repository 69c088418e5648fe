import { list, spell } from '../phrase.ts'
import type { ClusterModel } from './model-types.ts'
import type { HaService, HaStatus } from './types.ts'

export type HaTransition = {
  /** What HA is doing that a cut would disturb; undefined where it rests. */
  readonly busy?: string
  /** Nodes that are gone and whose loss is what HA deals with: to cut them disturbs nothing. */
  readonly fenced: readonly string[]
}

/** As pve-ha-manager names them. `error`, `freeze`, `ignored` and the like are no movement. */
const MOVING = new Set(['fence', 'recovery', 'migrate', 'relocate'])
const LOST = new Set(['fence', 'recovery'])
/** The manager has not heard of a node for a while, or is getting its lock. */
const NODE_LOST = new Set(['unknown', 'fence'])

export function haTransition(model: ClusterModel): HaTransition {
  const { ha } = model
  // A version without it has no HA that could be disturbed.
  const missing = model.nodes.some(({ errors }) => errors.ha?.code === 'not-supported')
  if (ha === undefined) return missing ? { fenced: [] } : { busy: 'What HA is doing is not known yet.', fenced: [] }
  if (!ha.fresh) {
    return { busy: `What HA is doing was last read ${spell(ha.ageMs)} ago.`, fenced: [] }
  }
  return transitionOf(ha.value, (node) => model.nodes.some(({ name, online }) => name === node && online === true))
}

function transitionOf(ha: HaStatus, isOnline: (node: string) => boolean): HaTransition {
  const moving = ha.services.filter(({ state }) => MOVING.has(state))
  const lost = Object.keys(ha.nodeStates).filter((node) => NODE_LOST.has(ha.nodeStates[node] ?? ''))
  const masterLost = ha.services.length > 0 && ha.master !== undefined && !isOnline(ha.master.node)
  const words = [
    ...moving.slice(0, 4).map(moves),
    ...(moving.length > 4 ? [`${moving.length - 4} more services move`] : []),
    // Without services HA fences nobody.
    ...(ha.services.length === 0 ? [] : lost.map((node) => `${node} is to be fenced or has fallen silent`)),
    ...(masterLost ? [`its manager on ${ha.master?.node} is gone and no other has taken over`] : []),
    ...(ha.armed === 'disarming' ? ['it is being disarmed'] : []),
  ]
  const from = [
    ...moving.filter(({ state }) => LOST.has(state)).map(({ node }) => node),
    ...lost,
    ...(masterLost ? [ha.master?.node ?? ''] : []),
  ]
  return {
    busy: words.length === 0 ? undefined : `HA is at work: ${list(words)}.`,
    fenced: [...new Set(from)].filter((node) => !isOnline(node)).sort(),
  }
}

function moves({ sid, state, node }: HaService): string {
  return state === 'fence' ? `${sid} waits for ${node} to be fenced` : `${sid} of ${node} is in ${state}`
}
