import type {
  AlertingConfiguration,
  AlertsConfiguration,
  ChannelConfiguration,
  HeartbeatConfiguration,
} from './alerting.ts'
import { given } from './given.ts'
import type { ParsedFile } from './schema/configuration.ts'

/** The alert path of a validated file, in the program's units. */
export function resolveAlerting(parsed: ParsedFile): AlertingConfiguration {
  const { hooks, relay } = parsed
  return {
    channels: parsed.channels.map(channelOf),
    alerts: alertsOf(parsed.alerts),
    ...(hooks === undefined ? {} : { hooks: given(hooks) }),
    ...(relay === undefined
      ? {}
      : { relay: { ...given({ tls: relay.tls }), token: relay.token, peer: relay.peer, waitMs: relay.wait } }),
    heartbeats: parsed.heartbeats.map(heartbeatOf),
    expectations: parsed.deadman.expect.map(({ name, every, grace, alert, token }) => ({
      name,
      ...given({ everyMs: every, graceMs: grace, alert, token }),
    })),
  }
}

function channelOf(parsed: unknown): ChannelConfiguration {
  const { name, type, local, rate, ...settings } = parsed as {
    name: string
    type: string
    local?: boolean
    rate?: { burst: number; every: number }
  }
  return {
    name,
    type,
    ...given({ local, rate: rate === undefined ? undefined : { burst: rate.burst, refillMs: rate.every } }),
    settings,
  }
}

function heartbeatOf(parsed: unknown): HeartbeatConfiguration {
  const { name, type, every, ...settings } = parsed as { name: string; type: string; every: number }
  return { name, type, everyMs: every, settings }
}

function alertsOf(alerts: ParsedFile['alerts']): AlertsConfiguration {
  const { sender, runbookUrl, quietHours, drill } = alerts
  const quiet =
    quietHours === undefined
      ? undefined
      : { fromMinute: quietHours.from, toMinute: quietHours.to, ...given({ timeZone: quietHours.timeZone }) }
  return {
    ...given({ sender, runbookUrl, quietHours: quiet }),
    receivers: alerts.receivers.map(({ escalateAfter, ...rest }) => ({ ...rest, escalateAfterMs: escalateAfter })),
    routes: alerts.routes.map(({ match, severity, receivers, continue: goOn }) => {
      return { matchers: match, severities: severity, receivers, goOn }
    }),
    inhibit: alerts.inhibit,
    groupWaitMs: alerts.groupWait,
    groupBy: alerts.groupBy,
    remindEveryMs: alerts.remindEvery,
    expireAfterMs: alerts.expireAfter,
    disable: alerts.disable,
    drill: { everyMs: drill.every, ...given({ atMinute: drill.at }) },
  }
}
