import type { ClusterViews } from '../../src/core/cluster/types.ts'
import type {
  ApiOutcome,
  CallStat,
  ClusterWatch,
  EndpointState,
  HistoryPoint,
  HistoryQuery,
  TaskEnd,
} from '../../src/ports/cluster.ts'

const REFUSED = { ok: false, code: 'not-supported', sentence: 'This test asks for nothing like it.' } as const

/** A cluster that is asked by nobody: it shows the views that a test gives it, and remembers what history was asked for. */
export class FakeCluster implements ClusterWatch {
  known: ClusterViews
  pollMs = 15_000
  counted: CallStat[] = []
  asked: HistoryQuery[] = []
  past: (query: HistoryQuery) => ApiOutcome<readonly HistoryPoint[]> | Promise<ApiOutcome<readonly HistoryPoint[]>> =
    () => ({ ok: true, value: [] })

  constructor(views: ClusterViews) {
    this.known = views
  }

  get cluster(): string {
    return this.known.cluster
  }

  views(): ClusterViews {
    return this.known
  }

  subscribe(): () => void {
    return () => {}
  }

  stats(): readonly CallStat[] {
    return this.counted
  }

  endpoints(): readonly EndpointState[] {
    return []
  }

  async refresh(): Promise<void> {}

  async journal() {
    return REFUSED
  }

  async history(query: HistoryQuery): Promise<ApiOutcome<readonly HistoryPoint[]>> {
    this.asked.push(query)
    return this.past(query)
  }

  async permissions() {
    return REFUSED
  }

  async startGuest(): Promise<ApiOutcome<TaskEnd>> {
    return REFUSED
  }

  async disarmHa() {
    return REFUSED
  }

  async armHa() {
    return REFUSED
  }

  async actOnPower() {
    return REFUSED
  }

  async close(): Promise<void> {}
}
