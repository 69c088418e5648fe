import type {
  AlertingConfiguration,
  AlertsConfiguration,
  ChannelConfiguration,
  HeartbeatConfiguration,
} from './alerting.ts'
import type { ParsedFile } from './schema/configuration.ts'

/** The alert path of a validated file, in the program's units. */
export function resolveAlerting(parsed: ParsedFile): AlertingConfiguration {
  const { hooks, relay } = parsed
  return {
    channels: parsed.channels.map(channelOf),
    alerts: alertsOf(parsed.alerts),
    ...(hooks === undefined ? {} : { hooks: without(hooks) }),
    ...(relay === undefined
      ? {}
      : { relay: { ...without({ tls: relay.tls }), token: relay.token, peer: relay.peer, waitMs: relay.wait } }),
    heartbeats: parsed.heartbeats.map(heartbeatOf),
    expectations: parsed.deadman.expect.map(({ name, every, grace, alert, token }) => ({
      name,
      ...without({ everyMs: every, graceMs: grace, alert, token }),
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
    ...without({ local, rate: rate === undefined ? undefined : { burst: rate.burst, refillMs: rate.every } }),
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
      : { fromMinute: quietHours.from, toMinute: quietHours.to, ...without({ timeZone: quietHours.timeZone }) }
  return {
    ...without({ sender, runbookUrl, quietHours: quiet }),
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
    drill: { everyMs: drill.every, ...without({ atMinute: drill.at }) },
  }
}

type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Without the keys that were not given. */
function without<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>
}
