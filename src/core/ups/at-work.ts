import type { State } from '../state/types.ts'
import { isIdle } from './host-step.ts'
import { liveOutage } from './supply.ts'

/** Whether the plan for power failures has shut something of a cluster down and not brought it back yet, in a sentence. */
export function powerPlanAtWork(state: State, cluster: string): string | undefined {
  const outage = liveOutage(state)
  if (outage === undefined || outage.dryRun) return undefined
  const hosts = Object.values(outage.hosts).filter((host) => host.cluster === cluster)
  const guests = Object.values(outage.guests).filter((guest) => guest.cluster === cluster)
  const isAtWork = hosts.some((host) => !isIdle(host)) || guests.some(({ step }) => step !== 'running')
  return isAtWork ? 'A power failure is being dealt with.' : undefined
}
