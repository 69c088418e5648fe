/** A signal of one call: aborts with any of its sources, or when the call's time is up. */
export type Deadline = {
  readonly signal: AbortSignal
  /** Whether the time was up before anyone gave up. */
  expired(): boolean
  /** Ends the call: no timer and no listener stays behind. */
  end(): void
}

export function startDeadline(ms: number, sources: readonly AbortSignal[]): Deadline {
  const controller = new AbortController()
  let expired = false
  const onAbort = () => controller.abort()
  const timer = setTimeout(() => {
    expired = !controller.signal.aborted
    controller.abort()
  }, ms)
  for (const source of sources) {
    if (source.aborted) controller.abort()
    else source.addEventListener('abort', onAbort, { once: true })
  }
  return {
    signal: controller.signal,
    expired: () => expired,
    end: () => {
      clearTimeout(timer)
      for (const source of sources) source.removeEventListener('abort', onAbort)
    },
  }
}
