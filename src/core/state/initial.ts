import type { Policy } from '../policy.ts'
import type { At } from '../time.ts'
import type { Feeds, HostRecord, Meta, RoundNow, Snapshot, State } from './types.ts'

export const EMPTY_SNAPSHOT: Snapshot = {
  hosts: {},
  claims: {},
  intents: {},
  commands: {},
  pins: {},
  outlets: {},
  alerts: {},
  upsUnits: {},
  powerOutages: {},
  learnedTimes: {},
  meta: {},
}

/** The state of a fresh process: what was durable, and nothing of what was only seen. */
export function initialState(snapshot: Snapshot, policy: Policy, now: At): State {
  const round: RoundNow = {
    key: 'now',
    round: 0,
    at: now,
    startedAt: now,
    graceFrom: now,
    lastTickAt: now,
    referencesAnswer: undefined,
    storms: {},
    storeOk: true,
    brokenChannels: [],
    stopping: false,
  }
  return {
    ...snapshot,
    hostsNow: {},
    devicesNow: {},
    roundNow: { now: round },
    feeds: {},
    upsNow: {},
    powerSites: {},
    policy,
  }
}

export const NO_FEEDS: Feeds = { peers: {}, peersConfigured: [] }

export function roundOf(state: State): RoundNow {
  return state.roundNow.now as RoundNow
}

export function metaOf(state: State): Meta {
  return state.meta.meta ?? { key: 'meta', epoch: 0, nextId: 1 }
}

export function recordOf(state: State, host: string): HostRecord {
  return state.hosts[host] ?? { host, cycleTimes: [] }
}

export function feedsOf(state: State): Feeds {
  return state.feeds.feeds ?? NO_FEEDS
}
