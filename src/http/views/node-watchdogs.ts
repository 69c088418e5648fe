import type { NodeWatchdogStatusAnswer, NodeWatchdogWorkAnswer } from '../../api/node-watchdogs.ts'
import type { At } from '../../core/time.ts'
import type { NodeWatchdogStatus, NodeWatchdogWork } from '../../ports/node-watchdog.ts'
import { futureOf, maybe, pastOf } from './moments.ts'

export function nodeWatchdogWorkOf({ row, working, steps }: NodeWatchdogWork, now: At): NodeWatchdogWorkAnswer {
  return {
    working,
    steps: steps.map(({ id, at, sentence }) => ({ id, at: pastOf(at, now), sentence })),
    ...(row === undefined
      ? {}
      : {
          wish: {
            goal: row.goal,
            forGood: row.forGood,
            by: row.by,
            reason: row.reason,
            since: pastOf(row.since, now),
            rearm: row.goal === 'armed' ? undefined : maybe(row.rearmAt, (at) => futureOf(at, now)),
            settled: row.settledAt !== undefined,
            note: row.note,
          },
        }),
  }
}

export function nodeWatchdogStatusOf(status: NodeWatchdogStatus, now: At): NodeWatchdogStatusAnswer {
  const { cluster, armed, facts, findings } = status
  const { node, online, lrm, journal, inside } = facts
  return {
    ...nodeWatchdogWorkOf(status, now),
    cluster,
    node,
    armed,
    online,
    lrm: maybe(lrm, ({ state, watchdog }) => ({ state, watchdog })),
    journal: maybe(journal, (told) => ({
      mux: told.mux,
      driver: told.driver,
      lrm: told.lrm,
      crm: told.crm,
      clients: [...told.clients],
    })),
    inside: maybe(inside, (seen) => ({
      root: seen.root,
      marker: seen.marker,
      deviceNode: seen.deviceNode,
      holders: [...seen.holders],
      devices: [...seen.devices],
      modules: seen.modules.map(({ name }) => name),
      units: Object.fromEntries(
        Object.entries(seen.units).map(([name, { enabled, active }]) => [name, { enabled, active }]),
      ),
      configuredModule: seen.configuredModule,
    })),
    trouble: [facts.journalTrouble, facts.insideTrouble].filter((each) => each !== undefined),
    findings: [...findings],
  }
}
