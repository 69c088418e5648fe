import type { Snapshot, State } from '../../../src/core/state/types.ts'
import type { Errand } from '../../../src/core/ups/errands.ts'
import type { Ask, PowerOutage } from '../../../src/core/ups/types.ts'
import type { PowerWorld } from './power-world.ts'

/** What is wrong with an errand at the moment it leaves; `durable` is what a restart would find. */
export function judgeErrand(errand: Errand, state: State, durable: Snapshot, world: PowerWorld): string | undefined {
  const outage = Object.values(durable.powerOutages).find(({ phase }) => phase !== 'over')
  if (outage === undefined) return `${errand.do} left without a power failure on disk`
  if (!asksOf(outage).some((ask) => ask.errand === errand.id)) return `${errand.do} left before it was on disk`
  const isReturning = outage.phase === 'returning'
  switch (errand.do) {
    case 'shutdown-node':
      return judgeShutdown(errand, outage, state, world)
    case 'stop-guest':
      if (world.guests[errand.guest]?.ha === true && world.haArmed) return `${errand.guest} was stopped against HA`
      return isReturning ? `${errand.guest} was stopped during the return` : undefined
    case 'wake':
    case 'start-guest':
    case 'arm-ha':
      return isReturning ? undefined : `${errand.do} before mains was back for good`
    default:
      return undefined
  }
}

function judgeShutdown(
  errand: Extract<Errand, { do: 'shutdown-node' }>,
  outage: PowerOutage,
  state: State,
  world: PowerWorld,
): string | undefined {
  const part = outage.hosts[errand.host]
  if (part === undefined) return `${errand.host} is no part of the plan`
  if (outage.stages[part.stage]?.committedAt === undefined) return `${errand.host} went before its stage was committed`
  if (outage.phase === 'returning') return `${errand.host} was shut down during the return`
  const isHurry = outage.urgent !== undefined
  const before = Object.values(outage.hosts).filter(({ stage }) => stage >= 0 && stage < part.stage)
  const runs = before.find(
    ({ host, step }) => step !== 'off' && step !== 'not-off' && world.hosts[host]?.state === 'up',
  )
  const isTogether = Object.values(outage.clusters).some(({ ha }) => ha === 'refused')
  const isOwn = state.policy.hosts.some(({ name, runsHere }) => runsHere && name === runs?.host)
  if (runs !== undefined && !isHurry && !isTogether && !isOwn) return `${errand.host} went before ${runs.host}`
  return undefined
}

function asksOf({ hosts, guests, clusters }: PowerOutage): readonly Ask[] {
  return [
    ...Object.values(hosts).map(({ ask }) => ask),
    ...Object.values(guests).map(({ ask }) => ask),
    ...Object.values(clusters).flatMap(({ haAsk, cephAsk, replicateAsk }) => [haAsk, cephAsk, replicateAsk]),
  ]
}
