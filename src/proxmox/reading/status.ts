import type { ClusterStatus, Member } from '../../core/cluster/types.ts'
import { flag, maybeNumber, maybeText, number, optional, rows, text } from './loose.ts'

/** `GET /cluster/status`. A node that is in no cluster has no row for it, and is quorate by itself. */
export function readClusterStatus(data: unknown): ClusterStatus | undefined {
  const all = rows(data)
  if (all === undefined) return undefined
  const cluster = all.find((row) => row.type === 'cluster')
  const members = all
    .filter((row) => row.type === 'node' && maybeText(row.name) !== undefined)
    .map(
      (row): Member => ({
        name: text(row.name),
        nodeId: number(row.nodeid),
        online: flag(row.online),
        local: flag(row.local),
        ...optional('ip', maybeText(row.ip)),
      }),
    )
  if (members.length === 0) return undefined
  return {
    quorate: cluster === undefined || flag(cluster.quorate),
    members,
    ...optional('name', maybeText(cluster?.name)),
    ...optional('configVersion', maybeNumber(cluster?.version)),
  }
}
