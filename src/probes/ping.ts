import { runChild } from '../process/run-child.ts'
import { type EchoReport, isUnreachable } from './echo-report.ts'
import { firstLine } from './fping.ts'
import { atOnce } from './socket-round.ts'

/** A process for each address costs about fifty times what fping does: bearable for a small site, no more. */
export const MOST_BY_PING = 64
const USUALLY_AT_ONCE = 16
/** For each process to start and end. */
const PROCESS_MS = 300

/**
 * Asks a few addresses by one `ping` each, where fping is missing. `-c 1 -w SECONDS` sends one echo a second until the
 * first answer. Works with iputils and BusyBox.
 */
export async function runPings(
  addresses: readonly string[],
  timeoutMs: number,
  budgetMs: number,
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<EchoReport | 'missing'> {
  const seconds = Math.max(1, Math.ceil(timeoutMs / 1000))
  const fitting = Math.min(seconds, Math.floor((budgetMs - PROCESS_MS) / 1000))
  const report: Gathered = { answeredMs: new Map(), silent: new Set(), unsent: new Map(), missing: false }
  if (fitting < seconds / 2) {
    return { ...report, distrust: 'the round leaves ping too little time; install fping', waitedMs: 0 }
  }
  const eachMs = fitting * 1000 + PROCESS_MS
  let next = 0
  const worker = async () => {
    for (let address = addresses[next++]; address !== undefined; address = addresses[next++]) {
      await pingOne(address, fitting, eachMs, signal, env, report)
    }
  }
  await Promise.all(Array.from({ length: atOnce(addresses.length, eachMs, budgetMs, USUALLY_AT_ONCE) }, worker))
  if (report.missing) return 'missing'
  return { ...report, distrust: signal.aborted ? 'the round was aborted' : undefined, waitedMs: fitting * 1000 }
}

type Gathered = {
  readonly answeredMs: Map<string, number>
  readonly silent: Set<string>
  readonly unsent: Map<string, string>
  missing: boolean
}

async function pingOne(
  address: string,
  seconds: number,
  timeoutMs: number,
  signal: AbortSignal,
  env: Readonly<Record<string, string>>,
  report: Gathered,
): Promise<void> {
  const args = ['-n', '-q', '-c', '1', '-w', `${seconds}`, address]
  const child = await runChild({ command: 'ping', args, timeoutMs, killGraceMs: 50, reapMs: 100, signal, env })
  if (child.end.kind === 'not-started') {
    if (child.end.code === 'ENOENT') report.missing = true
    else report.unsent.set(address, child.end.sentence)
    return
  }
  const code = child.end.kind === 'exited' ? child.end.exitCode : undefined
  if (code === 0 && /\b1 (packets )?received\b/.test(child.stdout)) {
    report.answeredMs.set(address, Number.parseFloat(/= ([\d.]+)\//.exec(child.stdout)?.[1] ?? '0'))
    return
  }
  const complaint = firstLine(child.stderr)
  if (complaint !== '') report.unsent.set(address, complaint)
  // ping's exit code 1 is silence; BusyBox has it for every failure, so its own count has to say so too.
  const counted = code === 1 && /\b100% packet loss\b/.test(child.stdout)
  if (counted || (complaint !== '' && isUnreachable(complaint))) report.silent.add(address)
}
