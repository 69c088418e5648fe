import type { CrashPoint } from './month.ts'

/** One process, from its start to its end. A crash is planned for the n-th time that it comes by a point. */
export class Life {
  alive = true
  #plan: { readonly point: CrashPoint; after: number } | undefined
  readonly #onEnd: () => void

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd
  }

  plan(point: CrashPoint, after: number): void {
    this.#plan = { point, after }
  }

  spare(): void {
    this.#plan = undefined
  }

  /** Answers whether the process ends here. */
  endsAt(point: CrashPoint): boolean {
    if (!this.alive || this.#plan?.point !== point) return false
    this.#plan.after -= 1
    if (this.#plan.after >= 0) return false
    this.end()
    return true
  }

  end(): void {
    if (!this.alive) return
    this.alive = false
    this.#onEnd()
  }
}
