import type { Log } from './log.ts'

/** EX_SOFTWARE of sysexits(3), as the command line ends after a mistake of ours: a supervisor starts us again. */
export const EXIT_SOFTWARE = 70

/**
 * An error that nobody caught leaves the memory in doubt, so the process ends at once, to be restarted: what is off is
 * owed on disk and is taken over then. Only the trace is told, since an error's other properties may hold anything.
 * Answers how to stop listening.
 */
export function endOnMistake(log: Pick<Log, 'fatal'>): () => void {
  const onMistake = (error: unknown) => {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
    try {
      log.fatal({ trace }, 'A mistake of ours: the watchdog ends to be restarted, and takes over what is off.')
    } finally {
      process.exit(EXIT_SOFTWARE)
    }
  }
  process.on('uncaughtException', onMistake)
  return () => process.off('uncaughtException', onMistake)
}

/** Ends the process after `ms` milliseconds if something still keeps it alive then: an end must not hang. */
export function endAnyway(ms: number): NodeJS.Timeout {
  return setTimeout(() => process.exit(process.exitCode ?? EXIT_SOFTWARE), ms).unref()
}

/** Whoever reads our log may go away at any time. That costs the log, never the watchdog. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error')
    stream.on('error', () => {})
  }
}
