import type { AlertingBrief, AlertingReport, Drill, DrillLeg, NotificationChannel } from '../../api/alerting.ts'
import type { At } from '../../core/time.ts'
import type {
  AlertingStatus,
  ChannelStatus,
  DrillReport,
  HeartbeatInStatus,
  HeartbeatOutStatus,
  LegResult,
} from '../../ports/alerting.ts'
import { maybe, wallFuture, wallPast } from './moments.ts'

export function alertingOf(status: AlertingStatus, now: At): AlertingReport {
  return {
    firing: { ...status.firing },
    inbox: status.inbox,
    channels: status.channels.map((channel) => channelOf(channel, now)),
    drill: maybe(status.drill, (drill) => drillOf(drill, now)),
    drillWorked: maybe(lastGoodDrillMs(status), (ms) => wallPast(ms, now)),
    drillDue: maybe(status.drillDueMs, (ms) => wallFuture(ms, now)),
    heartbeatsOut: status.heartbeatsOut.map((heartbeat) => heartbeatOutOf(heartbeat, now)),
    heartbeatsIn: status.heartbeatsIn.map((heartbeat) => heartbeatInOf(heartbeat, now)),
    hooks: Object.fromEntries(Object.entries(status.hooks).map(([hook, results]) => [hook, { ...results }])),
  }
}

export function briefOf(status: AlertingStatus, now: At): AlertingBrief {
  const sum = (of: (channel: ChannelStatus) => number) => status.channels.reduce((total, each) => total + of(each), 0)
  return {
    firing: { ...status.firing },
    inbox: status.inbox,
    queued: sum(({ queued }) => queued),
    dead: sum(({ dead }) => dead),
    channels: status.channels.length,
    failing: status.channels.flatMap(({ channel, failingSinceMs }) =>
      failingSinceMs === undefined ? [] : [{ channel, since: wallPast(failingSinceMs, now) }],
    ),
    drill: maybe(status.drill, ({ startedMs, ok }) => ({ started: wallPast(startedMs, now), ok })),
  }
}

/** A good drill is the last one, too, until another was begun. */
export function lastGoodDrillMs({ drill, drillOkMs }: AlertingStatus): number | undefined {
  return drill?.ok === true ? drill.startedMs : drillOkMs
}

export function drillOf({ startedMs, ok, legs }: DrillReport, now: At): Drill {
  return { started: wallPast(startedMs, now), ok, legs: legs.map(legOf) }
}

export function legOf({ channel, ok, proof, latencyMs, sentence }: LegResult): DrillLeg {
  return { channel, ok, proof, latencyMs, sentence }
}

function channelOf(channel: ChannelStatus, now: At): NotificationChannel {
  const { failingSinceMs, lastError } = channel
  const error = maybe(lastError, ({ code, sentence }) => ({ code, sentence }))
  return {
    name: channel.channel,
    type: channel.type,
    local: channel.local,
    failing: maybe(failingSinceMs, (ms) => ({ since: wallPast(ms, now), error })),
    queued: channel.queued,
    oldestQueued: maybe(channel.oldestMs, (ms) => wallPast(ms, now)),
    dead: channel.dead,
    lastDelivered: maybe(channel.lastDeliveredMs, (ms) => wallPast(ms, now)),
    delivered: channel.delivered,
    failures: { ...channel.failures },
  }
}

function heartbeatOutOf({ name, type, lastSentMs, lastOk, sentence }: HeartbeatOutStatus, now: At) {
  return { name, type, last: maybe(lastSentMs, (ms) => wallPast(ms, now)), ok: lastOk, sentence }
}

function heartbeatInOf({ name, state, sentence, lastMs, periodMs, dueMs }: HeartbeatInStatus, now: At) {
  const last = maybe(lastMs, (ms) => wallPast(ms, now))
  return { name, state, sentence, last, periodMs, due: maybe(dueMs, (ms) => wallFuture(ms, now)) }
}
