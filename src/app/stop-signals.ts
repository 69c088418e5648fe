/**
 * Ctrl-C under `npm start` arrives twice: from the terminal, and passed on by npm. What comes this soon after the first
 * is the same wish, and must not cut an orderly stop short.
 */
const SAME_WISH_MS = 1_000

/**
 * Calls `first` at the first of these signals and `again` at those that come more than a moment later. Answers how to
 * stop listening.
 */
export function onStopSignals(
  first: (signal: NodeJS.Signals) => void,
  again: () => void,
  signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'],
): () => void {
  let firstMs: number | undefined
  const heard = (signal: NodeJS.Signals) => {
    if (firstMs === undefined) {
      firstMs = performance.now()
      first(signal)
    } else if (performance.now() - firstMs > SAME_WISH_MS) again()
  }
  for (const signal of signals) process.on(signal, heard)
  return () => {
    for (const signal of signals) process.off(signal, heard)
  }
}
