import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Configuration } from '../config/configuration.ts'
import type { Loaded } from '../config/load.ts'
import { formatProblem, type Problem } from '../config/problem.ts'
import { type Http, SOCKET_NAME, serveHttp } from '../http/serve.ts'
import type { Clock } from '../ports/clock.ts'
import type { Breadcrumbs } from '../ports/journal.ts'
import { breadcrumbsIn } from '../store/breadcrumbs.ts'
import type { StoreFailure } from '../store/failure.ts'
import { acquireLock, type StateLock } from '../store/lock.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { unavailableStore } from '../store/unavailable.ts'
import { assemble } from './assemble.ts'
import { RunningDaemon } from './daemon.ts'
import { type Log, logTold } from './log.ts'

export type StartOptions = {
  readonly load: () => Loaded
  readonly clock: Clock
  readonly log: Log
  readonly onFatal: (sentence: string) => void
}

/** Why the daemon does not start. `configuration` and `state` need a person; each is one sentence or more. */
export type StartRefusal = {
  readonly ok: false
  readonly code: 'configuration' | 'state'
  readonly sentences: readonly string[]
  readonly problems?: readonly Problem[]
}

export type Started = {
  readonly ok: true
  readonly daemon: RunningDaemon
  readonly http: Http
  stop(signal: AbortSignal): Promise<void>
}

/** How often a port that was in use is tried again. */
const HTTP_RETRY_MS = 15_000

/** Starts the whole watchdog, or says why not, with nothing left half open. */
export async function startDaemon(options: StartOptions): Promise<Started | StartRefusal> {
  const loaded = options.load()
  if (!loaded.ok) return { ok: false, code: 'configuration', sentences: [], problems: loaded.problems }
  const { configuration } = loaded
  // Nothing to watch is a mistake, but what an earlier run turned off is turned on before anything else.
  if (hasNothingToDo(configuration) && breadcrumbsIn(configuration.stateDirectory).list().marks.length === 0) {
    const sentence = 'No hosts are configured, so there is nothing to watch. Add `hosts:` to the file or set HOSTS.'
    return { ok: false, code: 'configuration', sentences: [sentence] }
  }
  for (const warning of loaded.warnings) options.log.warn({ code: warning.code }, warning.sentence)
  const locked = acquireLock(configuration.stateDirectory)
  if (!locked.ok) return { ok: false, code: 'state', sentences: [`${locked.sentence}${elsewhere(locked.code)}`] }
  const opened = openStore({
    directory: configuration.stateDirectory,
    retentionMs: configuration.history.keepMs,
    now: () => options.clock.now(),
    onUnreadableAlert: ({ table, id, reason }) =>
      options.log.error(`A row of the alerts could not be used and was set aside: ${table}/${id} (${reason}).`),
  })
  const breadcrumbs = breadcrumbsIn(configuration.stateDirectory)
  if (!opened.ok && !mustRunWithout(opened, breadcrumbs)) {
    locked.lock.release()
    return { ok: false, code: 'state', sentences: [opened.sentence] }
  }
  const store = opened.ok ? opened.store : unavailableStore(configuration.stateDirectory, opened)
  const found = opened.ok ? opened.found : { unreadable: [], recovered: 'corrupt' as const, sentence: opened.sentence }
  for (const row of found.unreadable) {
    options.log.error(
      `A row of the state could not be used and was set aside: ${row.collection}/${row.key} (${row.reason}).`,
    )
  }
  const daemon = createDaemon(options, configuration, store, breadcrumbs)
  daemon.subscribe((told) => logTold(options.log, told))
  daemon.start(lossOf(found, breadcrumbs, configuration))
  return serve(options, configuration, daemon, store, locked.lock)
}

/** A dead man's switch and a relay need no hosts. */
function hasNothingToDo({ hosts, alerting }: Configuration): boolean {
  return hosts.length === 0 && alerting.expectations.length === 0 && alerting.hooks === undefined
}

function elsewhere(code: StoreFailure['code']): string {
  if (code !== 'permission' && code !== 'read-only') return ''
  return ' Run as a user who may write there, or name another directory with stateDirectory in the file or STATE_DIRECTORY.'
}

