import type { PowerNight } from './power-night.ts'

const LONGEST_S = 8 * 3_600

/** Heals everything, waits for the end of the failure, and says what is not as it was, or happened and must not. */
export function trouble(night: PowerNight): readonly string[] {
  const { world } = night
  night.storeOk = true
  night.healed = true
  for (const unit of Object.values(world.units)) unit.heard = true
  world.mains(true)
  night.until(() => night.outage() === undefined, LONGEST_S)
  night.run(600)
  return [
    ...night.broken,
    ...world.broken,
    ...Object.values(world.hosts).flatMap(({ name, state }) => (state === 'up' ? [] : [`${name} is ${state}`])),
    ...Object.values(world.guests).flatMap(({ id, running }) => (running ? [] : [`${id} does not run`])),
    ...(world.haArmed ? [] : ['HA is not armed']),
    ...(world.cephFlags ? ['the flags of Ceph are set'] : []),
    ...(night.outage() === undefined ? [] : ['the failure is not over']),
    ...Object.values(night.state.claims).flatMap(({ purpose, target }) =>
      purpose === 'ups' ? [`a claim on ${target} is left`] : [],
    ),
  ]
}
