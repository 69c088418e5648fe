/** Aborts with the first SIGINT or SIGTERM; a second one ends the process as ever. */
export function interruption(): AbortSignal {
  const stop = new AbortController()
  const abort = () => {
    process.removeListener('SIGINT', abort)
    process.removeListener('SIGTERM', abort)
    stop.abort()
  }
  process.on('SIGINT', abort)
  process.on('SIGTERM', abort)
  return stop.signal
}

/** Resolves after `ms`, or at once when `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
