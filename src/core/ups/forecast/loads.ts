import type { State } from '../../state/types.ts'
import type { UpsPolicy } from '../policy.ts'

/** What a UPS carries beside the hosts, such as switches and its own losses, where nobody measures it. */
const SUPPOSED_REST_RATIO = 0.2

export type UnitLoads = {
  readonly unit: string
  readonly watts?: number
  /** What each host takes of all; together with `restRatio` 1. */
  readonly hosts: readonly { readonly host: string; readonly watts?: number; readonly ratio: number }[]
  readonly restRatio: number
}

/** How the load of a UPS is made up: by the meters of its hosts' outlets where there are some, otherwise in equal parts. */
export function loadsOf(state: State, policy: UpsPolicy, unit: string): UnitLoads {
  const fed = policy.hosts.filter(({ units }) => units.includes(unit))
  const metered = fed.map(({ host, units }) => {
    const watts = wattsOf(state, host)
    // With two supplies each UPS carries a part.
    return { host, watts: watts === undefined ? undefined : watts / units.length }
  })
  const watts = state.upsNow[unit]?.heard?.watts
  const known = metered.flatMap(({ watts: own }) => (own === undefined ? [] : [own]))
  const sum = known.reduce((all, own) => all + own, 0)
  const total = Math.max(watts ?? sum / (1 - SUPPOSED_REST_RATIO), sum)
  const isMetered = known.length > 0 && total > 0
  const spare = isMetered ? total - sum : 1
  const unknown = metered.length - known.length
  const share = unknown === 0 ? 0 : (spare * (1 - SUPPOSED_REST_RATIO)) / unknown
  const whole = isMetered ? total : 1
  const hosts = metered.map(({ host, watts: own }) => ({
    host,
    ...(own === undefined ? {} : { watts: own }),
    ratio: (own ?? share) / whole,
  }))
  const taken = hosts.reduce((all, { ratio }) => all + ratio, 0)
  return { unit, ...(watts === undefined ? {} : { watts }), hosts, restRatio: Math.max(0, 1 - taken) }
}

/** What a host draws by the meters of its first level; undefined where one of them is not read. */
function wattsOf(state: State, host: string): number | undefined {
  const refs = state.policy.hosts.find(({ name }) => name === host)?.levels[0] ?? []
  if (refs.length === 0) return undefined
  let sum = 0
  for (const { device, outlet } of refs) {
    const watts = state.devicesNow[device]?.readings[outlet]?.watts
    if (watts === undefined) return undefined
    sum += watts
  }
  return sum
}
