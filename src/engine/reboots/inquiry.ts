import { classifyReboot } from '../../core/reboots/classify.ts'
import { elapsedMs } from '../../core/time.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import type { JudgedReboot, SeenNode } from '../../ports/journal-tails.ts'
import { type Begun, casesOf } from './evidence.ts'
import type { RebootWatchParts } from './parts.ts'
import { type Boots, readBoots } from './read-boots.ts'

/** A node that has just booted serves its API before all of it works. */
const RETRY_MS = 15_000
const UNKNOWN_GAP_S = 900

export type Inquiry = {
  /** Asked anew before each try: in the meantime more may be known. */
  readonly begun: () => Begun
  /** Undefined where journals may not be read. */
  readonly watch: ClusterWatch | undefined
  /** The difference of the node's clock to ours. */
  readonly skewS: number
  /** How long it is tried to read the journal. */
  readonly patienceMs: number
}

/** Why it began anew, oldest first; without a journal by what else is known. Undefined where `signal` aborts. */
export async function inquire(
  parts: RebootWatchParts,
  inquiry: Inquiry,
  signal: AbortSignal,
): Promise<readonly JudgedReboot[] | undefined> {
  const boots = inquiry.watch === undefined ? undefined : await boundariesOf(parts, inquiry, inquiry.watch, signal)
  if (signal.aborted) return undefined
  const begun = inquiry.begun()
  const { cluster, node } = begun
  return casesOf(parts, begun, boots).map(({ evidence, ...about }) => {
    return { cluster, node, ...about, verdict: classifyReboot(evidence) }
  })
}

async function boundariesOf(
  { clock, log }: RebootWatchParts,
  { begun, skewS, patienceMs }: Inquiry,
  watch: ClusterWatch,
  signal: AbortSignal,
): Promise<Boots | undefined> {
  const since = clock.now()
  for (;;) {
    const { node, bootedMs, bootId, before } = begun()
    const query = {
      bootedS: Math.floor(bootedMs / 1000 + skewS),
      gapS: gapS(bootedMs, before),
      ...(bootId === undefined ? {} : { bootId }),
      ...(before?.cursor === undefined ? {} : { cursor: before.cursor }),
    }
    const outcome = await readBoots(watch, node, query, signal)
    if (signal.aborted) return undefined
    if (outcome.ok) return outcome.value
    const isFinal = outcome.code === 'forbidden' || outcome.code === 'not-supported'
    if (isFinal || elapsedMs(since, clock.now()) >= patienceMs) {
      log?.('warn', `The journal of ${node} tells nothing about its reboot: ${outcome.sentence}`)
      return undefined
    }
    await clock.sleep(RETRY_MS, signal)
    if (signal.aborted) return undefined
  }
}

function gapS(bootedMs: number, before: SeenNode | undefined): number {
  return before === undefined ? UNKNOWN_GAP_S : Math.max(0, Math.ceil((bootedMs - before.seenMs) / 1000))
}
