import type { Metric } from './metric.ts'

const cluster = ['cluster'] as const
const node = ['cluster', 'node'] as const
const storage = ['cluster', 'node', 'storage'] as const
const guest = ['cluster', 'guest'] as const
const job = ['cluster', 'job'] as const
const call = ['cluster', 'endpoint', 'section'] as const

/** What is seen of Proxmox clusters. Whatever could not be read, or not lately, is missing. */
export const CLUSTER_METRICS = {
  proxmox_watchdog_cluster_quorate: {
    type: 'gauge',
    help: 'Whether the cluster has quorum, by the view that is believed; 0 where every node that answers says no.',
    labels: cluster,
  },
  proxmox_watchdog_cluster_quorum_margin: {
    type: 'gauge',
    help: 'So many more nodes may fail, whichever they are, before quorum is lost. 0: the next one takes it.',
    labels: cluster,
  },
  proxmox_watchdog_cluster_votes_present: { type: 'gauge', help: 'Votes that are there.', labels: cluster },
  proxmox_watchdog_cluster_votes_needed: { type: 'gauge', help: 'Votes that quorum needs.', labels: cluster },
  proxmox_watchdog_cluster_votes_expected: { type: 'gauge', help: 'Votes that are configured.', labels: cluster },
  proxmox_watchdog_cluster_qdevice_up: {
    type: 'gauge',
    help: 'Whether the QDevice is connected, on every node that tells; missing where there is none.',
    labels: cluster,
  },
  proxmox_watchdog_cluster_views_agree: {
    type: 'gauge',
    help: 'Whether the nodes that were read lately agree on who is there and who has quorum; missing with fewer than two.',
    labels: cluster,
  },
  proxmox_watchdog_cluster_view_age_seconds: {
    type: 'gauge',
    help: 'How old the own view of the node is; missing where it was never read.',
    labels: node,
  },
  proxmox_watchdog_cluster_node_online: {
    type: 'gauge',
    help: 'Whether the node is a member, by the view that is believed.',
    labels: node,
  },
  proxmox_watchdog_cluster_losing_costs_quorum: {
    type: 'gauge',
    help: 'Whether losing this node would cost quorum; missing for a node that is away.',
    labels: node,
  },
  proxmox_watchdog_cluster_ha_armed: {
    type: 'gauge',
    help: 'Whether HA is armed; missing before 9.2, which does not tell.',
    labels: cluster,
  },
  proxmox_watchdog_cluster_ha_service_state: {
    type: 'gauge',
    help: 'The state of a service of HA: 1 for the one that holds, 0 for the others.',
    labels: ['cluster', 'service', 'node', 'state'],
  },
  proxmox_watchdog_cluster_guest_running: {
    type: 'gauge',
    help: 'Whether the guest runs; missing where nobody knows, such as on a node that is away.',
    labels: ['cluster', 'guest', 'name', 'node'],
  },
  proxmox_watchdog_cluster_storage_active: {
    type: 'gauge',
    help: 'Whether the storage can be used on the node; missing where nobody knows.',
    labels: storage,
  },
  proxmox_watchdog_cluster_storage_used_ratio: {
    type: 'gauge',
    help: 'Used part of the storage, 0 to 1.',
    labels: storage,
  },
  proxmox_watchdog_cluster_backup_age_seconds: {
    type: 'gauge',
    help: 'How long ago the last backup of the guest came well, as far as the task lists tell; missing where they do not.',
    labels: guest,
  },
  proxmox_watchdog_cluster_guest_backed_up: {
    type: 'gauge',
    help: 'Whether a backup job covers the guest.',
    labels: guest,
  },
  proxmox_watchdog_cluster_replication_failures: {
    type: 'gauge',
    help: 'Failed runs of the replication job in a row.',
    labels: job,
  },
  proxmox_watchdog_cluster_replication_age_seconds: {
    type: 'gauge',
    help: 'How long ago the replication job last came well; missing before the first time.',
    labels: job,
  },
  proxmox_watchdog_cluster_updates_pending: {
    type: 'gauge',
    help: 'Packages that could be updated; missing without the privilege to read the list.',
    labels: node,
  },
  node_reboot_required: {
    type: 'gauge',
    help: 'Whether a newer kernel is installed than the one that runs.',
    labels: node,
  },
  proxmox_watchdog_cluster_time_skew_seconds: {
    type: 'gauge',
    help: 'The clock of the node minus that of the watchdog.',
    labels: node,
  },
  proxmox_watchdog_cluster_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the certificate of the node ends.',
    labels: [...node, 'file'],
  },
  proxmox_watchdog_cluster_api_calls_total: {
    type: 'counter',
    help: 'Calls of the API of Proxmox, by what they were for.',
    labels: call,
  },
  proxmox_watchdog_cluster_api_errors_total: {
    type: 'counter',
    help: 'Calls that failed, by the code of the failure; only those that happened.',
    labels: [...call, 'code'],
  },
  proxmox_watchdog_cluster_api_call_duration_seconds: {
    type: 'gauge',
    help: 'How long the last call took.',
    labels: call,
  },
} as const satisfies Record<string, Metric>
