import type { RebootWindow } from '../../core/reboots/corroborate.ts'
import { betweenMs, lastLine, parseLine } from '../../core/reboots/journal-line.ts'
import type { JournalTails, NodeKey } from '../../ports/journal-tails.ts'

/** The manager acts a minute or two after a node is gone. */
const AFTER_MS = 600_000
/** A journal that is quiet may be this much older than we think. */
const SLACK_MS = 600_000
const MOST_LINES = 20

/** What the HA managers of the other nodes said of it in these minutes, by our copies of their journals. */
export function peerLines(
  tails: JournalTails,
  { cluster, node, peers }: NodeKey & { readonly peers: readonly string[] },
  { fromMs, untilMs }: RebootWindow,
  nowMs: number,
): readonly string[] {
  return peers
    .flatMap((peer) => {
      const seen = tails.seen({ cluster, node: peer })
      if (seen?.bootId === undefined) return []
      const lines = tails.tail({ cluster, node: peer }, seen.bootId)
      const newest = lastLine(lines)
      if (newest === undefined) return []
      return lines.filter((text) => {
        if (!text.includes(`'${node}'`)) return false
        const line = parseLine(text)
        if (line?.identifier !== 'pve-ha-crm') return false
        const atMs = nowMs - betweenMs(line, newest)
        return atMs >= fromMs - SLACK_MS && atMs <= untilMs + AFTER_MS + SLACK_MS
      })
    })
    .slice(-MOST_LINES)
}
