import { homeLab } from '../home-lab.ts'
import type { WorldSpec } from '../spec.ts'
import type { ClusterSpec } from './spec.ts'

/** What runs on the nodes of the first deployment: four nodes and a QDevice, some guests, a storage on the NAS. */
export function homeCluster(): ClusterSpec {
  return {
    name: 'main',
    qdevice: { algorithm: 'ffsplit', host: '10.99.0.9' },
    storages: [
      { name: 'local', content: 'vztmpl,iso,images,rootdir,backup' },
      { name: 'nas', type: 'nfs', content: 'images,backup', shared: true, servedBy: 'nas', totalBytes: 8 * 1024 ** 4 },
    ],
    guests: [
      {
        vmid: 100,
        name: 'web1',
        node: 'pve1',
        tags: ['prod', 'web'],
        onboot: true,
        startup: 'order=1,up=30,down=60',
        agent: true,
        watchdog: 'model=i6300esb,action=reset',
        storage: 'nas',
        ha: 'started',
      },
      { vmid: 101, name: 'db1', node: 'pve2', onboot: true, startup: 'order=1', storage: 'nas', ha: 'started' },
      { vmid: 102, name: 'app3', node: 'pve2', onboot: true, startup: 'order=2', memoryMiB: 256 },
      { vmid: 103, name: 'c3', type: 'lxc', node: 'pve3', onboot: true, memoryMiB: 256 },
      { vmid: 104, name: 'old', node: 'pve4', running: false, tags: ['maintenance'] },
      { vmid: 900, name: 'template', node: 'pve1', template: true },
    ],
    replications: [{ id: '102-0', target: 'pve3' }],
    backupJobs: [{ id: 'backup-nightly', schedule: '02:00', storage: 'nas', vmids: [100, 101, 102, 103] }],
    nodes: ['pve1', 'pve2', 'pve3', 'pve4'].map((host) => ({ host })),
  }
}

/** The first deployment with its Proxmox cluster. */
export function homeLabWithCluster(): WorldSpec {
  return { ...homeLab(), clusters: [homeCluster()] }
}

/** Behind a UPS whose battery lasts for about half an hour. */
export function homeLabWithUps(): WorldSpec {
  return { ...homeLabWithCluster(), upses: [{ name: 'ups', strips: ['strip'], capacityWattHours: 165 }] }
}
