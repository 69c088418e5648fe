import { spell } from '../../phrase.ts'
import { metaOf } from '../../state/initial.ts'
import type { State } from '../../state/types.ts'
import type { At } from '../../time.ts'
import { isIdle, isSettled } from '../host-step.ts'
import { learnedBoot, learnedGuest, learnedMs } from '../learned.ts'
import { needOf, runningOn } from '../need.ts'
import type { UpsPolicy } from '../policy.ts'
import { liveOutage } from '../supply.ts'
import type { PowerOutage } from '../types.ts'
import { SUPPOSED_CHARGING_MS } from './battery-model.ts'
import { clustersOf } from './clusters.ts'
import { ForecastRun } from './forecast-run.ts'
import { SUPPOSED_BOOT_MS } from './site-model.ts'
import type { Forecast, ForecastHost, ForecastMoment, ForecastUnit, Suppositions } from './types.ts'

const HORIZON_MS = 24 * 3_600_000
/** Where nothing says how long mains is away it is back so long after the last thing that the plan does. */
const BACK_AFTER_MS = 5 * 60_000
const TOLD = /^(?:power-|ups-low|cycle-failed|switched-on|cycle-done)/

/**
 * What would happen if mains failed now, or how the failure that is under way goes on. By the code that decides in a real
 * one; nothing is changed and nothing is sent. Undefined where no UPS is configured.
 */
export function forecastOutage(state: State, at: At, supposed: Suppositions = {}): Forecast | undefined {
  const { ups } = state.policy
  if (ups === undefined) return undefined
  const live = liveOutage(state)
  const run = new ForecastRun(acting(state), ups, at, supposed)
  const backs = play(run, live, supposed)
  const isDry = state.policy.mode === 'dry-run' || metaOf(state).forcedDryRun !== undefined
  return {
    isLive: live !== undefined,
    mode: isDry ? 'dry-run' : 'act',
    units: run.batteries.map((battery) => unitOf(state, battery, backs)),
    hosts: ups.hosts.map(({ host }) => hostOf(state, ups, run, host)),
    clusters: clustersOf(state, ups),
    timeline: timelineOf(run, backs),
    ...(backs.backAtMs === undefined ? {} : { mainsBackAfterMs: backs.backAtMs }),
    ends: backs.isOver ? 'over' : 'horizon',
    supposed: suppositions(state, ups, run, supposed),
  }
}

/** As in mode act: dry-run would only say what it would do, and not what comes of it. */
function acting(state: State): State {
  const meta = { ...metaOf(state) }
  delete (meta as { forcedDryRun?: string }).forcedDryRun
  const outages = Object.entries(state.powerOutages).map(([id, outage]) => [id, { ...outage, dryRun: false }] as const)
  return {
    ...state,
    policy: { ...state.policy, mode: 'act' },
    meta: { meta },
    powerOutages: Object.fromEntries(outages),
  }
}

type Course = {
  readonly isOver: boolean
  readonly backAtMs?: number
  /** Charge of each UPS in that moment. */
  readonly left: Readonly<Record<string, number | undefined>>
  readonly empty: Readonly<Record<string, number>>
}

/** Mains fails, everything goes its way, mains is back, everything returns. */
function play(run: ForecastRun, live: PowerOutage | undefined, supposed: Suppositions): Course {
  const empty: Record<string, number> = {}
  let left: Record<string, number | undefined> = {}
  let backAtMs: number | undefined
  let quietSinceMs: number | undefined
  if (live?.phase !== 'returning') run.fail(supposed.units)
  while (run.nowMs < HORIZON_MS) {
    run.step()
    for (const { unit, isEmpty } of run.batteries) if (isEmpty) empty[unit] ??= run.nowMs
    const outage = liveOutage(run.state)
    if (backAtMs !== undefined) {
      if (outage === undefined) return { isOver: true, backAtMs, left, empty }
      continue
    }
    quietSinceMs = isAllDown(run, outage) ? (quietSinceMs ?? run.nowMs) : undefined
    const dueMs = supposed.mainsBackAfterMs ?? (quietSinceMs ?? Number.POSITIVE_INFINITY) + BACK_AFTER_MS
    if (run.nowMs < dueMs) continue
    backAtMs = run.nowMs
    left = Object.fromEntries(run.batteries.map(({ unit, chargePercent }) => [unit, chargePercent]))
    run.restore()
  }
  return { isOver: false, left, empty, ...(backAtMs === undefined ? {} : { backAtMs }) }
}

function isAllDown(run: ForecastRun, outage: PowerOutage | undefined): boolean {
  if (run.isAway) return true
  if (outage === undefined) return false
  const going = Object.values(outage.hosts).filter(({ stage }) => stage >= 0)
  if (going.length === 0) return outage.stages.every(({ begunAt }) => begunAt !== undefined)
  return going.every((host) => isSettled(host) || !isFed(run, host.fed.units)) && !going.every(isIdle)
}

