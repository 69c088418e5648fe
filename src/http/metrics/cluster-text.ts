import { labelText, MetricText } from '../metric-text.ts'
import { CLUSTER_METRICS } from './cluster-table.ts'
import type { Put } from './samples.ts'

/**
 * The metrics of clusters are written straight and not through the registry, which would make, look up and take apart an
 * object for each of the thousands of series of a large cluster, at each scrape.
 */
export class ClusterText {
  readonly #lines = new Map<string, MetricText>()

  readonly put: Put = (name, labels, value) => {
    let lines = this.#lines.get(name)
    if (lines === undefined) {
      lines = new MetricText()
      this.#lines.set(name, lines)
    }
    lines.sample(name, labelText(labels), value)
  }

  /** Families in the order of the table; those without samples, too, as the registry has them. */
  toString(): string {
    const text = new MetricText()
    for (const [name, { type, help }] of Object.entries(CLUSTER_METRICS)) {
      text.family(name, type, help)
      text.lines(this.#lines.get(name)?.toString() ?? '')
    }
    return text.toString()
  }
}
