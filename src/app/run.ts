import type { Loaded } from '../config/load.ts'
import { USUAL_STATE_DIRECTORY } from '../config/locate.ts'
import { formatProblems } from '../config/problem.ts'
import { breadcrumbsIn } from '../store/breadcrumbs.ts'
import { loadConfiguration } from './configuration/load.ts'
import { endAnyway, endOnMistake, outliveReaders } from './last-resort.ts'
import { createLog, type Log } from './log.ts'
import { serviceWatchdog, tellServiceWatchdog } from './service-watchdog.ts'
import { type Started, startDaemon } from './start.ts'
import { onStopSignals } from './stop-signals.ts'
import { SystemClock } from './system-clock.ts'

/** How a run ended: `ok` after an orderly stop, else why not. */
export type RunEnd = 'ok' | 'configuration' | 'state' | 'late' | 'forced'

export type RunOptions = { readonly config?: string; readonly env: NodeJS.ProcessEnv }

/** How long a stop waits for an outlet that has to be turned on first. Less than systemd's TimeoutStopSec of the unit. */
const STOP_WITHIN_MS = 150_000
/** Then an end that hangs is cut off; what is still off is on disk and in its breadcrumbs. */
const END_WITHIN_MS = STOP_WITHIN_MS + 20_000
/** Everything is closed: nothing has a reason to keep the process any longer. */
const CLOSED_WITHIN_MS = 10_000

/** Runs the watchdog until it is asked to stop. Resolves with how it ended; everything is closed then. */
export async function runDaemon(options: RunOptions): Promise<RunEnd> {
  const read = () =>
    loadConfiguration({ env: options.env, ...(options.config === undefined ? {} : { file: options.config }) })
  let first: Loaded | undefined = read()
  const log = createLog(first.ok ? first.configuration.log.level : 'info')
  // What was read for the log serves the start, and is not kept after it: a large file takes much memory to read.
  const load = () => {
    const loaded = first ?? read()
    first = undefined
    return loaded
  }
  outliveReaders()
  const forgive = endOnMistake(log)
  const ending = Promise.withResolvers<RunEnd>()
  const started = await startDaemon({
    load,
    clock: new SystemClock(),
    log,
    onFatal: () => ending.resolve('late'),
  })
  if (!started.ok) {
    if (started.problems !== undefined) process.stderr.write(`${formatProblems(started.problems)}\n`)
    for (const sentence of started.sentences) process.stderr.write(`${sentence}\n`)
    for (const sentence of owedBefore(options.env)) process.stderr.write(`${sentence}\n`)
    return started.code
  }
  const watched = serviceWatchdog(options.env)
  const stopTelling =
    watched === undefined
      ? undefined
      : tellServiceWatchdog(watched, () => started.daemon.roundsAreOnTime(), options.env)
  return superviseSignals(started, log, ending).finally(() => {
    stopTelling?.()
    forgive()
  })
}

/** A start that is refused leaves off what an earlier one had turned off: whoever reads the refusal must know. */
function owedBefore(env: NodeJS.ProcessEnv): string[] {
  const directory = env.STATE_DIRECTORY?.split(':')[0] || USUAL_STATE_DIRECTORY
  return breadcrumbsIn(directory)
    .list()
    .marks.map(
      ({ device, outlet, target }) =>
        `Outlet ${device}/${outlet} of ${target} was turned off by the watchdog and is not on again. Mend this and start it at once, or turn it on by hand.`,
    )
}

/** SIGHUP reloads, SIGTERM and SIGINT stop in order, a second one at once. */
async function superviseSignals(started: Started, log: Log, ending: PromiseWithResolvers<RunEnd>): Promise<RunEnd> {
  const hurry = new AbortController()
  const onReload = () => {
    void started.daemon.reload().then(({ ok, sentence }) => (ok ? log.info(sentence) : undefined))
  }
  process.on('SIGHUP', onReload)
  // Heard to the very end: a signal between the last step and the exit would kill, and hide the exit code.
  onStopSignals(
    (signal) => {
      log.info(`${signal}: stopping; what is off because of us is turned on first. Once more stops at once.`)
      ending.resolve('ok')
    },
    () => hurry.abort(),
  )
  const { http } = started
  const tcp = http.tcp()
  if (tcp.ok) log.info(`Serving /metrics, /healthz and /api/v1 on port ${tcp.port}.`)
  const end = await ending.promise
  const lastResort = endAnyway(END_WITHIN_MS)
  const deadline = setTimeout(() => hurry.abort(), STOP_WITHIN_MS)
  await started.stop(hurry.signal)
  clearTimeout(deadline)
  clearTimeout(lastResort)
  endAnyway(CLOSED_WITHIN_MS)
  process.off('SIGHUP', onReload)
  return hurry.signal.aborted && end === 'ok' ? 'forced' : end
}