/** Hosts on a UPS that does not fail stay up. */
function isFed(run: ForecastRun, units: readonly string[]): boolean {
  return run.batteries.some(({ unit, onBattery }) => onBattery && units.includes(unit))
}

function unitOf(state: State, battery: ForecastRun['batteries'][number], course: Course): ForecastUnit {
  const { unit, loads } = battery
  const { chargePercent, runtimeMs } = state.upsNow[unit]?.heard ?? {}
  const leftPercent = course.left[unit]
  const emptyAfterMs = course.empty[unit]
  return {
    unit,
    ...(chargePercent === undefined ? {} : { chargePercent }),
    ...(runtimeMs === undefined ? {} : { runtimeMs }),
    ...(loads.watts === undefined ? {} : { watts: loads.watts }),
    loads: loads.hosts,
    restRatio: loads.restRatio,
    ...(leftPercent === undefined ? {} : { leftPercent }),
    ...(emptyAfterMs === undefined ? {} : { emptyAfterMs }),
  }
}

function hostOf(state: State, policy: UpsPolicy, run: ForecastRun, host: string): ForecastHost {
  const fed = policy.hosts.find((each) => each.host === host)
  const stage = policy.stages.find(({ hosts }) => hosts.includes(host))?.name
  const when = (code: string) => run.told.find((told) => told.code === code && told.host === host)?.afterMs
  const offAfterMs = when('power-node-off')
  const backAfterMs = when('power-node-back')
  return {
    ...needOf(state, policy, fed as NonNullable<typeof fed>),
    ...(stage === undefined ? {} : { stage }),
    ...(offAfterMs === undefined ? {} : { offAfterMs }),
    ...(run.site.lostAtMs(host) === undefined ? {} : { lostPowerAfterMs: run.site.lostAtMs(host) as number }),
    ...(backAfterMs === undefined ? {} : { backAfterMs }),
  }
}

function timelineOf(run: ForecastRun, { backAtMs, empty }: Course): readonly ForecastMoment[] {
  const told = run.told
    .filter(({ code }) => TOLD.test(code))
    .map(({ afterMs, code, sentence, host }): ForecastMoment => {
      return { afterMs, code, sentence, ...(host === undefined ? {} : { host }) }
    })
  const lost = run.site.lost.map(({ host, atMs }): ForecastMoment => {
    return { afterMs: atMs, code: 'supposed', sentence: `The battery is empty and ${host} loses its power.`, host }
  })
  const emptied = Object.entries(empty).map(([unit, afterMs]): ForecastMoment => {
    return { afterMs, code: 'supposed', sentence: `The battery of UPS ${unit} is empty.` }
  })
  const back: ForecastMoment[] =
    backAtMs === undefined ? [] : [{ afterMs: backAtMs, code: 'supposed', sentence: 'Mains is back, as is supposed.' }]
  // What is supposed goes before what the plan says of it.
  return [...emptied, ...lost, ...back, ...told].sort((a, b) => a.afterMs - b.afterMs)
}

function suppositions(state: State, policy: UpsPolicy, run: ForecastRun, supposed: Suppositions): readonly string[] {
  const silent = run.batteries.filter(({ chargePercent, unit }) => {
    return chargePercent === undefined && state.upsNow[unit]?.heard?.runtimeMs === undefined
  })
  const unmeasured = policy.hosts.filter((fed) => !needOf(state, policy, fed).learned).map(({ host }) => host)
  const unbooted = policy.hosts.filter(({ host }) => learnedMs(state, learnedBoot(host)) === undefined)
  const guests = policy.hosts
    .flatMap(({ host }) => runningOn(state, host))
    .filter(({ cluster, guest }) => learnedMs(state, learnedGuest(cluster, guest.guest)) === undefined)
  return [
    supposed.mainsBackAfterMs === undefined
      ? `mains is back ${spell(BACK_AFTER_MS)} after everything that goes is down`
      : `mains is back ${spell(supposed.mainsBackAfterMs)} after it failed`,
    ...(supposed.runtimeMs === undefined && silent.length > 0
      ? [`UPS ${silent.map(({ unit }) => unit).join(', ')} does not tell what is left: its battery lasts`]
      : []),
    `an empty battery is full again after ${spell(SUPPOSED_CHARGING_MS)}`,
    ...(unmeasured.length === 0
      ? []
      : [
          `${unmeasured.join(', ')}: how long it takes to go down was not measured yet${guests.length === 0 ? '' : ` (nor ${guests.length === 1 ? 'one guest' : `${guests.length} guests`})`}, so that all of the time it may take is counted`,
        ]),
    ...(unbooted.length === 0
      ? []
      : [`${unbooted.map(({ host }) => host).join(', ')}: answers ${spell(SUPPOSED_BOOT_MS)} after it is switched on`]),
    ...(run.own === undefined ? [] : [`${run.own}, which carries the watchdog, starts by itself once mains is back`]),
    'magic packets and outlets start what they are meant to start, and a host that lost its power starts with it',
  ]
}