type FoundState = {
  readonly created?: boolean
  readonly recovered?: 'corrupt'
  readonly sentence?: string
  readonly unreadable: readonly unknown[]
}

/**
 * Rows that cannot be used may hold a budget or a pin, and a state that is gone while marks of ours are left held the
 * plans behind them: as with a corrupt file, a person looks first.
 */
function lossOf(found: FoundState, breadcrumbs: Breadcrumbs, { stateDirectory }: Configuration): string | undefined {
  if (found.recovered !== undefined) return `${found.sentence ?? 'The state was corrupt.'} Nothing was deleted.`
  const { marks, unreadable } = breadcrumbs.list()
  if (found.created === true && marks.length + unreadable.length > 0) {
    return `There was no state in ${stateDirectory}, only marks of outlets that we turned off: it was lost, and a new one was begun.`
  }
  if (found.unreadable.length === 0) return undefined
  return `${found.unreadable.length} rows of the state in ${stateDirectory} could not be used and were set aside.`
}

/** A disk that is full or dying is watched through; and whatever we owe by a breadcrumb is paid, state or no state. */
function mustRunWithout(failure: StoreFailure, breadcrumbs: Breadcrumbs): boolean {
  if (failure.code === 'full' || failure.code === 'io') return true
  return breadcrumbs.list().marks.length > 0
}

function createDaemon(
  options: StartOptions,
  configuration: Configuration,
  store: Store,
  breadcrumbs: Breadcrumbs,
): RunningDaemon {
  const { clock, load, onFatal } = options
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return new RunningDaemon({
    about: {
      version,
      startedAt: clock.now(),
      pid: process.pid,
      configuration: configuration.file ?? 'environment',
      stateDirectory: configuration.stateDirectory,
    },
    clock,
    store,
    breadcrumbs,
    assembly: assemble(configuration, clock),
    reassemble: () => reassemble(load(), configuration, clock),
    onFatal,
    log: (level, sentence) => options.log[level](sentence),
  })
}

function reassemble(
  loaded: Loaded,
  running: Configuration,
  clock: Clock,
): ReturnType<ConstructorParameters<typeof RunningDaemon>[0]['reassemble']> {
  if (!loaded.ok) {
    return { ok: false, sentence: loaded.problems.map(formatProblem).join(' ') }
  }
  const { configuration } = loaded
  if (hasNothingToDo(configuration)) return { ok: false, sentence: 'No hosts are configured.' }
  const late: string[] = []
  if (configuration.stateDirectory !== running.stateDirectory) late.push('stateDirectory')
  if (JSON.stringify(configuration.http) !== JSON.stringify(running.http)) late.push('http')
  if (configuration.log.level !== running.log.level) late.push('log')
  const note = late.length === 0 ? '' : ` A change of ${late.join(', ')} takes effect at the next restart.`
  return { ok: true, assembly: assemble(configuration, clock), note: `The new configuration is in force.${note}` }
}

/** A face that cannot be served is told and tried again; it never keeps the watchdog from watching. */
async function serve(
  options: StartOptions,
  configuration: Configuration,
  daemon: RunningDaemon,
  store: Store,
  lock: StateLock,
): Promise<Started> {
  const { listen, port } = configuration.http
  const http = await serveHttp({
    daemon,
    socketPath: join(configuration.stateDirectory, SOCKET_NAME),
    port,
    ...(isIP(listen) === 0 ? {} : { host: listen }),
    hooks: () => daemon.hookGate(),
    onFault: (error) => options.log.error({ err: error }, 'An HTTP request met a mistake of ours.'),
  })
  if (!http.socket.ok) daemon.note('http-unavailable', http.socket.sentence)
  const tcp = http.tcp()
  if (!tcp.ok) daemon.note('http-unavailable', `${tcp.sentence} It is tried again every ${HTTP_RETRY_MS / 1000} s.`)
  const retry = setInterval(async () => {
    if (http.tcp().ok) return
    const again = await http.retryTcp()
    if (again.ok) daemon.note('http-available', `HTTP is served on port ${again.port} now.`)
  }, HTTP_RETRY_MS)
  const stop = async (signal: AbortSignal) => {
    clearInterval(retry)
    await daemon.stop(signal)
    await http.close()
    store.close()
    lock.release()
  }
  return { ok: true, daemon, http, stop }
}
