import type { Delivery, Incident } from '../../src/core/alerts/types.ts'
import type { AlertingStatus, ChannelStatus, LegResult } from '../../src/ports/alerting.ts'
import { HOUR, MINUTE, NOON, SECOND } from './clock.ts'
import { FakeAlerting } from './fake-alerting.ts'

const at = (agoMs: number) => NOON.wallMs - agoMs

export function incident(id: number, over: Partial<Incident> = {}): Incident {
  return {
    id,
    fingerprint: '00c0ffee00c0ffee',
    source: 'own',
    status: 'firing',
    severity: 'critical',
    labels: { alertname: 'HostDown', host: 'pve2', cluster: 'home', severity: 'critical' },
    annotations: {
      summary: 'pve2 is down',
      description: 'pve2 is dead by icmp and https:8006 for 3 rounds.',
      runbook_url: 'https://example.org/runbook#hostdown',
    },
    startsMs: at(5 * MINUTE),
    updatedMs: at(12 * SECOND),
    told: true,
    remindAtMs: at(-4 * HOUR),
    ...over,
  }
}

export function delivery(id: number, over: Partial<Delivery> = {}): Delivery {
  return {
    id,
    notification: 3,
    channel: 'phone',
    receiver: 'people',
    step: 0,
    severity: 'critical',
    priority: 0,
    state: 'delivered',
    createdMs: at(5 * MINUTE),
    dueMs: at(5 * MINUTE),
    expiresMs: at(-72 * HOUR),
    attempts: 1,
    plain: false,
    digest: false,
    deliveredMs: at(5 * MINUTE - 2 * SECOND),
    ...over,
  }
}

const queue = (channel: string, over: Partial<ChannelStatus> = {}): ChannelStatus => ({
  channel,
  type: 'ntfy',
  local: false,
  queued: 0,
  dead: 0,
  lastDeliveredMs: at(5 * MINUTE),
  delivered: 42,
  failures: {},
  ...over,
})

export const LEGS: readonly LegResult[] = [
  { channel: 'phone', ok: true, proof: 'read-back', latencyMs: 812, sentence: 'It was seen in the channel.' },
  { channel: 'mail', ok: true, proof: 'accepted', latencyMs: 2140, sentence: 'The server took it.' },
  { channel: 'prometheus', ok: false, latencyMs: 90_000, sentence: 'It did not come back within 90 s.' },
]

/** Every part of the alert path has something to say. */
export function busy(over: Partial<AlertingStatus> = {}): AlertingStatus {
  return {
    channels: [
      queue('phone'),
      queue('chat', {
        type: 'discord',
        queued: 17,
        dead: 2,
        oldestMs: at(3 * HOUR),
        failingSinceMs: at(3 * HOUR),
        lastError: { code: 'server-error', sentence: 'it answered 503' },
        failures: { 'server-error': 31, timeout: 2 },
      }),
      queue('console', { type: 'command', local: true, lastDeliveredMs: undefined, delivered: 0 }),
    ],
    inbox: 4,
    firing: { critical: 1, warning: 2 },
    drill: { startedMs: at(6 * HOUR), ok: false, legs: LEGS },
    drillOkMs: at(30 * HOUR),
    drillDueMs: at(-18 * HOUR),
    heartbeatsOut: [
      { name: 'healthchecks', type: 'healthchecks', lastSentMs: at(20 * SECOND), lastOk: true },
      { name: 'attic', type: 'watchdog', lastSentMs: at(40 * SECOND), lastOk: false, sentence: 'it answered 401' },
      { name: 'new', type: 'url' },
    ],
    heartbeatsIn: [
      {
        name: 'home',
        state: 'well',
        sentence: 'It is well.',
        lastMs: at(31 * SECOND),
        periodMs: MINUTE,
        dueMs: at(-2 * MINUTE),
      },
      {
        name: 'prometheus',
        state: 'missing',
        sentence: 'Nothing for 2 h.',
        lastMs: at(2 * HOUR),
        dueMs: at(2 * HOUR - MINUTE),
      },
      { name: 'attic', state: 'waiting', sentence: 'None has come yet.' },
    ],
    hooks: { alertmanager: { accepted: 9, invalid: 1 }, heartbeats: { accepted: 120, unauthorized: 2 } },
    ...over,
  }
}

/** A dead host, what is folded into it, an alert of Alertmanager that somebody has, and dead letters. */
export function troubled(): FakeAlerting {
  const alerting = new FakeAlerting()
  alerting.known = busy()
  alerting.legs = [...LEGS]
  alerting.incidents = [
    incident(11),
    incident(12, {
      source: 'alertmanager',
      severity: 'warning',
      fingerprint: '1234567890abcdef',
      labels: { alertname: 'GuestDown', host: 'pve2', guest: '101' },
      annotations: { summary: 'Guest 101 does not answer' },
      muted: { by: 'inhibition', id: 11, sinceMs: at(4 * MINUTE) },
      told: false,
      remindAtMs: undefined,
      extra: { notification_reason: 'new' },
      link: 'http://prometheus:9090/graph?g0.expr=up',
    }),
    incident(9, {
      source: 'generic',
      severity: 'warning',
      labels: { alertname: 'DiskFull', host: 'nas' },
      annotations: { summary: 'The backup disk of nas is 98 % full' },
      startsMs: at(26 * HOUR),
      acknowledged: { by: 'cli:anna', atMs: at(HOUR), comment: 'a new one is on its way' },
    }),
    incident(8, { status: 'resolved', startsMs: at(50 * HOUR), endsMs: at(49 * HOUR), remindAtMs: undefined }),
    incident(7, {
      source: 'proxmox',
      status: 'notice',
      labels: { alertname: 'ProxmoxBackupFailed', host: 'pve1', severity: 'error' },
      annotations: { summary: 'vzdump backup status (pve1): backup failed' },
      startsMs: at(9 * HOUR),
      remindAtMs: undefined,
    }),
  ]
  alerting.details[11] = {
    folded: 1,
    timeline: [
      { incident: 11, atMs: at(5 * MINUTE), kind: 'fired', sentence: 'pve2 is dead by all its probes.' },
      { incident: 11, atMs: at(4 * MINUTE), kind: 'note', sentence: 'The power of pve2 is being cut.' },
      { incident: 11, atMs: at(4 * MINUTE), kind: 'failed', sentence: 'chat did not take it: it answered 503.' },
    ],
    deliveries: [
      delivery(31),
      delivery(30, {
        channel: 'chat',
        state: 'queued',
        deliveredMs: undefined,
        attempts: 7,
        dueMs: at(-40 * SECOND),
        lastError: { code: 'server-error', sentence: 'it answered 503' },
      }),
    ],
  }
  const dead = { state: 'dead', deliveredMs: undefined, channel: 'chat' } as const
  alerting.outbox = [
    delivery(31),
    delivery(22, {
      ...dead,
      attempts: 1,
      createdMs: at(9 * HOUR),
      lastError: { code: 'not-found', sentence: 'it answered 404: Unknown Webhook' },
    }),
    delivery(19, { ...dead, severity: 'warning', step: 1, attempts: 96, createdMs: at(80 * HOUR) }),
  ]
  alerting.silenced = [
    { id: 3, matchers: ['host=nas'], startsMs: at(HOUR), endsMs: at(-HOUR), by: 'cli:anna', comment: 'new disks' },
    {
      id: 4,
      matchers: ['alertname=GuestDown', 'guest=~"10.*"'],
      startsMs: at(MINUTE),
      endsMs: at(-2 * HOUR),
      by: 'cli:ben',
      comment: '',
    },
  ]
  return alerting
}
