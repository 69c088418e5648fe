import type { State } from '../state/types.ts'
import { liveOutage } from './supply.ts'

const DOWN: ReadonlySet<string> = new Set(['shutting-down', 'off', 'not-off', 'starting'])

/** Hosts that are off, or on their way there or back, because of a power failure; undefined where there are none. */
export function downByPlan(state: State): ReadonlySet<string> | undefined {
  const outage = liveOutage(state)
  if (outage === undefined) return undefined
  const down = Object.values(outage.hosts).filter(({ step }) => DOWN.has(step))
  return down.length === 0 ? undefined : new Set(down.map(({ host }) => host))
}
