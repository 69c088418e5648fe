import { CLUSTER_ALERTS } from '../../core/alerts/own/cluster-table.ts'
import type { Finding, OpenAlert } from '../../core/cluster/conditions/judge.ts'
import type { ClusterDeskParts } from './parts.ts'

/**
 * Says to the core how it stands with the alerts about clusters, and each thing only once. What was said before is read
 * off the core's own rows, which outlive a restart.
 */
export class ObservedAlerts {
  readonly #parts: Pick<ClusterDeskParts, 'alerts' | 'feed'>
  /** What was said to hold, with its sentence: an alert that is disabled has no row to read it off. */
  #said = new Map<string, string>()

  constructor(parts: Pick<ClusterDeskParts, 'alerts' | 'feed'>) {
    this.#parts = parts
  }

  /** Those that were said to hold and not yet to be over. */
  open(): readonly OpenAlert[] {
    const open: OpenAlert[] = []
    for (const { name, subject, state, raised } of Object.values(this.#parts.alerts())) {
      if (raised?.holds === true && Object.hasOwn(CLUSTER_ALERTS, name))
        open.push({ name, subject, firing: state === 'firing' })
    }
    return open
  }

  /** `findings` of all clusters together. */
  say(findings: readonly Finding[], open: readonly OpenAlert[]): void {
    const firing = new Set(open.filter((alert) => alert.firing).map(keyOf))
    const known = new Set(open.map(keyOf))
    const before = this.#said
    this.#said = new Map([...before].filter(([key]) => known.has(key)))
    for (const finding of findings) {
      const { name, subject, holds, sentence } = finding
      const key = keyOf(finding)
      if (!holds) {
        this.#said.delete(key)
        firing.delete(key)
        before.delete(key)
        this.#parts.feed({ kind: 'observed', name, subject, holds, sentence })
        continue
      }
      const said = before.get(key)
      this.#said.set(key, sentence)
      // What fires has been told: its words stay. What waits may still change them.
      if (said === sentence || (said !== undefined && firing.has(key))) continue
      this.#parts.feed({ kind: 'observed', name, subject, holds, sentence })
    }
  }

  /** Alerts of clusters that are watched no longer end. */
  endOthers(clusters: readonly string[]): void {
    for (const { name, subject } of this.open()) {
      const cluster = subject.split('/')[0] ?? ''
      if (clusters.includes(cluster)) continue
      const sentence = `The cluster ${cluster} is no longer watched.`
      this.#parts.feed({ kind: 'observed', name: name as keyof typeof CLUSTER_ALERTS, subject, holds: false, sentence })
    }
  }

  /** An alert may be enabled now that was not before: everything is said anew. */
  forget(): void {
    this.#said.clear()
  }
}

function keyOf({ name, subject }: { readonly name: string; readonly subject: string }): string {
  return `${name}/${subject}`
}
