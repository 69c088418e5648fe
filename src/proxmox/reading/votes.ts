import type { NodeVotes } from '../../core/cluster/types.ts'
import { maybeNumber, maybeText, number, rows } from './loose.ts'

/** `GET /cluster/config/nodes`: the nodes of corosync.conf, numbers as strings. */
export function readVotes(data: unknown): readonly NodeVotes[] | undefined {
  return rows(data)?.flatMap((row) => {
    const node = maybeText(row.name) ?? maybeText(row.node)
    if (node === undefined) return []
    return [{ node, nodeId: number(row.nodeid), votes: maybeNumber(row.quorum_votes) ?? 1 }]
  })
}
