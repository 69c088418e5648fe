import { fingerprintOf } from '../../core/alerts/fingerprint.ts'
import type { AlertPolicy, ChannelPolicy, ReceiverPolicy } from '../../core/alerts/policy.ts'
import type { AlertUpdate, Incident, Labels } from '../../core/alerts/types.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** An alert as a source sends it: of ours, firing and critical, unless told otherwise. */
export function alertUpdate(name: string, more: Partial<AlertUpdate> & { readonly labels?: Labels } = {}): AlertUpdate {
  const labels = { alertname: name, ...more.labels }
  return {
    kind: 'alert',
    source: 'own',
    status: 'firing',
    fingerprint: fingerprintOf(labels),
    annotations: { summary: `${name} fires` },
    severity: 'critical',
    startsMs: 1_000,
    ...more,
    labels,
  }
}

export function incidentOf(update: AlertUpdate, more: Partial<Incident> = {}): Incident {
  const { kind: _, ...rest } = update
  return { ...rest, id: 1, updatedMs: 0, told: true, ...more }
}

export function channelPolicy(name: string, more: Partial<ChannelPolicy> = {}): ChannelPolicy {
  return { name, type: 'fake', local: false, loops: false, rate: { burst: 100, refillMs: 10 }, ...more }
}

export function receiverPolicy(name: string, more: Partial<ReceiverPolicy> = {}): ReceiverPolicy {
  return {
    name,
    chain: [['chat']],
    escalateAfterMs: 5 * MINUTE,
    criticalAllAtOnce: false,
    until: 'delivered',
    ...more,
  }
}

/** One channel, one receiver, no waiting, unless told otherwise. */
export function alertPolicy(more: Partial<AlertPolicy> = {}): AlertPolicy {
  return {
    channels: [channelPolicy('chat')],
    receivers: [receiverPolicy('all')],
    routes: [{ matchers: [], severities: [], receivers: ['all'], goOn: false }],
    inhibitions: [],
    groupWaitMs: 0,
    groupBy: ['alertname'],
    remindEveryMs: 0,
    expireAfterMs: 72 * HOUR,
    disabled: [],
    ...more,
  }
}
