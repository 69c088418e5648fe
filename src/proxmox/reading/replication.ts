import type { Replication } from '../../core/cluster/types.ts'
import { maybeText, number, optional, rows, text } from './loose.ts'

/** `GET /nodes/{node}/replication`: the jobs whose source is the node. Times are 0 where there was none yet. */
export function readReplication(data: unknown): readonly Replication[] | undefined {
  return rows(data)?.flatMap((row) => {
    const id = maybeText(row.id)
    if (id === undefined) return []
    const job: Replication = {
      id,
      guest: number(row.guest ?? id.split('-')[0]),
      source: text(row.source),
      target: text(row.target),
      type: maybeText(row.type) ?? 'local',
      lastSyncS: number(row.last_sync),
      lastTryS: number(row.last_try),
      nextSyncS: number(row.next_sync),
      failures: number(row.fail_count),
      durationS: number(row.duration),
      ...optional('error', maybeText(row.error)),
      ...optional('schedule', maybeText(row.schedule)),
    }
    return [job]
  })
}
