import { expect, it } from 'vitest'
import { clusterLabels } from './cluster-labels.ts'
import { CLUSTER_ALERTS } from './cluster-table.ts'

it.each([
  ['PveNodeOffline', 'home/pve1', { cluster: 'home', node: 'pve1' }],
  ['PveQuorumLost', 'home', { cluster: 'home' }],
  ['PveGuestDown', 'home/qemu/100', { cluster: 'home', guest: 'qemu/100' }],
  ['PveBackupFailed', 'home/lxc/101', { cluster: 'home', guest: 'lxc/101' }],
  ['PveBackupFailed', 'home/pve1', { cluster: 'home', node: 'pve1' }],
  ['PveStorageFull', 'home/pve1/local', { cluster: 'home', node: 'pve1', storage: 'local' }],
  ['PveStorageFull', 'home/nfs', { cluster: 'home', storage: 'nfs' }],
  ['PveReplicationFailed', 'home/100-0', { cluster: 'home', job: '100-0' }],
  ['PveApiUnreadable', 'home/https://10.0.0.1:8006', { cluster: 'home', node: 'https://10.0.0.1:8006' }],
  ['PveGuestNotBackedUp', 'home', { cluster: 'home' }],
] as const)('%s of %s', (name, subject, labels) => {
  expect(clusterLabels(CLUSTER_ALERTS[name].about, subject)).toEqual(labels)
})
