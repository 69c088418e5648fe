import { ALERT_SEVERITIES } from '../../core/alerts/types.ts'
import type { At } from '../../core/time.ts'
import type { AlertingStatus, ChannelStatus, HeartbeatInStatus, HeartbeatOutStatus } from '../../ports/alerting.ts'
import { NOTIFY_FAILURES } from '../../ports/notifier.ts'
import { lastGoodDrillMs } from '../views/alerting.ts'
import { asNumber, type Put } from './samples.ts'

const STATES: readonly HeartbeatInStatus['state'][] = ['waiting', 'well', 'ill', 'missing']
const HOOKS = ['alertmanager', 'proxmox', 'generic', 'heartbeats', 'relay']
const HOOK_RESULTS = ['accepted', 'invalid', 'unauthorized', 'too-large', 'unavailable']

export function collectAlerts(status: AlertingStatus, now: At, put: Put): void {
  for (const severity of ALERT_SEVERITIES) {
    put('proxmox_watchdog_alerts_firing', { severity }, status.firing[severity] ?? 0)
  }
  put('proxmox_watchdog_alert_inbox_size', {}, status.inbox)
  for (const channel of status.channels) collectChannel(channel, now, put)
  collectDrill(status, now, put)
  for (const heartbeat of status.heartbeatsOut) collectHeartbeatOut(heartbeat, put)
  for (const heartbeat of status.heartbeatsIn) collectHeartbeatIn(heartbeat, put)
  // Each from 0, so that the first of its kind can be seen by `increase()`.
  for (const hook of HOOKS) {
    for (const result of HOOK_RESULTS) {
      put('proxmox_watchdog_hook_requests_total', { hook, result }, status.hooks[hook]?.[result] ?? 0)
    }
  }
}

function collectChannel(status: ChannelStatus, now: At, put: Put): void {
  const { channel, type, queued, dead, oldestMs, lastDeliveredMs, delivered, failures } = status
  const labels = { channel, type }
  put('proxmox_watchdog_channel_up', labels, asNumber(status.failingSinceMs === undefined))
  put('proxmox_watchdog_channel_queue_length', labels, queued)
  const ageMs = oldestMs === undefined ? 0 : Math.max(0, now.wallMs - oldestMs)
  put('proxmox_watchdog_channel_oldest_queued_age_seconds', labels, ageMs / 1000)
  put('proxmox_watchdog_channel_dead_letters', labels, dead)
  if (lastDeliveredMs !== undefined) {
    put('proxmox_watchdog_channel_last_delivered_timestamp_seconds', labels, lastDeliveredMs / 1000)
  }
  put('proxmox_watchdog_channel_deliveries_total', { ...labels, result: 'delivered' }, delivered)
  for (const result of NOTIFY_FAILURES) {
    put('proxmox_watchdog_channel_deliveries_total', { ...labels, result }, failures[result] ?? 0)
  }
}

function collectDrill(status: AlertingStatus, now: At, put: Put): void {
  const { drill, drillDueMs } = status
  if (drill !== undefined) {
    put('proxmox_watchdog_drill_success', {}, asNumber(drill.ok))
    put('proxmox_watchdog_drill_last_run_timestamp_seconds', {}, drill.startedMs / 1000)
    for (const { channel, ok, latencyMs } of drill.legs) {
      put('proxmox_watchdog_drill_leg_success', { channel }, asNumber(ok))
      if (latencyMs !== undefined) put('proxmox_watchdog_drill_leg_latency_seconds', { channel }, latencyMs / 1000)
    }
  }
  const goodMs = lastGoodDrillMs(status)
  if (goodMs !== undefined) {
    put('proxmox_watchdog_drill_last_success_timestamp_seconds', {}, goodMs / 1000)
    put('proxmox_watchdog_drill_last_success_age_seconds', {}, Math.max(0, now.wallMs - goodMs) / 1000)
  }
  if (drillDueMs !== undefined) put('proxmox_watchdog_drill_due_timestamp_seconds', {}, drillDueMs / 1000)
}

function collectHeartbeatOut({ name, type, lastSentMs, lastOk }: HeartbeatOutStatus, put: Put): void {
  const labels = { heartbeat: name, type }
  if (lastOk !== undefined) put('proxmox_watchdog_heartbeat_out_up', labels, asNumber(lastOk))
  if (lastSentMs !== undefined) {
    put('proxmox_watchdog_heartbeat_out_last_timestamp_seconds', labels, lastSentMs / 1000)
  }
}

function collectHeartbeatIn({ name, state, lastMs }: HeartbeatInStatus, put: Put): void {
  for (const each of STATES) {
    put('proxmox_watchdog_heartbeat_in_state', { heartbeat: name, state: each }, asNumber(each === state))
  }
  if (lastMs !== undefined) {
    put('proxmox_watchdog_heartbeat_in_last_timestamp_seconds', { heartbeat: name }, lastMs / 1000)
  }
}
