import type { State } from '../../src/core/state/types.ts'
import type { UpsPolicy } from '../../src/core/ups/policy.ts'
import type { UpsReading } from '../../src/core/ups/reading.ts'
import type { HostProgress, PowerOutage } from '../../src/core/ups/types.ts'
import { ago, MINUTE, SECOND } from './clock.ts'
import { POLICY } from './situation.ts'

/** One UPS that feeds all three hosts, which go in two stages. */
export const UPS: UpsPolicy = {
  units: [{ name: 'rack', deadMs: 15 * SECOND }],
  hosts: ['pve1', 'pve2', 'pve3'].map((host) => ({
    host,
    units: ['rack'],
    onBatteryWhen: 'any',
    shutdownBy: ['api'],
    startBy: ['outlet'],
  })),
  stages: [
    { name: 'secondaries', afterMs: 5 * MINUTE, shedTags: [], hosts: ['pve2', 'pve3'] },
    { name: 'last', afterMs: 15 * MINUTE, shedTags: [], hosts: ['pve1'] },
  ],
  debounceMs: 30 * SECOND,
  marginMs: 2 * MINUTE,
  guestDownMs: 3 * MINUTE,
  guestDeadlineMs: 5 * MINUTE,
  nodeDownMs: 2 * MINUTE,
  nodeDeadlineMs: 5 * MINUTE,
  haDeadlineMs: 2 * MINUTE,
  stableMs: 5 * MINUTE,
  returnChargePercent: 20,
  firmwareWaitMs: 2 * MINUTE,
  bootPatienceMs: 5 * MINUTE,
  outletHoldMs: 10 * SECOND,
}

/** On battery for six minutes: the first stage runs, and pve2 is being shut down. */
export function onBattery(state: State): State {
  const at = ago(SECOND)
  const since = ago(6 * MINUTE)
  const heard: UpsReading = {
    ups: 'rack',
    at,
    hearing: 'heard',
    connection: 1,
    status: ['OB', 'DISCHRG'],
    chargePercent: 70,
    runtimeMs: 20 * MINUTE,
    watts: 300,
  }
  return {
    ...state,
    policy: { ...POLICY, ...state.policy, ups: UPS },
    upsUnits: { rack: { unit: 'rack', supply: 'battery', since, heardAt: at, low: false, fsd: 'none' } },
    upsNow: { rack: { unit: 'rack', reading: heard, heard, told: [] } },
    powerOutages: { 'outage-1': outageOf({ step: 'shutting-down', since: ago(MINUTE) }) },
  }
}

/** A failure on battery in which pve2 is as given. */
export function outageOf(pve2: Partial<HostProgress>): PowerOutage {
  const since = ago(6 * MINUTE)
  const hosts = UPS.hosts.map(
    (fed): HostProgress => ({
      host: fed.host,
      cluster: 'home',
      node: fed.host,
      fed,
      stage: fed.host === 'pve1' ? 1 : 0,
      step: 'running',
      since,
      ask: { attempts: 0 },
      ...(fed.host === 'pve2' ? pve2 : {}),
    }),
  )
  return {
    id: 'outage-1',
    startedAt: since,
    phase: 'on-battery',
    dryRun: false,
    relapses: 0,
    units: {},
    stages: UPS.stages.map((plan, index) => ({
      name: plan.name,
      plan,
      ...(index === 0 ? { begunAt: ago(MINUTE), why: 'on battery for 5 min' } : {}),
    })),
    hosts: Object.fromEntries(hosts.map((each) => [each.host, each])),
    clusters: {},
    guests: {},
    story: [],
  }
}
