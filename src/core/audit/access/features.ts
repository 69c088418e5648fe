/** What the watchdog does with Proxmox beyond looking, and looking itself. Which of them are wanted, the configuration says. */
export const PROXMOX_FEATURES = [
  'views',
  'agent',
  'journals',
  'updates',
  'start-missed',
  'node-watchdog',
  'power',
  'ceph-flags',
] as const
export type ProxmoxFeature = (typeof PROXMOX_FEATURES)[number]

export type AccessPath = '/' | '/nodes' | '/vms' | '/storage'

export type Need = {
  readonly path: AccessPath
  /** One of these is enough; the first that the version has is the one to grant. */
  readonly anyOf: readonly string[]
  /** Below it, too: a token without that sees only a part. */
  readonly below: boolean
}

type Feature = { readonly means: string; readonly needs: readonly Need[] }

/**
 * From the `permissions` of each call in the API's schema (pve-docs, apidoc.js). `VM.Monitor` is what 8.x has in place of
 * the privileges of the agent.
 */
export const FEATURES: Readonly<Record<ProxmoxFeature, Feature>> = {
  views: {
    means: 'nodes, quorum, HA, guests, storage, backups and replication',
    needs: [
      { path: '/', anyOf: ['Sys.Audit'], below: false },
      { path: '/nodes', anyOf: ['Sys.Audit'], below: true },
      { path: '/vms', anyOf: ['VM.Audit'], below: true },
      { path: '/storage', anyOf: ['Datastore.Audit'], below: true },
    ],
  },
  agent: {
    means: 'addresses of guests from their agent, such as that of the guest that carries the watchdog',
    needs: [{ path: '/vms', anyOf: ['VM.GuestAgent.Audit', 'VM.Monitor', 'VM.GuestAgent.Unrestricted'], below: true }],
  },
  journals: {
    means: 'journals: why a node rebooted, the fence countdown, the watchdog audit',
    needs: [{ path: '/nodes', anyOf: ['Sys.Syslog'], below: true }],
  },
  updates: {
    means: 'the list of pending updates, which Proxmox shows to nobody without it',
    needs: [{ path: '/nodes', anyOf: ['Sys.Modify'], below: true }],
  },
  'start-missed': {
    means: 'starting guests that did not start after a boot',
    needs: [{ path: '/vms', anyOf: ['VM.PowerMgmt'], below: true }],
  },
  'node-watchdog': {
    means: 'disarming and arming HA',
    needs: [{ path: '/', anyOf: ['Sys.Console'], below: false }],
  },
  power: {
    means: 'shutting guests and nodes down in order on battery, with HA disarmed meanwhile, and waking nodes again',
    needs: [
      { path: '/nodes', anyOf: ['Sys.PowerMgmt'], below: true },
      { path: '/vms', anyOf: ['VM.PowerMgmt'], below: true },
      { path: '/', anyOf: ['Sys.Console'], below: false },
    ],
  },
  'ceph-flags': {
    means: 'setting the flags of Ceph before its nodes are shut down',
    needs: [{ path: '/', anyOf: ['Sys.Modify'], below: false }],
  },
}

export function isFeature(name: string): name is ProxmoxFeature {
  return Object.hasOwn(FEATURES, name)
}
