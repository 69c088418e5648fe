import type { ClusterSpec } from '../../../src/lab/world/index.ts'
import { SECOND, type Setup } from '../setup.ts'

/** Guests with and without HA on the hosts of the full site, a storage on its NAS, and a QDevice. */
function clusterOf(setup: Setup): ClusterSpec {
  const nodes = setup.world.hosts.filter(({ cluster }) => cluster === undefined || cluster === 'main')
  const [first = '', second = '', third = ''] = nodes.map(({ name }) => name)
  const nas = setup.world.hosts.some(({ name }) => name === 'nas')
  return {
    name: 'main',
    qdevice: { algorithm: 'ffsplit', host: 'qnetd' },
    nodes: nodes.map(({ name }) => ({ host: name })),
    storages: [{ name: 'local' }, { name: 'shared', shared: true, ...(nas ? { servedBy: 'nas' } : {}) }],
    guests: [
      { vmid: 100, name: 'web', node: first, storage: 'shared', ha: 'started' },
      { vmid: 101, name: 'db', node: second, storage: 'shared', ha: 'started' },
      { vmid: 102, name: 'own', node: third, onboot: true },
      { vmid: 103, name: 'pinned', node: third, ha: 'started' },
    ],
    // Nobody reads them here.
    journals: false,
  }
}

/** The same site as nodes of a Proxmox cluster, asked every ten seconds. */
export function withCluster(setup: Setup, over: Partial<ClusterSpec> = {}): Setup {
  const world = { ...setup.world, clusters: [{ ...clusterOf(setup), ...over }] }
  return { ...setup, world, peers: { cluster: 'main', pollMs: 10 * SECOND } }
}
