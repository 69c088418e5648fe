import type { ApiFailure } from '../../core/cluster/types.ts'
import type { CallFailure, CallOutcome, Endpoint } from '../api/endpoint.ts'

/** Another endpoint may know more of it. What is not permitted or does not exist is the same everywhere. */
const ELSEWHERE: ReadonlySet<ApiFailure> = new Set([
  'unreachable',
  'timeout',
  'tls',
  'fingerprint-mismatch',
  'unauthorized',
  'malformed-answer',
  'peer-unreachable',
  'no-quorum',
  'server-error',
])
const MOST_TRIES = 3

/**
 * Asks one endpoint after the other until one answers; each call has its own deadline. A write goes on only where it
 * surely did not arrive. Where none
 * answers the failure of the first is told, which is the one that should know.
 */
export async function askCluster<T>(
  endpoints: readonly Endpoint[],
  kind: 'read' | 'write',
  call: (endpoint: Endpoint) => Promise<CallOutcome<T>>,
): Promise<CallOutcome<T> | undefined> {
  let first: CallFailure | undefined
  for (const endpoint of endpoints.slice(0, MOST_TRIES)) {
    const outcome = await call(endpoint)
    if (outcome.ok) return outcome
    first ??= outcome
    if (!ELSEWHERE.has(outcome.code) || (kind === 'write' && outcome.mayHaveArrived)) return outcome
  }
  return first
}
