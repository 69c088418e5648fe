import type { HostPolicy } from '../policy.ts'
import type { State } from '../state/types.ts'

/** The first level from `from` on whose devices all answered when they were last asked; undefined where there is none. */
export function levelFor(state: State, host: HostPolicy, from: number): number | undefined {
  for (let level = from; level < host.levels.length; level += 1) {
    const refs = host.levels[level] ?? []
    if (refs.every(({ device }) => state.devicesNow[device]?.reachable === true)) return level
  }
  return undefined
}
