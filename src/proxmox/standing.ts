import type { ReadError } from '../core/cluster/types.ts'
import { type At, elapsedMs } from '../core/time.ts'
import type { EndpointPoller } from './polling/endpoint-poller.ts'
import { strangers } from './same-cluster.ts'

export type Standing = {
  /** Those whose answers are not of this cluster, with why. */
  readonly odd: ReadonlyMap<EndpointPoller, ReadError>
  /** Of each node the endpoint that speaks for it; others of the same node wait for it to fail. */
  readonly speakers: ReadonlyMap<string, EndpointPoller>
}

export function standingOf(pollers: readonly EndpointPoller[]): Standing {
  const told = pollers.flatMap((poller) => {
    const status = poller.reads.status?.value
    if (status === undefined) return []
    const { configuredNode } = poller
    return [{ endpoint: poller.endpoint.name, status, ...(configuredNode === undefined ? {} : { configuredNode }) }]
  })
  const sentences = strangers(told)
  const odd = new Map<EndpointPoller, ReadError>()
  const speakers = new Map<string, EndpointPoller>()
  for (const poller of pollers) {
    const sentence = sentences.get(poller.endpoint.name)
    const status = poller.reads.status
    if (sentence !== undefined && status !== undefined) {
      odd.set(poller, { at: status.at, code: 'wrong-cluster', sentence })
      continue
    }
    const { node } = poller
    if (node === undefined || (status === undefined && !poller.up)) continue
    const other = speakers.get(node)
    if (other === undefined || (poller.up && !other.up)) speakers.set(node, poller)
  }
  return { odd, speakers }
}

/** A view that old is no ground to prefer its node. */
const FRESH_POLLS = 2.5

/**
 * Whom to ask for what is the same everywhere: whoever was asked before as long as it has quorum, else the first that
 * has. Where none has, one that answers: better its word than none.
 */
export function askedOnce(
  { speakers }: Standing,
  before: EndpointPoller | undefined,
  now: At,
  pollMs: number,
): EndpointPoller | undefined {
  const there = [...speakers.values()].filter(({ up }) => up)
  const good = there.filter(({ reads: { status } }) => {
    return status?.value.quorate === true && elapsedMs(status.at, now) <= FRESH_POLLS * pollMs
  })
  const among = good.length > 0 ? good : there
  return before !== undefined && among.includes(before) ? before : among[0]
}
