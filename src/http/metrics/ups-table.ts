import type { Metric } from './metric.ts'

const ups = ['ups'] as const
const host = ['host', 'cluster'] as const

/** What is known of UPSes and of the plan for power failures. Missing where no UPS is configured. */
export const UPS_METRICS = {
  proxmox_watchdog_ups_heard: { type: 'gauge', help: 'Whether the UPS was heard lately.', labels: ups },
  proxmox_watchdog_ups_heard_age_seconds: {
    type: 'gauge',
    help: 'How long ago the UPS was last heard; missing where this process never heard it.',
    labels: ups,
  },
  proxmox_watchdog_ups_on_battery: {
    type: 'gauge',
    help: 'Whether the UPS is on battery; missing where nobody knows. Last heard on battery and silent counts as on battery.',
    labels: ups,
  },
  proxmox_watchdog_ups_on_battery_seconds: {
    type: 'gauge',
    help: 'How long the UPS has been on battery; 0 on mains.',
    labels: ups,
  },
  proxmox_watchdog_ups_low_battery: {
    type: 'gauge',
    help: 'Whether the battery of the UPS is low.',
    labels: ups,
  },
  proxmox_watchdog_ups_forced_shutdown: {
    type: 'gauge',
    help: 'Whether the UPS has ordered a forced shutdown while we watched, until it was carried out.',
    labels: ups,
  },
  proxmox_watchdog_ups_login_refused: {
    type: 'gauge',
    help: 'Whether upsd refuses our LOGIN, so that the primary does not wait for our hosts.',
    labels: ups,
  },
  proxmox_watchdog_ups_budget_need_seconds: {
    type: 'gauge',
    help: 'What it takes to bring down all that hangs on the UPS, by the measured times; missing where the plan shuts nothing down there.',
    labels: ups,
  },
  proxmox_watchdog_ups_budget_margin_seconds: {
    type: 'gauge',
    help: 'Runtime of the battery beyond that and what the plan keeps in hand; below 0 it is too small.',
    labels: ups,
  },
  proxmox_watchdog_power_failure: {
    type: 'gauge',
    help: 'Whether a power failure is in this phase of its plan: on-battery or returning.',
    labels: ['phase'],
  },
  proxmox_watchdog_power_failure_seconds: {
    type: 'gauge',
    help: 'How long the power failure has lasted that is not over; 0 where there is none.',
    labels: [],
  },
  proxmox_watchdog_power_failure_stage_begun: {
    type: 'gauge',
    help: 'Whether the stage of the plan has begun in the power failure that is not over.',
    labels: ['stage'],
  },
  proxmox_watchdog_power_failure_host_step: {
    type: 'gauge',
    help: 'Where the host stands in the power failure that is not over: 1 for that step, 0 for the others.',
    labels: [...host, 'step'],
  },
  proxmox_watchdog_power_failure_host_not_back: {
    type: 'gauge',
    help: 'Whether every way to start the host again was tried in vain.',
    labels: host,
  },
  proxmox_watchdog_power_failure_return_stuck: {
    type: 'gauge',
    help: 'Whether the cluster is not back whole long after mains is.',
    labels: [],
  },
  proxmox_watchdog_power_plan_obstacles: {
    type: 'gauge',
    help: 'How many things keep the plan for power failures from being carried out as it is meant (`ups plan` names them).',
    labels: [],
  },
} as const satisfies Record<string, Metric>
