import { type ChildOutcome, runChild } from '../process/run-child.ts'
import type { FpingPlan } from './fping-plan.ts'

/** What one run of fping said. */
export type FpingRun = {
  /** Round-trip milliseconds of those that answered. */
  readonly answeredMs: ReadonlyMap<string, number>
  readonly silent: ReadonlySet<string>
  /** Those it could not send to, with the system's words. */
  readonly unsent: ReadonlyMap<string, string>
  /** Why its word about silence cannot be trusted; undefined where it can. */
  readonly distrust: string | undefined
}

export type FpingCall = {
  /** Literal and different from each other. */
  readonly addresses: readonly string[]
  readonly plan: FpingPlan
  /** It is ended so that it is over by then. */
  readonly budgetMs: number
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string>>
}

const KILL_GRACE_MS = 100
const REAP_MS = 150
/** A line of output is shorter than this, an address and an ICMP error included. */
const LINE_BYTES = 256
const ALIVE = ' is alive'
const UNREACHABLE = ' is unreachable'
const NOT_SENT = ': error while sending ping: '

/**
 * One echo to each address, and one summary at the end: next to no work for us, however many they are. But it does not
 * tell silence from an echo that our own system refused to send, so only answers are read from it.
 */
export async function sweep(call: FpingCall): Promise<FpingRun | 'missing'> {
  const child = await run(call, ['-q', '-C', '1', '-p', whole(call.plan.tryMs)])
  if (isMissing(child)) return 'missing'
  const answeredMs = readSummary(child.stderr)
  return { answeredMs, silent: new Set(), unsent: new Map(), distrust: distrustOf(child, 0) }
}

/**
 * A closer look: up to `plan.tries` echoes to each address until it answers, with a line for every address and for
 * every failure to send. It flushes each line, so what it said before it died is known. `-B 1`: each try waits equally
 * long.
 */
export async function look(call: FpingCall): Promise<FpingRun | 'missing'> {
  const child = await run(call, ['-e', '-r', `${call.plan.tries - 1}`, '-B', '1'])
  if (isMissing(child)) return 'missing'
  const { answeredMs, silent } = readStatements(child.stdout)
  return { answeredMs, silent, unsent: readUnsent(child.stderr), distrust: distrustOf(child, silent.size) }
}

/** The addresses come on standard input without `-f`, which was for root only in older versions. */
function run({ addresses, plan, budgetMs, signal, env }: FpingCall, args: readonly string[]): Promise<ChildOutcome> {
  // Rounded down, or a tight plan would not fit.
  const interval = `${Math.floor(plan.intervalMs * 10) / 10}`
  return runChild({
    command: 'fping',
    args: [...args, '-t', whole(plan.tryMs), '-i', interval],
    stdin: `${addresses.join('\n')}\n`,
    timeoutMs: Math.max(0, budgetMs - KILL_GRACE_MS - REAP_MS),
    killGraceMs: KILL_GRACE_MS,
    reapMs: REAP_MS,
    signal,
    maxOutputBytes: 65_536 + addresses.length * LINE_BYTES * plan.tries,
    env,
  })
}

const whole = (ms: number) => `${Math.max(10, Math.floor(ms))}`

const isMissing = ({ end }: ChildOutcome) => end.kind === 'not-started' && end.code === 'ENOENT'

/** `ADDRESS : 0.04` and `ADDRESS : -`, the colons aligned. */
export function readSummary(stderr: string): Map<string, number> {
  const answeredMs = new Map<string, number>()
  for (let start = 0; start < stderr.length; ) {
    let end = stderr.indexOf('\n', start)
    if (end === -1) end = stderr.length
    const colon = stderr.indexOf(' : ', start)
    if (colon !== -1 && colon < end) {
      const ms = Number(stderr.slice(colon + 3, end))
      if (Number.isFinite(ms)) answeredMs.set(stderr.slice(start, stderr.indexOf(' ', start)), ms)
    }
    start = end + 1
  }
  return answeredMs
}

/** `ADDRESS is alive (0.04 ms)` and `ADDRESS is unreachable`; other lines are passed over. */
export function readStatements(stdout: string): { answeredMs: Map<string, number>; silent: Set<string> } {
  const answeredMs = new Map<string, number>()
  const silent = new Set<string>()
  for (let start = 0; start < stdout.length; ) {
    let end = stdout.indexOf('\n', start)
    if (end === -1) end = stdout.length
    const blank = stdout.indexOf(' ', start)
    if (blank > start && blank < end) {
      if (stdout.startsWith(ALIVE, blank)) {
        const ms = Number.parseFloat(stdout.slice(blank + ALIVE.length + 2, end))
        answeredMs.set(stdout.slice(start, blank), Number.isFinite(ms) ? ms : 0)
      } else if (stdout.startsWith(UNREACHABLE, blank)) silent.add(stdout.slice(start, blank))
    }
    start = end + 1
  }
  return { answeredMs, silent }
}

/** `ADDRESS: error while sending ping: REASON`. */
function readUnsent(stderr: string): Map<string, string> {
  const unsent = new Map<string, string>()
  for (let at = stderr.indexOf(NOT_SENT); at !== -1; at = stderr.indexOf(NOT_SENT, at + 1)) {
    const end = stderr.indexOf('\n', at)
    const reason = stderr.slice(at + NOT_SENT.length, end === -1 ? undefined : end)
    unsent.set(stderr.slice(stderr.lastIndexOf('\n', at) + 1, at), reason)
  }
  return unsent
}

/** Exit codes: 0 all alive, 1 some unreachable, 2 some not found, 3 wrong arguments, 4 a system call failed. */
function distrustOf({ end, stderr, timedOut, aborted }: ChildOutcome, silent: number): string | undefined {
  if (aborted) return 'the round was aborted'
  if (timedOut) return 'fping hung and was ended'
  if (end.kind === 'not-started') return end.sentence
  if (end.kind === 'unkillable') return 'fping hung and could not be ended'
  if (end.kind === 'signalled') return `fping was killed by ${end.signal} in mid-round`
  if (end.exitCode === 1 || end.exitCode === 2) return undefined
  if (end.exitCode === 0) return silent === 0 ? undefined : 'fping contradicts itself: all alive, and yet some silent'
  const reason = firstLine(stderr)
  return `fping failed with exit code ${end.exitCode}${reason === '' ? '' : `: ${reason}`}`
}

/** The first line of a stranger's complaint, printable and short. */
export function firstLine(text: string): string {
  const line = text.trimStart().split('\n', 1)[0] ?? ''
  return line.replace(/[^\x20-\x7e]/g, '.').slice(0, 160)
}
