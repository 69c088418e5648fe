import type { Channel, Host, HostReport } from '../../api/hosts.ts'
import type { Outlet } from '../../api/outlets.ts'
import type { HostPolicy } from '../../core/policy.ts'
import type { State } from '../../core/state/types.ts'
import { type At, elapsedMs, reached } from '../../core/time.ts'
import type { Daemon, Explanation, ProbeStat } from '../../ports/daemon.ts'
import { futureOf, maybe, pastOf } from './moments.ts'
import { outletsOf } from './outlets.ts'
import { claimOf, plansOf } from './plans.ts'

const DAY_MS = 86_400_000

/** What all views of one answer share, so that each part is worked out once. */
export type Look = {
  readonly state: State
  readonly now: At
  readonly outlets: readonly Outlet[]
  readonly outletsByHost: ReadonlyMap<string | undefined, readonly Outlet[]>
  readonly stats: ReadonlyMap<string, ProbeStat>
}

export function lookAt(daemon: Daemon): Look {
  const state = daemon.state()
  const now = daemon.now()
  const outlets = outletsOf(state, now)
  return {
    state,
    now,
    outlets,
    outletsByHost: Map.groupBy(outlets, ({ host }) => host),
    stats: new Map(daemon.probeStats().map((stat) => [statKey(stat.of, stat.target, stat.channel), stat])),
  }
}

export function statKey(of: ProbeStat['of'], target: string, channel: string): string {
  return `${of}\n${target}\n${channel}`
}

export function hostOf(policy: HostPolicy, explanation: Explanation | undefined, look: Look): Host {
  const { state, now } = look
  const known = state.hostsNow[policy.name]
  const record = state.hosts[policy.name]
  const outlets = look.outletsByHost.get(policy.name) ?? []
  return {
    name: policy.name,
    address: policy.address,
    cluster: policy.cluster,
    verdict: known?.verdict ?? 'unknown',
    since: maybe(known?.verdictSince, (at) => pastOf(at, now)),
    failures: known?.failures ?? 0,
    failureThreshold: state.policy.failureThreshold,
    lastLife: maybe(known?.lastLifeAt, (at) => pastOf(at, now)),
    channels: policy.channels.map((channel) => channelOf(policy.name, channel, look)),
    outage: maybe(record?.outage, (outage) => ({
      id: outage.id,
      started: pastOf(outage.startedAt, now),
      cycles: outage.cycles,
      wouldCycles: outage.wouldCycles,
      recovered: maybe(outage.recoveredAt, (at) => pastOf(at, now)),
    })),
    maxCycles: state.policy.maxCyclesPerOutage,
    cyclesInDay: (record?.cycleTimes ?? []).filter((at) => elapsedMs(at, now) < DAY_MS).length,
    lockout: maybe(record?.lockout, ({ at, sentence }) => ({ since: pastOf(at, now), sentence })),
    bootGraceUntil: maybe(record?.bootGraceUntil, (at) => (reached(at, now) ? undefined : futureOf(at, now))),
    mapping: {
      verifying: maybe(record?.verifying, ({ until }) => futureOf(until, now)),
      verified: maybe(record?.mappingVerifiedAt, (at) => pastOf(at, now)),
      suspect: maybe(record?.mappingSuspect, ({ at, sentence }) => ({ since: pastOf(at, now), sentence })),
    },
    runsHere: policy.runsHere,
    watchedOnly: policy.levels.length === 0,
    outlets: [...outlets],
    holds: (known?.refusals ?? []).map(({ code, sentence }) => ({ code, sentence })),
    heldSince: maybe(known?.refusedSince, (at) => pastOf(at, now)),
    next: maybe(explanation, ({ next }) => ({
      sentence: next.sentence,
      due: maybe(next.at, (at) => futureOf(at, now)),
    })),
  }
}

/**
 * Whether anything lies ahead of a host. Explaining one asks every guard about every host of its cluster, which is too
 * much to do for thousands that are well.
 */
export function isWell(host: string, { state }: Look): boolean {
  const known = state.hostsNow[host]
  return (
    known?.verdict === 'up' &&
    known.failures === 0 &&
    state.hosts[host]?.outage === undefined &&
    !Object.values(state.intents).some(({ target }) => target === host)
  )
}

function channelOf(host: string, channel: HostPolicy['channels'][number], look: Look): Channel {
  const evidence = look.state.hostsNow[host]?.latest[channel.name]
  const stat = look.stats.get(statKey('host', host, channel.name))
  return {
    name: channel.name,
    // What its last life proved may be less than what it can prove at best.
    proves: evidence?.says === 'life' ? evidence.proves : channel.proves,
    says: evidence?.says,
    detail: evidence?.detail,
    asked: maybe(evidence?.sentAt, (at) => pastOf(at, look.now)),
    durationMs: stat?.last?.durationMs,
  }
}

/** Undefined for a host that is not watched. */
export function hostReportOf(daemon: Daemon, name: string): HostReport | undefined {
  const look = lookAt(daemon)
  const policy = look.state.policy.hosts.find((host) => host.name === name)
  if (policy === undefined) return undefined
  const explanation = daemon.explain(name)
  const host = hostOf(policy, explanation, look)
  const targets = new Set([name, ...host.outlets.map((outlet) => `outlet:${outlet.device}/${outlet.outlet}`)])
  return {
    host,
    sentence: explanation?.sentence,
    guards: (explanation?.guards ?? []).map(({ code, holds, sentence }) => ({ code, holds, sentence })),
    plans: plansOf(look.state, look.now).filter((plan) => targets.has(plan.target)),
    claims: Object.values(look.state.claims)
      .filter((claim) => claim.target === '*' || targets.has(claim.target))
      .map((claim) => claimOf(claim, look.now)),
  }
}
