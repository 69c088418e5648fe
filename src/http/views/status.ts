import type { Status } from '../../api/status.ts'
import type { State } from '../../core/state/types.ts'
import type { Daemon, StoredEvent } from '../../ports/daemon.ts'
import { eventsOf } from './events.ts'
import { healthOf } from './health.ts'
import { hostOf, isWell, type Look, lookAt } from './hosts.ts'
import { isoOf, maybe, pastOf } from './moments.ts'
import { devicesOf } from './outlets.ts'
import { claimOf, plansOf } from './plans.ts'

/** How many of the last events a status shows. */
export const STATUS_EVENTS = 10

export function statusOf(daemon: Daemon, recent: readonly StoredEvent[]): Status {
  const look = lookAt(daemon)
  const { state, now } = look
  const round = state.roundNow.now
  return {
    version: daemon.about.version,
    at: isoOf(now.wallMs),
    started: pastOf(daemon.about.startedAt, now),
    configuration: daemon.about.configuration,
    mode: modeOf(state),
    dryRunForced: state.meta.meta?.forcedDryRun,
    round: {
      number: round?.round ?? 0,
      intervalMs: state.policy.intervalMs,
      started: maybe(round?.at, (at) => pastOf(at, now)),
    },
    health: healthOf(daemon),
    referencesAnswer: round?.referencesAnswer ?? null,
    selfIsolated: maybe(round?.isolatedSince, (at) => pastOf(at, now)),
    storms: Object.entries(round?.storms ?? {}).map(([cluster, at]) => ({ cluster, since: pastOf(at, now) })),
    brokenChannels: [...(round?.brokenChannels ?? [])],
    hosts: state.policy.hosts.map((host) =>
      hostOf(host, isWell(host.name, look) ? undefined : daemon.explain(host.name), look),
    ),
    references: referencesOf(look),
    devices: devicesOf(state, now),
    otherOutlets: look.outlets.filter((outlet) => outlet.host === undefined),
    plans: plansOf(state, now),
    claims: Object.values(state.claims).map((claim) => claimOf(claim, now)),
    events: eventsOf(recent).events,
  }
}

/** What is in force: a watchdog whose state was lost does not act, whatever its configuration says. */
export function modeOf(state: State): 'dry-run' | 'act' {
  return state.meta.meta?.forcedDryRun === undefined ? state.policy.mode : 'dry-run'
}

function referencesOf(look: Look): Status['references'] {
  return look.state.policy.references.map(({ name, address, channels }) => {
    const seen = channels.map((channel) => ({ channel, last: look.stats.get(`reference\n${name}\n${channel}`)?.last }))
    const asked = seen.filter(({ last }) => last !== undefined)
    return {
      name,
      address,
      answers: asked.length === 0 ? null : asked.some(({ last }) => last?.says === 'life'),
      channels: seen.map(({ channel, last }) => ({
        name: channel,
        proves: 'none' as const,
        says: last?.says,
        detail: last?.detail,
        asked: maybe(last?.at, (at) => pastOf(at, look.now)),
        durationMs: last?.durationMs,
      })),
    }
  })
}
