import { list, spell } from '../../phrase.ts'
import { notAlive, stormLimit } from '../../recovery/guards/storm.ts'
import { metaOf, roundOf } from '../../state/initial.ts'
import { elapsedMs } from '../../time.ts'
import { clusterConditions } from './cluster-conditions.ts'
import { byWord, type Condition, isRaised, wordOf } from './condition.ts'
import type { ConditionName, ObservedName } from './table.ts'
import type { AlertRecord } from './types.ts'

type OfSite = Extract<
  ConditionName,
  | 'ProxmoxStorm'
  | 'WatchdogSelfIsolated'
  | 'WatchdogStateStore'
  | 'WatchdogDryRunForced'
  | 'WatchdogProbeBroken'
  | 'WatchdogConfigurationRefused'
  | 'WatchdogHttpUnavailable'
>

const byRound: Condition['isTouched'] = (before, after) => before.roundNow !== after.roundNow

export const siteConditions: Record<OfSite, Condition> = {
  ProxmoxStorm: {
    isTouched: byRound,
    judge({ state, now }, cluster) {
      const round = roundOf(state)
      if (round.storms[cluster] !== undefined) return 'holds'
      if (!state.policy.hosts.some((host) => host.cluster === cluster)) return 'ended'
      // Before the grace is over nobody is known to live, and no storm is looked for.
      return elapsedMs(round.graceFrom, now) < state.policy.startupGraceMs ? 'unsure' : 'over'
    },
    summary: (_sight, cluster) => `Too many hosts of ${cluster} are silent at once`,
    why({ state }, cluster) {
      const names = notAlive(state, cluster)
      return `${names.length} hosts are silent (${list(names.slice(0, 6))}), more than ${stormLimit(state, cluster)}: that is rarely the hosts. None is power-cycled; if the reference targets stay well, one is tried after ${spell(state.policy.stormCanaryAfterMs)}.`
    },
    end: (_sight, cluster) => `The storm in ${cluster} is over.`,
  },
  WatchdogSelfIsolated: {
    isTouched: byRound,
    judge({ state }) {
      const { isolatedSince, referencesAnswer } = roundOf(state)
      if (isolatedSince !== undefined) return 'holds'
      return referencesAnswer === true ? 'over' : 'unsure'
    },
    summary: () => 'The watchdog cannot see: no reference target answers',
    why: () => 'The trouble may be our own network: no host is power-cycled meanwhile.',
    end: () => 'Reference targets answer again.',
  },
  WatchdogStateStore: {
    isTouched: byRound,
    judge: ({ state }) => (roundOf(state).storeOk ? 'over' : 'holds'),
    summary: () => 'The state of the watchdog cannot be written',
    why: ({ draft }) =>
      `${draft.told.findLast(({ code }) => code === 'store-unavailable')?.sentence ?? ''} No power cycle is begun; what is off is turned on.`.trim(),
    end: () => 'The state can be written again.',
  },
  WatchdogDryRunForced: {
    isTouched: (before, after) => before.meta !== after.meta,
    judge: ({ state }) => (metaOf(state).forcedDryRun === undefined ? 'over' : 'holds'),
    summary: () => 'The watchdog begins nothing until an operator has looked',
    why: ({ state }) => `${metaOf(state).forcedDryRun ?? ''} When you have looked: proxmox-watchdog resume.`.trim(),
    end: () => 'An operator has looked and resumed.',
  },
  WatchdogProbeBroken: {
    isTouched: byRound,
    judge({ state }, probe) {
      const { round, brokenChannels } = roundOf(state)
      if (brokenChannels.includes(probe)) return 'holds'
      return round === 0 ? 'unsure' : 'over'
    },
    summary: (_sight, probe) => `The probe ${probe} cannot work`,
    why({ state }, probe) {
      const seen = Object.values(state.hostsNow).find(({ latest }) => latest[probe]?.says === 'probe-broken')
      const why = seen?.latest[probe]?.detail
      return `${why === undefined ? '' : `It says: ${why}. `}Its silence proves nothing meanwhile: no host that it asks is power-cycled.`
    },
    end: (_sight, probe) => `The probe ${probe} works again.`,
  },
  WatchdogConfigurationRefused: raised('A new configuration was refused', 'A configuration has taken effect.'),
  WatchdogHttpUnavailable: raised('The HTTP side of the watchdog cannot be served', 'HTTP is served.'),
}

export const observedConditions: Record<ObservedName, Condition> = {
  ...clusterConditions,
  WatchdogChannelFailing: raised((channel) => `The channel ${channel} takes no messages`, 'It takes messages again.'),
  WatchdogDeadLetters: raised(
    (channel) => `Messages for ${channel === '' ? 'a channel' : channel} reached nobody`,
    'No dead letters are left.',
  ),
  WatchdogUplinkDown: raised('Our own uplink is down: alerts wait here', 'Channels outside can be reached again.'),
  WatchdogDrillFailed: raised('The drill of the alert path failed', 'The last drill came through.'),
  WatchdogNodeLeftDisarmed: raised((node) => `The watchdog of ${node} is still disarmed`, 'It is armed again.'),
}

/** What somebody raises by a word, and ends by another; `end` where that one says nothing. */
function raised(summary: string | ((subject: string) => string), end: string): Condition {
  return {
    isTouched: byWord,
    judge: (_sight, _subject, record) => (isRaised(record) ? 'holds' : 'over'),
    summary: (_sight, subject) => (typeof summary === 'string' ? summary : summary(subject)),
    why: (_sight, _subject, record) => wordOf(record),
    end: (_sight, _subject, record: AlertRecord) => (isRaised(record) ? end : wordOf(record) || end),
  }
}
