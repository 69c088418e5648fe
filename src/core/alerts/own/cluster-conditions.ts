import type { ClusterAlert } from './cluster-table.ts'
import { byWord, type Condition, isRaised, wordOf } from './condition.ts'

/** What each alert about a cluster says in one line, of what it is about: `pve1 of home`, or `home`. */
const SUMMARIES: Record<ClusterAlert, (what: string) => string> = {
  PveNodeOffline: (what) => `The node ${what} is no member of its cluster`,
  PveQuorumLost: (what) => `${what} has lost quorum`,
  PveMarginZero: (what) => `The cluster ${what} cannot lose another vote`,
  PveQDeviceDown: (what) => `The QDevice of ${what} does not vote`,
  PveVotesMissing: (what) => `Votes of the cluster ${what} are missing`,
  PveViewsDisagree: (what) => `The nodes of ${what} do not agree with each other`,
  PveViewStale: (what) => `${what} does not tell its view of the cluster`,
  PveStorageFull: (what) => `The storage ${what} is nearly full`,
  PveStorageInactive: (what) => `The storage ${what} is not active`,
  PveBackupFailed: (what) => `The last backup of ${what} failed`,
  PveGuestNotBackedUp: (what) => `${what} is not backed up`,
  PveReplicationFailed: (what) => `The replication ${what} fails`,
  PveReplicationStale: (what) => `The replication ${what} is overdue`,
  PveGuestDown: (what) => `${what} is down and should run`,
  PveGuestMaintenanceTagStale: (what) => `${what} has been tagged maintenance for a day`,
  PveGuestNotStarted: (what) => `Guests did not start when ${what} booted`,
  PveGuestLockStuck: (what) => `${what} is locked and nothing works on it`,
  PveHaError: (what) => `HA has given up on ${what}`,
  PveHaFence: (what) => `HA is fencing ${what}`,
  PveFenceCountdown: (what) => `${what} is about to be reset by its watchdog`,
  PveNodeRebooted: (what) => `${what} has rebooted unexpectedly`,
  PveRebootRequired: (what) => `${what} needs a reboot for its new kernel`,
  PveUpdatesPending: (what) => `${what} has updates to install`,
  PveTimeSkew: (what) => `The clock of ${what} is off`,
  PveCertificateExpiring: (what) => `A certificate of ${what} ends soon`,
  PveApiUnreadable: (what) => `The API of ${what} does not let us read everything`,
}

/** They are judged elsewhere, by the nodes' views: here is what is said of them. */
export const clusterConditions = Object.fromEntries(
  Object.entries(SUMMARIES).map(([name, summary]) => [name, observed(summary)]),
) as Record<ClusterAlert, Condition>

function observed(summary: (what: string) => string): Condition {
  return {
    isTouched: byWord,
    judge: (_sight, _subject, record) => (isRaised(record) ? 'holds' : 'over'),
    summary: (_sight, subject) => summary(whatOf(subject)),
    why: (_sight, _subject, record) => wordOf(record),
    end: (_sight, _subject, record) => (isRaised(record) ? 'It is over.' : wordOf(record) || 'It is over.'),
  }
}

/** `home/qemu/100` as `qemu/100 of home`. */
function whatOf(subject: string): string {
  const at = subject.indexOf('/')
  return at < 0 ? subject : `${subject.slice(at + 1)} of ${subject.slice(0, at)}`
}
