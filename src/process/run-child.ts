import { type ChildProcess, spawn } from 'node:child_process'
import { CappedText } from './capped-text.ts'
import { inPath } from './in-path.ts'

export type ChildRequest = {
  /** A path, or a name that is looked up in the child's PATH. Never a shell line. */
  readonly command: string
  readonly args: readonly string[]
  /** Written to its standard input, which is then closed. Without it the input is empty. */
  readonly stdin?: string | Uint8Array
  /** From the start; then the whole process group gets SIGTERM, and SIGKILL `killGraceMs` later. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  /** Kept of stdout and of stderr, each; the rest is read and dropped. 1 MiB by default. */
  readonly maxOutputBytes?: number
  /** Added to (and winning over) the few variables that a child inherits: see `INHERITED`. */
  readonly env?: Readonly<Record<string, string>>
  /** Between SIGTERM and SIGKILL; 500 ms by default. */
  readonly killGraceMs?: number
  /** After SIGKILL, for the system to take it away before it is given up as `unkillable`; 1 s by default. */
  readonly reapMs?: number
}

/**
 * How it ended. `not-started`: certain that nothing ran; `code` is the system's (`ENOENT`, `EACCES`, `EMFILE`, ...) or
 * `ABORTED`. `unkillable`: it did not even go away on SIGKILL (a process stuck in the kernel), and may still act.
 */
export type ChildEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'signalled'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'not-started'; readonly code: string; readonly sentence: string }
  | { readonly kind: 'unkillable' }

export type ChildOutcome = {
  readonly end: ChildEnd
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
  /** We ended it because `timeoutMs` had passed. */
  readonly timedOut: boolean
  /** We ended it because `signal` aborted. */
  readonly aborted: boolean
  /** Some output was dropped. */
  readonly truncated: boolean
}

/**
 * What a child sees of our environment. Not all of it, because our own secrets may be in there; LC_ALL is set to C so
 * that what a program prints can be read.
 */
const INHERITED = ['PATH', 'HOME', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH', 'PYTHONPATH', 'PERL5LIB']
const DEFAULT_MAX_OUTPUT_BYTES = 1024 * 1024
const DEFAULT_KILL_GRACE_MS = 500
const DEFAULT_REAP_MS = 1_000
/** For a background child of the program, which inherited its pipes, to let go of them once the program has ended. */
const DRAIN_MS = 250

/**
 * Runs one program to its end and answers what came of it; never rejects. It ends within `timeoutMs` + `killGraceMs` +
 * `reapMs` whatever the program does. The program leads a process group of its own, which is signalled as a whole, so that
 * nothing it started outlives a timeout. If we ourselves are killed the program goes on: an outlet that is just being
 * turned on had better be turned on.
 */
export function runChild(request: ChildRequest): Promise<ChildOutcome> {
  const startedMs = performance.now()
  if (request.signal?.aborted) {
    return Promise.resolve(notStarted(request, 'ABORTED', startedMs))
  }
  let child: ChildProcess
  try {
    child = spawn(request.command, request.args, {
      detached: true,
      env: childEnvironment(request.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  } catch (error) {
    return Promise.resolve(notStarted(request, errorCode(error), startedMs))
  }
  return new Promise((resolve) => supervise(child, request, startedMs, resolve))
}

function supervise(
  child: ChildProcess,
  request: ChildRequest,
  startedMs: number,
  resolve: (outcome: ChildOutcome) => void,
): void {
  const maxBytes = request.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES
  const stdout = new CappedText(maxBytes)
  const stderr = new CappedText(maxBytes)
  const timers = new Set<NodeJS.Timeout>()
  let endedBy: 'timeout' | 'abort' | undefined
  let exit: ChildEnd | undefined

  const after = (ms: number, act: () => void) => timers.add(setTimeout(act, ms))
  const finish = (end: ChildEnd) => {
    for (const timer of timers) clearTimeout(timer)
    request.signal?.removeEventListener('abort', onAbort)
    child.removeAllListeners()
    // A late error on a destroyed pipe, or from a child given up on, has nobody left to tell.
    child.on('error', ignore)
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy()
    child.unref()
    resolve({
      end,
      stdout: stdout.text(),
      stderr: stderr.text(),
      durationMs: performance.now() - startedMs,
      timedOut: endedBy === 'timeout',
      aborted: endedBy === 'abort',
      truncated: stdout.truncated || stderr.truncated,
    })
  }
  const stop = (why: 'timeout' | 'abort') => {
    if (endedBy !== undefined || exit !== undefined) return
    endedBy = why
    signalGroup(child, 'SIGTERM')
    after(request.killGraceMs ?? DEFAULT_KILL_GRACE_MS, () => {
      signalGroup(child, 'SIGKILL')
      after(request.reapMs ?? DEFAULT_REAP_MS, () => finish(exit ?? { kind: 'unkillable' }))
    })
  }
  const onAbort = () => stop('abort')

  child.on('error', (error) => {
    // Also told when a signal could not be sent; only a child without a pid was never started.
    if (child.pid === undefined) finish(notStarted(request, errorCode(error), startedMs).end)
  })
  child.on('exit', (exitCode, signal) => {
    exit = signal === null ? { kind: 'exited', exitCode: exitCode ?? 0 } : { kind: 'signalled', signal }
    if (endedBy !== undefined) signalGroup(child, 'SIGKILL')
    after(DRAIN_MS, () => {
      signalGroup(child, 'SIGKILL')
      finish(exit as ChildEnd)
    })
  })
  child.on('close', () => exit && finish(exit))
  child.stdout?.on('data', (chunk: Buffer) => stdout.add(chunk)).on('error', ignore)
  child.stderr?.on('data', (chunk: Buffer) => stderr.add(chunk)).on('error', ignore)
  // EPIPE: a program that ends without reading all of its input is its own business.
  child.stdin?.on('error', ignore)
  child.stdin?.end(request.stdin)
  request.signal?.addEventListener('abort', onAbort, { once: true })
  after(request.timeoutMs, () => stop('timeout'))
}

function childEnvironment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C' }
  for (const name of INHERITED) {
    if (process.env[name] !== undefined) env[name] = process.env[name]
  }
  return { ...env, ...added }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // ESRCH: the whole group is gone already, which is what was wanted.
  }
}

function notStarted(request: ChildRequest, given: string, startedMs: number): ChildOutcome {
  const code = given === 'EACCES' && isNowhere(request) ? 'ENOENT' : given
  return {
    end: { kind: 'not-started', code, sentence: notStartedSentence(request.command, code) },
    stdout: '',
    stderr: '',
    durationMs: performance.now() - startedMs,
    timedOut: false,
    aborted: code === 'ABORTED',
    truncated: false,
  }
}

function isNowhere({ command, env }: ChildRequest): boolean {
  return !command.includes('/') && !inPath(command, childEnvironment(env).PATH ?? '')
}

function notStartedSentence(command: string, code: string): string {
  if (code === 'ENOENT') return `${command} is not installed or not in the PATH`
  if (code === 'EACCES' || code === 'EPERM') return `${command} may not be run by this user`
  if (code === 'ABORTED') return `${command} was not started: the call had been aborted`
  return `${command} could not be started (${code})`
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'UNKNOWN'
}

function ignore(): void {}
