/** One row of the table. */
export type Metric = {
  readonly type: 'gauge' | 'counter'
  /** One sentence, as Prometheus shows it. */
  readonly help: string
  readonly labels: readonly string[]
}
