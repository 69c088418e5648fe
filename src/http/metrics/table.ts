import { CLUSTER_METRICS } from './cluster-table.ts'
import type { Metric } from './metric.ts'
import { UPS_METRICS } from './ups-table.ts'

const host = ['host', 'cluster'] as const
const probe = ['host', 'cluster', 'channel', 'kind'] as const
const outlet = ['device', 'outlet', 'label', 'host', 'cluster'] as const
const device = ['device', 'driver'] as const
const messenger = ['channel', 'type'] as const
const node = ['cluster', 'node'] as const
const none = [] as const

/**
 * Every metric that there is. Counters count since the process started; everything else is read from the state at each
 * scrape. The names and labels are promises: dashboards and alert rules are written against them.
 */
export const METRICS = {
  proxmox_watchdog_host_up: {
    type: 'gauge',
    help: 'Whether the verdict on the host is up; 0 for wedged, down and unknown.',
    labels: host,
  },
  proxmox_watchdog_host_verdict: {
    type: 'gauge',
    help: 'The verdict on the host: 1 for the one that holds, 0 for the others.',
    labels: [...host, 'verdict'],
  },
  proxmox_watchdog_host_consecutive_failures: {
    type: 'gauge',
    help: 'Rounds in a row in which the host gave no sign of life.',
    labels: host,
  },
  proxmox_watchdog_host_last_life_timestamp_seconds: {
    type: 'gauge',
    help: 'When the host last gave a sign of life; missing where this process has seen none.',
    labels: host,
  },
  proxmox_watchdog_host_hands_off: {
    type: 'gauge',
    help: 'Whether the host is in maintenance, or off because a person or a plan wants it so.',
    labels: host,
  },
  proxmox_watchdog_host_power_cycles_total: {
    type: 'counter',
    help: 'Power cycles of the host that cut its power, for whatever reason.',
    labels: host,
  },
  proxmox_watchdog_host_outage_power_cycles: {
    type: 'gauge',
    help: 'Power cycles of the host in its present outage; it outlives a restart.',
    labels: host,
  },
  proxmox_watchdog_host_power_cycle_limit: {
    type: 'gauge',
    help: 'The limit of power cycles in one outage.',
    labels: host,
  },
  proxmox_watchdog_host_would_power_cycles_total: {
    type: 'counter',
    help: 'Power cycles that mode dry-run told instead of doing.',
    labels: host,
  },
  proxmox_watchdog_host_lockout: {
    type: 'gauge',
    help: 'Whether the host has reached its limit of power cycles and waits for a person.',
    labels: host,
  },
  proxmox_watchdog_host_mapping_suspect: {
    type: 'gauge',
    help: 'Whether what was seen contradicts the configured outlet of the host.',
    labels: host,
  },
  proxmox_watchdog_guard_refusals_total: {
    type: 'counter',
    help: 'Times that a guard refused a power cycle of the host.',
    labels: [...host, 'guard'],
  },
  proxmox_watchdog_guard_holding: {
    type: 'gauge',
    help: 'Guards that hold back a power cycle of the host now; only those that do are shown.',
    labels: [...host, 'guard'],
  },
  proxmox_watchdog_probe_success: {
    type: 'gauge',
    help: 'Whether the last answer of the channel was life.',
    labels: probe,
  },
  proxmox_watchdog_probe_duration_seconds: {
    type: 'gauge',
    help: 'How long the last answer of the channel took.',
    labels: probe,
  },
  proxmox_watchdog_probe_attempts_total: { type: 'counter', help: 'Times that the channel was asked.', labels: probe },
  proxmox_watchdog_probe_failures_total: {
    type: 'counter',
    help: 'Times that the channel was asked and stayed silent.',
    labels: probe,
  },
  proxmox_watchdog_probe_broken_total: {
    type: 'counter',
    help: 'Times that the probe itself could not work, which proves nothing about the host.',
    labels: probe,
  },
  proxmox_watchdog_reference_up: {
    type: 'gauge',
    help: 'Whether the reference target gave a sign of life in its last round.',
    labels: ['reference'],
  },
  proxmox_watchdog_self_isolated: {
    type: 'gauge',
    help: 'Whether no reference target answers: the trouble may be that of the watchdog.',
    labels: none,
  },
  proxmox_watchdog_storm: {
    type: 'gauge',
    help: 'Whether too many hosts of the cluster are silent at once.',
    labels: ['cluster'],
  },
  proxmox_watchdog_outlet_on: {
    type: 'gauge',
    help: 'Whether the outlet is on; missing where that is not known.',
    labels: outlet,
  },
  proxmox_watchdog_outlet_power_watts: { type: 'gauge', help: 'Power that the outlet draws.', labels: outlet },
  proxmox_watchdog_outlet_power_limit_watts: {
    type: 'gauge',
    help: 'The configured limit of what the outlet may draw.',
    labels: outlet,
  },
  proxmox_watchdog_outlet_owed_on: {
    type: 'gauge',
    help: 'Whether the watchdog turned the outlet off and has yet to turn it on.',
    labels: outlet,
  },
  proxmox_watchdog_power_device_up: {
    type: 'gauge',
    help: 'Whether the power device answers; missing until it was tried.',
    labels: device,
  },
  proxmox_watchdog_power_device_consecutive_failures: {
    type: 'gauge',
    help: 'Failed looks at the power device in a row.',
    labels: device,
  },
  proxmox_watchdog_power_device_error: {
    type: 'gauge',
    help: 'Why the power device does not answer; only while it does not.',
    labels: [...device, 'code'],
  },
  proxmox_watchdog_power_device_identity_ok: {
    type: 'gauge',
    help: 'Whether the power device is the one that was pinned on first use; missing until it was asked.',
    labels: device,
  },
  proxmox_watchdog_plans: {
    type: 'gauge',
    help: 'Plans to switch a target that are under way, by the barrier that they stand at.',
    labels: ['kind', 'barrier'],
  },
  proxmox_watchdog_plan_outlets: {
    type: 'gauge',
    help: 'Outlets in plans that are under way, by their step.',
    labels: ['step'],
  },
  proxmox_watchdog_plan_on_overdue_seconds: {
    type: 'gauge',
    help: 'How long past its time the longest overdue ON is; 0 where none is.',
    labels: none,
  },
  proxmox_watchdog_events_total: {
    type: 'counter',
    help: 'Things told since the start, by code.',
    labels: ['code', 'severity'],
  },
  proxmox_watchdog_loop_lag_seconds: { type: 'gauge', help: 'How late the last round started.', labels: none },
  proxmox_watchdog_last_round_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last round started; 0 before the first.',
    labels: none,
  },
  proxmox_watchdog_rounds_total: { type: 'counter', help: 'Rounds since the start.', labels: none },
  proxmox_watchdog_rounds_late_total: {
    type: 'counter',
    help: 'Rounds that started late or were lost.',
    labels: none,
  },
  proxmox_watchdog_store_writable: { type: 'gauge', help: 'Whether the state can be written.', labels: none },
  proxmox_watchdog_live: { type: 'gauge', help: 'What /healthz says: 1 for 200, 0 for 503.', labels: none },
  proxmox_watchdog_mode_info: {
    type: 'gauge',
    help: 'The mode in force, dry-run or act, as a label.',
    labels: ['mode'],
  },
  proxmox_watchdog_build_info: {
    type: 'gauge',
    help: 'The version of the watchdog and of the Node that it runs on, as labels.',
    labels: ['version', 'node'],
  },
  proxmox_watchdog_alerts_firing: {
    type: 'gauge',
    help: 'Alerts that fire, by severity.',
    labels: ['severity'],
  },
  proxmox_watchdog_alert_inbox_size: {
    type: 'gauge',
    help: 'Rows that came in and are not dispatched yet.',
    labels: none,
  },
  proxmox_watchdog_channel_up: {
    type: 'gauge',
    help: 'Whether the channel took the last message that it was given.',
    labels: messenger,
  },
  proxmox_watchdog_channel_queue_length: {
    type: 'gauge',
    help: 'Messages that wait for the channel.',
    labels: messenger,
  },
  proxmox_watchdog_channel_oldest_queued_age_seconds: {
    type: 'gauge',
    help: 'How long the oldest message has waited for the channel; 0 where none does.',
    labels: messenger,
  },
  proxmox_watchdog_channel_dead_letters: {
    type: 'gauge',
    help: 'Messages for the channel that were refused for good or have expired.',
    labels: messenger,
  },
  proxmox_watchdog_channel_last_delivered_timestamp_seconds: {
    type: 'gauge',
    help: 'When the channel last took a message; missing where it never did.',
    labels: messenger,
  },
  proxmox_watchdog_channel_deliveries_total: {
    type: 'counter',
    help: 'Tries to hand the channel a message, by result: delivered, or the code of the failure.',
    labels: [...messenger, 'result'],
  },
  proxmox_watchdog_drill_success: {
    type: 'gauge',
    help: 'Whether every leg of the last drill worked; missing before the first.',
    labels: none,
  },
  proxmox_watchdog_drill_last_run_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last drill began; missing before the first.',
    labels: none,
  },
  proxmox_watchdog_drill_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last drill began in which every leg worked; missing where none did.',
    labels: none,
  },
  proxmox_watchdog_drill_last_success_age_seconds: {
    type: 'gauge',
    help: 'How long ago that was.',
    labels: none,
  },
  proxmox_watchdog_drill_due_timestamp_seconds: {
    type: 'gauge',
    help: 'When the next drill is due; missing where none is scheduled.',
    labels: none,
  },
  proxmox_watchdog_drill_leg_success: {
    type: 'gauge',
    help: 'Whether the last drill went through the channel.',
    labels: ['channel'],
  },
  proxmox_watchdog_drill_leg_latency_seconds: {
    type: 'gauge',
    help: 'How long the last drill took through the channel.',
    labels: ['channel'],
  },
  proxmox_watchdog_heartbeat_out_up: {
    type: 'gauge',
    help: 'Whether the last heartbeat that was sent was taken; missing before the first.',
    labels: ['heartbeat', 'type'],
  },
  proxmox_watchdog_heartbeat_out_last_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last heartbeat was sent.',
    labels: ['heartbeat', 'type'],
  },
  proxmox_watchdog_heartbeat_in_state: {
    type: 'gauge',
    help: 'How an expected sender is: 1 for the state that holds (waiting, well, ill, missing), 0 for the others.',
    labels: ['heartbeat', 'state'],
  },
  proxmox_watchdog_heartbeat_in_last_timestamp_seconds: {
    type: 'gauge',
    help: 'When an expected sender last gave a sign of life.',
    labels: ['heartbeat'],
  },
  proxmox_watchdog_hook_requests_total: {
    type: 'counter',
    help: 'Calls of hooks, by result: accepted, invalid, unauthorized, too-large, unavailable.',
    labels: ['hook', 'result'],
  },
  proxmox_watchdog_node_guests_not_started: {
    type: 'gauge',
    help: 'Whether guests that are to start with the node have not run since it booted; missing where it never was so.',
    labels: node,
  },
  proxmox_watchdog_node_fence_countdown: {
    type: 'gauge',
    help: 'Whether by its journal the node is about to be reset by its watchdog; missing where it never was so.',
    labels: node,
  },
  proxmox_watchdog_node_rebooted_unexpectedly: {
    type: 'gauge',
    help: 'Whether the node has rebooted within the last hour and nobody wanted that; missing where it never did.',
    labels: node,
  },
  ...CLUSTER_METRICS,
  ...UPS_METRICS,
  process_start_time_seconds: { type: 'gauge', help: 'When the process started.', labels: none },
  process_cpu_seconds_total: { type: 'counter', help: 'CPU time of the process, user and system.', labels: none },
  process_resident_memory_bytes: { type: 'gauge', help: 'Memory that the process holds in RAM.', labels: none },
} as const satisfies Record<string, Metric>

export type MetricName = keyof typeof METRICS
export type LabelsOf<Name extends MetricName> = Readonly<Record<(typeof METRICS)[Name]['labels'][number], string>>
