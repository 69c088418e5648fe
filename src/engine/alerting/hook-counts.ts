/** Counts what the hooks answered. Names come from a fixed set; should one not, the table does not grow for ever. */
export class HookCounts {
  readonly #counts = new Map<string, Map<string, number>>()

  count(hook: string, result: string): void {
    const results = this.#counts.get(hook) ?? new Map<string, number>()
    if (!this.#counts.has(hook) && this.#counts.size >= MOST) return
    if (!results.has(result) && results.size >= MOST) return
    this.#counts.set(hook, results)
    results.set(result, (results.get(result) ?? 0) + 1)
  }

  all(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    return Object.fromEntries([...this.#counts].map(([hook, results]) => [hook, Object.fromEntries(results)]))
  }
}

const MOST = 50
