import type { ClusterViews, Section } from '../../../core/cluster/types.ts'
import type { ApiOutcome, ClusterWatch, TaskEnd } from '../../../ports/cluster.ts'

const REFUSED = { ok: false, code: 'not-supported', sentence: 'The fake does not do that.' } as const

/** A cluster that tells the views that a test sets. */
export class ToldWatch implements ClusterWatch {
  readonly cluster: string
  readonly started: string[] = []
  readonly refreshed: Section[] = []
  readonly listeners = new Set<() => void>()
  /** What comes of a start. */
  onStart: (guest: string, signal?: AbortSignal) => Promise<ApiOutcome<TaskEnd>> = async () => ({
    ok: true,
    value: { upid: 'UPID', exitStatus: 'OK', ok: true },
  })
  #views: ClusterViews

  constructor(views: ClusterViews) {
    this.cluster = views.cluster
    this.#views = views
  }

  views(): ClusterViews {
    return this.#views
  }

  tell(views: ClusterViews): void {
    this.#views = views
    for (const listener of this.listeners) listener()
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  stats() {
    return []
  }

  endpoints() {
    return []
  }

  async refresh(sections: readonly Section[]): Promise<void> {
    this.refreshed.push(...sections)
  }

  async journal() {
    return REFUSED
  }

  async history() {
    return REFUSED
  }

  async permissions() {
    return REFUSED
  }

  startGuest(guest: string, _node: string, signal?: AbortSignal): Promise<ApiOutcome<TaskEnd>> {
    this.started.push(guest)
    return this.onStart(guest, signal)
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
