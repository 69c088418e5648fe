import { muxJournal } from '../../core/audit/mux-journal.ts'
import type { NodeFacts } from '../../core/audit/types.ts'
import type { ClusterModel } from '../../core/cluster/model-types.ts'
import type { ClusterWatch, JournalQuery } from '../../ports/cluster.ts'
import type { NodeShell } from '../../ports/node-shell.ts'

export type FactsParts = {
  readonly watch: ClusterWatch
  readonly shell?: NodeShell
  readonly model: ClusterModel
  /** Seconds of the wall clock. */
  readonly nowS: number
  readonly signal?: AbortSignal
}

/** watchdog-mux and softdog speak at boot, and HA when it takes or leaves the watchdog. */
const BOOT_S = 600
const TAIL_LINES = 2_000
const MAX_BYTES = 1024 * 1024

/** What one node tells of its watchdog: its journal since it booted, and itself from inside where that is configured. */
export async function nodeFacts(node: string, parts: FactsParts): Promise<NodeFacts> {
  const { model, shell, signal } = parts
  const known = model.nodes.find(({ name }) => name === node)
  const base = {
    node,
    master: model.ha?.value.master?.node === node && model.ha.value.armed !== 'disarmed',
    ...(known?.online === undefined ? {} : { online: known.online }),
    ...(known?.lrm === undefined ? {} : { lrm: known.lrm }),
  }
  if (known?.online === false) return base
  const [journal, inside] = await Promise.all([
    linesOf(node, known?.uptimeS, parts),
    shell?.reaches(node) === true ? shell.look(node, signal) : undefined,
  ])
  return {
    ...base,
    ...('lines' in journal ? { journal: muxJournal(node, journal.lines) } : { journalTrouble: journal.sentence }),
    ...(inside === undefined ? {} : inside.ok ? { inside: inside.facts } : { insideTrouble: inside.sentence }),
  }
}

type Lines = { readonly lines: readonly string[] } | { readonly sentence: string }

async function linesOf(node: string, uptimeS: number | undefined, { watch, nowS, signal }: FactsParts): Promise<Lines> {
  const ask = (query: JournalQuery) => watch.journal(node, { ...query, maxBytes: MAX_BYTES }, signal)
  const bootS = uptimeS === undefined ? undefined : Math.floor(nowS - uptimeS)
  const begin = bootS === undefined ? undefined : await ask({ sinceS: bootS - 30, untilS: bootS + BOOT_S })
  if (begin?.ok === false) return begin
  const tail = await ask({ lastEntries: TAIL_LINES })
  if (!tail.ok) return tail
  const first = begin?.value.lines ?? []
  // Where the tail reaches back to the boot the same lines come twice, which says nothing else.
  const last = first.at(-1)
  const from = last === undefined ? -1 : tail.value.lines.lastIndexOf(last)
  return { lines: [...first, ...tail.value.lines.slice(from + 1)] }
}
