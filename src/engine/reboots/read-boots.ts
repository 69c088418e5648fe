import { splitBoots } from '../../core/reboots/boots.ts'
import type { ApiOutcome, ClusterWatch, JournalPart, JournalQuery } from '../../ports/cluster.ts'

/** The ends of the boots before the present one, and its begin: one list a boot, oldest first, the present one last. */
export type Boots = { readonly earlier: readonly (readonly string[])[]; readonly current: readonly string[] }

export type BootsQuery = {
  /** When the present boot began, by the node's own clock. */
  readonly bootedS: number
  /** Of the present boot, where it is known. */
  readonly bootId?: string
  /** How long before it the node was last seen. */
  readonly gapS: number
  /** Where the journal was read up to in the boot before. */
  readonly cursor?: string
}

const MINUTE_S = 60
const DAY_S = 86_400
/** The present boot's first words: what it found on its disks. */
const AFTER_S = 45
const MOST_LINES = 6_000
const MOST_BYTES = 2 * 1024 * 1024
/** From a cursor on it is not known how much there is: most of it is the present boot, whose end nobody needs. */
const MOST_BYTES_FROM_CURSOR = 8 * 1024 * 1024
/** Of one boot. */
const KEPT_LINES = 2_000

/**
 * Reads the end of the boots before and the begin of the present one. The API lists no boots, so the time around the
 * begin is asked for, further back each time; and from the cursor on where the node's clock led astray. Without an
 * earlier boot in the answer the journal has none.
 */
export async function readBoots(
  watch: ClusterWatch,
  node: string,
  query: BootsQuery,
  signal: AbortSignal,
): Promise<ApiOutcome<Boots>> {
  const { bootedS, gapS, bootId, cursor } = query
  const ask = async (part: JournalQuery) => {
    const outcome = await watch.journal(node, part, signal)
    return outcome.ok ? ({ ok: true, value: bootsOf(outcome.value, bootId) } as const) : outcome
  }
  let begin: readonly string[] = []
  for (const backS of [gapS + 15 * MINUTE_S, Math.max(gapS, DAY_S) * 2, Math.max(gapS, 7 * DAY_S) * 4]) {
    const around = { sinceS: bootedS - backS, untilS: bootedS + AFTER_S }
    const found = await ask({ ...around, lastEntries: MOST_LINES, maxBytes: MOST_BYTES })
    if (!found.ok) return found
    if (found.value.earlier.length > 0) return found
    begin = found.value.current
  }
  if (cursor !== undefined) {
    const found = await ask({ startCursor: cursor, maxBytes: MOST_BYTES_FROM_CURSOR })
    if (found.ok && found.value.earlier.length > 0) return found
  }
  return { ok: true, value: { earlier: [], current: begin } }
}

function bootsOf({ lines, bootId }: JournalPart, present: string | undefined): Boots {
  const boots = splitBoots(lines.map(oneLine))
  // The node's clock was wrong at its start: all that was found is the boot before.
  const endsBefore = present !== undefined && bootId !== undefined && bootId !== present
  const earlier = endsBefore ? boots : boots.slice(0, -1)
  const current = endsBefore ? [] : (boots.at(-1) ?? [])
  return { earlier: earlier.map((each) => each.slice(-KEPT_LINES)), current: current.slice(0, KEPT_LINES) }
}

/** A message may hold line ends, and what follows one must not pass for a line of its own. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
}
