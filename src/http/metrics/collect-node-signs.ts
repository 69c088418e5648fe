import { clusterLabels } from '../../core/alerts/own/cluster-labels.ts'
import { CLUSTER_ALERTS } from '../../core/alerts/own/cluster-table.ts'
import type { State } from '../../core/state/types.ts'
import { asNumber, type Put } from './samples.ts'

/** What is found in journals and by asking, and is in no view of a cluster: as long as its alert holds. */
const SIGNS = {
  PveGuestNotStarted: 'proxmox_watchdog_node_guests_not_started',
  PveFenceCountdown: 'proxmox_watchdog_node_fence_countdown',
  PveNodeRebooted: 'proxmox_watchdog_node_rebooted_unexpectedly',
} as const

export function collectNodeSigns(state: State, put: Put): void {
  for (const { name, subject, raised } of Object.values(state.alerts)) {
    if (!isSign(name)) continue
    const { cluster = '', node = '' } = clusterLabels(CLUSTER_ALERTS[name].about, subject)
    put(SIGNS[name], { cluster, node }, asNumber(raised?.holds === true))
  }
}

function isSign(name: string): name is keyof typeof SIGNS {
  return Object.hasOwn(SIGNS, name)
}
