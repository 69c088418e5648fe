import type { ClusterViews } from '../../core/cluster/types.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ApiOutcome } from '../../ports/cluster.ts'
import type { CallOutcome, Endpoint } from '../api/endpoint.ts'

/** What questions and actions outside the rhythm need of the cluster. */
export type ClusterAsk = {
  readonly clock: Clock
  /**
   * At the endpoint of `node` where one is given and has one, else and if it cannot answer at others, those with quorum
   * first.
   */
  readonly ask: <T>(
    kind: 'read' | 'write',
    node: string | undefined,
    call: (endpoint: Endpoint) => Promise<CallOutcome<T>>,
  ) => Promise<ApiOutcome<T>>
  readonly views: () => ClusterViews
}
