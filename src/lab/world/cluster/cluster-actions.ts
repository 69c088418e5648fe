type Of = { readonly cluster?: string }

type OnLinks =
  /** Its corosync network is cut from every other node; whoever watches still reaches its API. */
  | { readonly kind: 'partition' | 'rejoin'; readonly host: string }
  /** One way: `host` no longer hears `from`, which still hears it. */
  | { readonly kind: 'partition-from' | 'rejoin-from'; readonly host: string; readonly from: string }
  | ({ readonly kind: 'qdevice-down' | 'qdevice-up' } & Of)

type OnGuest =
  /** It is down: its process ended, or a person shut it down from within. */
  | { readonly kind: 'guest-stop' | 'guest-start'; readonly guest: string }
  | { readonly kind: 'guest-lock'; readonly guest: string; readonly lock: string }
  | { readonly kind: 'guest-unlock'; readonly guest: string }
  | { readonly kind: 'guest-tags'; readonly guest: string; readonly tags: readonly string[] }
  | { readonly kind: 'migrate'; readonly guest: string; readonly to: string }

type OnData =
  | { readonly kind: 'storage-full' | 'storage-freed'; readonly storage: string }
  /** The backup of every guest runs now, and fails or works; so do those that follow. */
  | ({ readonly kind: 'backup-fail' | 'backup-ok' } & Of)
  /** A backup of one guest begins: it is locked for a while. */
  | { readonly kind: 'backup-start'; readonly guest: string; readonly forMs?: number }
  | { readonly kind: 'replication-fail' | 'replication-ok'; readonly job: string }

type OnNode =
  | { readonly kind: 'node-maintenance' | 'node-maintenance-end'; readonly host: string }
  | { readonly kind: 'clock-skew'; readonly host: string; readonly skewMs: number }
  | {
      readonly kind: 'updates'
      readonly host: string
      readonly packages: readonly { readonly package: string; readonly from: string; readonly to: string }[]
      /** A newer kernel that is installed: a reboot is required. */
      readonly kernel?: string
    }
  /** watchdog-mux is stopped: where it has a client the machine is reset. */
  | { readonly kind: 'stop-watchdog-mux'; readonly host: string }

type OnHa =
  | ({ readonly kind: 'disarm-ha'; readonly mode: 'freeze' | 'ignore' } & Of)
  | ({ readonly kind: 'arm-ha' } & Of)

/** What can be done to a cluster of the lab, as data. */
export type ClusterAction = OnLinks | OnGuest | OnData | OnNode | OnHa

const KINDS: Readonly<Record<ClusterAction['kind'], true>> = {
  partition: true,
  rejoin: true,
  'partition-from': true,
  'rejoin-from': true,
  'qdevice-down': true,
  'qdevice-up': true,
  'guest-stop': true,
  'guest-start': true,
  'guest-lock': true,
  'guest-unlock': true,
  'guest-tags': true,
  migrate: true,
  'storage-full': true,
  'storage-freed': true,
  'backup-fail': true,
  'backup-ok': true,
  'backup-start': true,
  'replication-fail': true,
  'replication-ok': true,
  'node-maintenance': true,
  'node-maintenance-end': true,
  'clock-skew': true,
  updates: true,
  'stop-watchdog-mux': true,
  'disarm-ha': true,
  'arm-ha': true,
}

export function isClusterAction(action: { readonly kind: string }): action is ClusterAction {
  return Object.hasOwn(KINDS, action.kind)
}
