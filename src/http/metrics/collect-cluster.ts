import type { ClusterModel, NodeModel } from '../../core/cluster/model-types.ts'
import type { CallStat } from '../../ports/cluster.ts'
import { updatesPending, viewsAgree } from '../views/cluster.ts'
import type { SeenCluster } from '../views/cluster-models.ts'
import { asNumber, type Put } from './samples.ts'

/** As the HA manager calls them (PVE::HA::Manager); another one that holds is shown besides. */
const SERVICE_STATES = [
  ...['started', 'stopped', 'request_stop', 'request_start', 'request_start_balance', 'fence', 'recovery'],
  ...['migrate', 'relocate', 'freeze', 'error', 'ignored', 'queued', 'deleting'],
]

/** Nothing that was not read is shown. */
export function collectCluster({ watch, model }: SeenCluster, put: Put): void {
  collectQuorum(model, put)
  for (const node of model.nodes) collectNode(node, model, put)
  collectHa(model, put)
  collectGuests(model, put)
  collectStorages(model, put)
  collectReplication(model, put)
  for (const stat of watch.stats()) collectCalls(stat, model.cluster, put)
}

function collectQuorum(model: ClusterModel, put: Put): void {
  const { cluster, margin, qdevice, agreement } = model
  const labels = { cluster }
  const lately = Object.values(agreement.views).filter(({ standing }) => standing === 'no-quorum')
  if (margin !== undefined) put('proxmox_watchdog_cluster_quorate', labels, asNumber(margin.quorate))
  else if (lately.length > 0) put('proxmox_watchdog_cluster_quorate', labels, 0)
  if (margin !== undefined) {
    put('proxmox_watchdog_cluster_quorum_margin', labels, margin.survivesFailures)
    put('proxmox_watchdog_cluster_votes_present', labels, margin.presentVotes)
    put('proxmox_watchdog_cluster_votes_needed', labels, margin.neededVotes)
    put('proxmox_watchdog_cluster_votes_expected', labels, margin.expectedVotes)
  }
  if (qdevice?.fresh === true && qdevice.value.state !== 'none' && qdevice.value.state !== 'unknown') {
    put('proxmox_watchdog_cluster_qdevice_up', labels, asNumber(qdevice.value.state === 'connected'))
  }
  const agree = viewsAgree(model)
  if (agree !== undefined) put('proxmox_watchdog_cluster_views_agree', labels, asNumber(agree))
}

function collectNode(node: NodeModel, { cluster }: ClusterModel, put: Put): void {
  const labels = { cluster, node: node.name }
  if (node.viewAgeMs !== undefined) put('proxmox_watchdog_cluster_view_age_seconds', labels, node.viewAgeMs / 1000)
  if (node.online !== undefined) put('proxmox_watchdog_cluster_node_online', labels, asNumber(node.online))
  if (node.costsQuorum !== undefined) {
    put('proxmox_watchdog_cluster_losing_costs_quorum', labels, asNumber(node.costsQuorum))
  }
  const updates = updatesPending(node)
  if (node.updates?.fresh === true) {
    if (updates !== undefined) put('proxmox_watchdog_cluster_updates_pending', labels, updates)
    if (node.rebootRequired !== undefined) put('node_reboot_required', labels, asNumber(node.rebootRequired))
  }
  if (node.clockOffsetS !== undefined) put('proxmox_watchdog_cluster_time_skew_seconds', labels, node.clockOffsetS)
  // A certificate ends also while it cannot be read.
  for (const { file, notAfterS } of node.certificates?.value ?? []) {
    put('proxmox_watchdog_cluster_certificate_expiry_timestamp_seconds', { ...labels, file }, notAfterS)
  }
}

function collectHa({ cluster, ha }: ClusterModel, put: Put): void {
  if (ha?.fresh !== true) return
  const { armed, services } = ha.value
  if (armed !== 'unknown') put('proxmox_watchdog_cluster_ha_armed', { cluster }, asNumber(armed === 'armed'))
  for (const { sid, node, state } of services) {
    const labels = { cluster, service: sid, node }
    for (const each of SERVICE_STATES.includes(state) ? SERVICE_STATES : [...SERVICE_STATES, state]) {
      put('proxmox_watchdog_cluster_ha_service_state', { ...labels, state: each }, asNumber(each === state))
    }
  }
}

function collectGuests({ cluster, guests, backups, at }: ClusterModel, put: Put): void {
  for (const { id, name, node, running, template, lastGoodBackupS, backedUp } of guests) {
    const labels = { cluster, guest: id }
    if (running !== undefined && !template) {
      put('proxmox_watchdog_cluster_guest_running', { ...labels, name, node }, asNumber(running))
    }
    if (lastGoodBackupS !== undefined) {
      put('proxmox_watchdog_cluster_backup_age_seconds', labels, Math.max(0, at.wallMs / 1000 - lastGoodBackupS))
    }
    if (backedUp !== undefined && backups?.fresh === true) {
      put('proxmox_watchdog_cluster_guest_backed_up', labels, asNumber(backedUp))
    }
  }
}

function collectStorages({ cluster, storages }: ClusterModel, put: Put): void {
  for (const { node, storage, active, usedBytes, totalBytes } of storages) {
    if (active === undefined) continue
    const labels = { cluster, node, storage }
    put('proxmox_watchdog_cluster_storage_active', labels, asNumber(active))
    if (active && totalBytes > 0) put('proxmox_watchdog_cluster_storage_used_ratio', labels, usedBytes / totalBytes)
  }
}

function collectReplication({ cluster, replication, at }: ClusterModel, put: Put): void {
  for (const { id, fresh, failures, lastSyncS } of replication) {
    const labels = { cluster, job: id }
    if (fresh) put('proxmox_watchdog_cluster_replication_failures', labels, failures)
    // Its age grows whether it can be read or not.
    if (lastSyncS > 0) {
      put('proxmox_watchdog_cluster_replication_age_seconds', labels, Math.max(0, at.wallMs / 1000 - lastSyncS))
    }
  }
}

function collectCalls({ endpoint, section, calls, errors, lastDurationMs }: CallStat, cluster: string, put: Put): void {
  const labels = { cluster, endpoint, section }
  put('proxmox_watchdog_cluster_api_calls_total', labels, calls)
  for (const [code, count] of Object.entries(errors)) {
    put('proxmox_watchdog_cluster_api_errors_total', { ...labels, code }, count)
  }
  put('proxmox_watchdog_cluster_api_call_duration_seconds', labels, lastDurationMs / 1000)
}
