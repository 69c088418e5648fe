import type { UpsAnswer, UpsOutage, UpsUnit } from '../../api/ups.ts'
import type { State } from '../../core/state/types.ts'
import type { At } from '../../core/time.ts'
import type { UnitPolicy } from '../../core/ups/policy.ts'
import { reportOf } from '../../core/ups/report.ts'
import { isHeard, liveOutage, supplyOf } from '../../core/ups/supply.ts'
import type { PowerOutage } from '../../core/ups/types.ts'
import { isoOf, maybe, pastOf } from './moments.ts'

export function upsOf(state: State, now: At): UpsAnswer {
  const live = liveOutage(state)
  const ended = Object.values(state.powerOutages).filter(({ phase }) => phase === 'over')
  return {
    configured: state.policy.ups !== undefined,
    units: (state.policy.ups?.units ?? []).map((unit) => unitOf(state, unit, now)),
    outage: maybe(live, (one) => outageOf(one, now)),
    ended: ended.sort((a, b) => b.startedAt.wallMs - a.startedAt.wallMs).map((one) => outageOf(one, now)),
  }
}

function unitOf(state: State, unit: UnitPolicy, now: At): UpsUnit {
  const row = state.upsUnits[unit.name]
  const known = state.upsNow[unit.name]
  const heard = isHeard(state, unit, now)
  const { chargePercent, runtimeMs, loadPercent, watts, status = [] } = known?.heard ?? {}
  return {
    name: unit.name,
    supply: supplyOf(state, unit, now),
    since: maybe(row?.since, (at) => pastOf(at, now)),
    heard,
    why: heard ? undefined : (known?.reading.sentence ?? 'It has not been heard yet.'),
    status: [...status],
    chargePercent,
    runtimeMs,
    loadPercent,
    watts,
    forcedShutdown: row?.fsd ?? 'none',
  }
}

function outageOf(outage: PowerOutage, now: At): UpsOutage {
  return {
    id: outage.id,
    started: isoOf(outage.startedAt.wallMs),
    ended: maybe(outage.endedAt, ({ wallMs }) => isoOf(wallMs)),
    phase: outage.phase,
    dryRun: outage.dryRun,
    stages: outage.stages.map(({ name, begunAt, why, committedAt, finishedAt, deferred }) => ({
      name,
      begun: maybe(begunAt, (at) => pastOf(at, now)),
      why,
      committed: committedAt !== undefined,
      finished: maybe(finishedAt, (at) => pastOf(at, now)),
      waits: deferred,
    })),
    hosts: Object.values(outage.hosts).map(({ host, step, since, ask }) => {
      return { host, step, since: pastOf(since, now), error: ask.lastError }
    }),
    guests: Object.values(outage.guests).map(({ guest, name, node, step }) => ({ guest, name, node, step })),
    clusters: Object.values(outage.clusters).map(({ cluster, ha, ceph }) => ({ cluster, ha, ceph })),
    report: outage.phase === 'over' ? reportOf(outage) : undefined,
    story: outage.story.map(({ at, sentence }) => ({ at: isoOf(at.wallMs), sentence })),
  }
}
