import type { HealthFacts } from '../../core/alerts/heartbeats/proof.ts'
import type { State } from '../../core/state/types.ts'
import type { At } from '../../core/time.ts'
import type { AlertStore } from '../../ports/alert-store.ts'
import type { AlertingStatus } from '../../ports/alerting.ts'

export type HealthSources = {
  readonly state: State
  readonly now: At
  /** Rounds in a row that could not begin. */
  readonly lostRounds: number
  readonly storeOk: boolean
  readonly status: AlertingStatus
  readonly waiting: ReturnType<AlertStore['oldestWaiting']>
  /** Zero: drills are not configured. */
  readonly drillEveryMs: number
  /** By the wall clock. */
  readonly drillsSinceMs: number
}

/** What is known of ourselves, all of it on the monotonic clock. */
export function healthFacts(sources: HealthSources): HealthFacts {
  const { state, now, lostRounds, storeOk, status, waiting, drillEveryMs, drillsSinceMs } = sources
  const mono = (wallMs: number) => now.monoMs - Math.max(0, now.wallMs - wallMs)
  const round = state.roundNow.now
  const { drill } = status
  return {
    startedMs: round?.graceFrom.monoMs ?? now.monoMs,
    rounds: {
      intervalMs: state.policy.intervalMs,
      lost: lostRounds,
      ...(round === undefined || round.round === 0 ? {} : { lastDoneMs: round.at.monoMs }),
    },
    storeWritable: storeOk,
    outbox: {
      ...(waiting.criticalMs === undefined ? {} : { oldestCriticalMs: mono(waiting.criticalMs) }),
      ...(waiting.inboxMs === undefined ? {} : { oldestInboxMs: mono(waiting.inboxMs) }),
    },
    devices: Object.values(state.devicesNow).map(({ device, reachable, since }) => {
      return { name: device, ...(reachable === false ? { unreachableSinceMs: since.monoMs } : {}) }
    }),
    ...(drillEveryMs === 0
      ? {}
      : {
          drill: {
            everyMs: drillEveryMs,
            expectedSinceMs: mono(drillsSinceMs),
            ...(drill === undefined
              ? {}
              : {
                  last: {
                    atMs: mono(drill.startedMs),
                    ok: drill.ok,
                    failed: drill.legs.filter(({ ok }) => !ok).map(({ channel }) => channel),
                  },
                }),
          },
        }),
    tellsSomebody: status.channels.length > 0,
  }
}
