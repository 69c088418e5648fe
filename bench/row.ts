/** One line of the table: ours beside a peer, or a limit, measured in the same run. */
export type BenchRow = {
  readonly name: string
  readonly ours: number
  readonly peer: number
  /** ours / peer. */
  readonly ratio: number
  /** In words: `1.5 x peer`, `110 MB`. */
  readonly limit: string
  readonly unit: string
  readonly ok: boolean
}

/** A part that cannot be measured here, and why: printed, and no failure. */
export type BenchSkip = { readonly name: string; readonly skipped: string }

export type BenchModule = () => Promise<readonly (BenchRow | BenchSkip)[]>
