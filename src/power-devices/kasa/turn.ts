/** Enough for every caller of one strip; more than this means that callers pile up on a dead device. */
const MAX_WAITING = 64

/** Lets one through at a time, in the order of arrival. */
export class Turn {
  #last: Promise<void> = Promise.resolve()
  #waiting = 0

  /** Resolves with what gives the turn back; `aborted` or `crowded` where there was none to have. */
  async take(signal: AbortSignal): Promise<(() => void) | 'aborted' | 'crowded'> {
    if (signal.aborted) return 'aborted'
    if (this.#waiting >= MAX_WAITING) return 'crowded'
    const mine = Promise.withResolvers<void>()
    const before = this.#last
    this.#last = mine.promise
    this.#waiting += 1
    const abort = Promise.withResolvers<'aborted'>()
    const onAbort = () => abort.resolve('aborted')
    signal.addEventListener('abort', onAbort, { once: true })
    const outcome = await Promise.race([before, abort.promise])
    signal.removeEventListener('abort', onAbort)
    this.#waiting -= 1
    if (outcome !== 'aborted') return mine.resolve
    // A place given up must still pass the turn on, in its order.
    void before.then(mine.resolve)
    return 'aborted'
  }
}
