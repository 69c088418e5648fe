import type { AlertPolicy, ChannelPolicy, InhibitionPolicy } from '../core/alerts/policy.ts'
import type { AlertingConfiguration } from './alerting.ts'

/** The receiver that there is where none is configured. */
export const EVERYBODY = 'everybody'
const ESCALATE_AFTER_MS = 300_000

/**
 * A dead host folds what cannot be well without it: its guests and services, by whatever label they name it. What is
 * said of its power is not folded: that is what is being done about it.
 */
const DEAD_HOST: InhibitionPolicy = {
  source: ['alertname=~"ProxmoxHostDown|ProxmoxHostWedged|PveNodeOffline"'],
  target: ['alertname!~"Proxmox.*|Outlet.*|PowerDevice.*|Watchdog.*|PveNodeOffline"'],
  equal: ['host', 'host=node', 'host=instance', 'host=hostname'],
}

/** What deciding about alerts needs of a configuration. `channels` say what their integrations are. */
export function toAlertPolicy(configuration: AlertingConfiguration, channels: readonly ChannelPolicy[]): AlertPolicy {
  const { alerts, relay } = configuration
  const everybody = {
    name: EVERYBODY,
    chain: channels.length === 0 ? [] : [channels.map(({ name }) => name)],
    escalateAfterMs: ESCALATE_AFTER_MS,
    criticalAllAtOnce: false,
    until: 'delivered',
  } as const
  const receivers = alerts.receivers.length > 0 ? alerts.receivers : [everybody]
  const rest = { matchers: [], severities: [], receivers: receivers.slice(0, 1).map(({ name }) => name), goOn: false }
  return {
    channels,
    receivers,
    routes: [...alerts.routes, rest],
    inhibitions: [DEAD_HOST, ...alerts.inhibit],
    groupWaitMs: alerts.groupWaitMs,
    groupBy: alerts.groupBy,
    remindEveryMs: alerts.remindEveryMs,
    expireAfterMs: alerts.expireAfterMs,
    ...(alerts.quietHours === undefined ? {} : { quietHours: alerts.quietHours }),
    ...(relay === undefined ? {} : { relayWaitMs: relay.waitMs }),
    disabled: alerts.disable,
    ...(alerts.runbookUrl === undefined ? {} : { runbookUrl: alerts.runbookUrl }),
  }
}
