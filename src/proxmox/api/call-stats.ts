import type { ApiFailure } from '../../core/cluster/types.ts'
import type { CallStat } from '../../ports/cluster.ts'

type Counted = { calls: number; bytes: number; errors: Partial<Record<ApiFailure, number>>; lastDurationMs: number }

/** What the calls of one endpoint cost and came to, by what they were for. */
export class CallStats {
  readonly #endpoint: string
  readonly #bySection = new Map<string, Counted>()

  constructor(endpoint: string) {
    this.#endpoint = endpoint
  }

  count(section: string, durationMs: number, bytes: number, error: ApiFailure | undefined): void {
    let counted = this.#bySection.get(section)
    if (counted === undefined) {
      counted = { calls: 0, bytes: 0, errors: {}, lastDurationMs: 0 }
      this.#bySection.set(section, counted)
    }
    counted.calls += 1
    counted.bytes += bytes
    counted.lastDurationMs = durationMs
    if (error !== undefined) counted.errors[error] = (counted.errors[error] ?? 0) + 1
  }

  list(): CallStat[] {
    return [...this.#bySection].map(([section, counted]) => ({
      endpoint: this.#endpoint,
      section,
      ...counted,
      errors: { ...counted.errors },
    }))
  }
}
