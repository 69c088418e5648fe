import type { Replication } from '../../core/cluster/types.ts'
import { labelText, type MetricText } from '../metric-text.ts'
import type { NodePart } from './scope.ts'

/** What only each node itself tells: settings of its guests, and replication from it. */
export function writeNodes(
  nodes: readonly NodePart[],
  guestTypes: ReadonlyMap<number, string>,
  text: MetricText,
): void {
  text.family('pve_onboot_status', 'gauge', 'Whether a guest starts with its node.')
  for (const { node, guests = {} } of nodes) {
    for (const [id, { onboot }] of Object.entries(guests)) {
      text.sample('pve_onboot_status', labelText({ id, node, type: id.split('/')[0] ?? '' }), onboot)
    }
  }
  // A job is told by both of its ends.
  const jobs = new Map<string, Replication>()
  for (const { node, replication = [] } of nodes) {
    for (const job of replication) if (!jobs.has(job.id) || job.source === node) jobs.set(job.id, job)
  }
  writeReplication([...jobs.values()], guestTypes, text)
}

const TIMES = [
  ['pve_replication_duration_seconds', 'durationS', 'How long the last replication took.'],
  ['pve_replication_last_sync_timestamp_seconds', 'lastSyncS', 'When the job last came well; 0: never.'],
  ['pve_replication_last_try_timestamp_seconds', 'lastTryS', 'When the job last ran.'],
  ['pve_replication_next_sync_timestamp_seconds', 'nextSyncS', 'When the job runs next.'],
  ['pve_replication_failed_syncs', 'failures', 'Failed runs of the job in a row.'],
] as const

function writeReplication(
  jobs: readonly Replication[],
  guestTypes: ReadonlyMap<number, string>,
  text: MetricText,
): void {
  for (const [name, field, help] of TIMES) {
    text.family(name, 'gauge', help)
    for (const job of jobs) text.sample(name, labelText({ id: job.id }), job[field])
  }
  text.family('pve_replication_info', 'gauge', 'A replication job, as labels.')
  for (const { id, guest, source, target, type } of jobs) {
    const labels = {
      guest: `${guestTypes.get(guest) ?? 'qemu'}/${guest}`,
      id,
      source: `node/${source}`,
      target: `node/${target}`,
      type,
    }
    text.sample('pve_replication_info', labelText(labels), 1)
  }
}
