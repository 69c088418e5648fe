import { haTransition } from '../cluster/ha-transition.ts'
import type { ClusterModel } from '../cluster/model-types.ts'
import type { At } from '../time.ts'
import type { Inside, Sight } from './types.ts'

export type SightParts = {
  readonly node: string
  readonly now: At
  readonly reached: boolean
  readonly inside?: Inside
  readonly others: readonly string[]
}

/** What the judged cluster says of arming and disarming one of its nodes. */
export function sightOf(model: ClusterModel | undefined, parts: SightParts): Sight {
  const { node, now, reached, others, inside } = parts
  const rest = { now, reached, others, ...(inside === undefined ? {} : { inside }) }
  if (model === undefined) return { ...BLIND, ...rest }
  const ha = model.ha?.fresh === true ? model.ha.value : undefined
  const here = model.nodes.find(({ name }) => name === node)
  const online = model.nodes.filter((each) => each.online === true).map(({ name }) => name)
  const alone = model.nodes.length === 1
  const cost = alone ? false : here?.costsQuorum
  const { busy } = haTransition(model)
  // While it is being disarmed that is no movement of somebody else's.
  const moving = ha?.armed === 'disarming' ? undefined : busy
  return {
    ...rest,
    trusted: model.trusted && ha !== undefined,
    armed: ha?.armed ?? 'unknown',
    services: (ha?.services ?? []).filter(({ state }) => state !== 'ignored').map(({ sid }) => sid),
    holding: (ha?.lrms ?? [])
      .filter((lrm) => online.includes(lrm.node) && !lrm.dead && lrm.watchdog !== 'standby')
      .map((lrm) => lrm.node),
    known: here !== undefined,
    online: online.includes(node),
    ...(moving === undefined ? {} : { busy: moving }),
    ...(cost === undefined ? {} : { costsQuorum: cost }),
  }
}

const BLIND = {
  trusted: false,
  armed: 'unknown',
  services: [],
  holding: [],
  known: false,
  online: false,
} as const satisfies Partial<Sight>
