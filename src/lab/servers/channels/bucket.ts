export type BucketOptions = {
  /** So many calls in each window. */
  readonly calls: number
  readonly windowMs: number
  /** Milliseconds of any clock. */
  readonly now?: () => number
}

export type BucketState = { readonly taken: boolean; readonly remaining: number; readonly resetAfterMs: number }

/** How services count calls: so many in a window, which begins with its first call. */
export class Bucket {
  readonly calls: number
  readonly #windowMs: number
  readonly #now: () => number
  #used = 0
  #resetAt = 0

  constructor({ calls, windowMs, now = () => performance.now() }: BucketOptions) {
    this.calls = calls
    this.#windowMs = windowMs
    this.#now = now
  }

  take(): BucketState {
    const now = this.#now()
    if (now >= this.#resetAt) {
      this.#used = 0
      this.#resetAt = now + this.#windowMs
    }
    const taken = this.#used < this.calls
    if (taken) this.#used += 1
    return { taken, remaining: this.calls - this.#used, resetAfterMs: this.#resetAt - now }
  }
}
