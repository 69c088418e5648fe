import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { fileURLToPath } from 'node:url'
import type { Probe, ProbeTarget } from '../src/ports/probe.ts'
import { https } from '../src/probes/https.ts'
import { icmp } from '../src/probes/icmp.ts'
import { runChild } from '../src/process/run-child.ts'
import { missingPeers } from '../test/peers/find-peer.ts'
import { cpuOf } from './cpu.ts'
import { httpsTargets, icmpTargets, loopbackAddresses } from './probing-targets.ts'
import type { BenchRow, BenchSkip } from './row.ts'

const ICMP_TARGETS = 10_000
const ICMP_ROUNDS = 2
const HTTPS_TARGETS = 1_000
const ROUND_MS = 30_000
const MAX_ICMP_RATIO = 1.5
const MAX_HTTPS_SECONDS = 1.5
const MAX_MEMORY_MB = 110

/** The probing part of the table. Traffic to loopback only. */
export async function probing(): Promise<(BenchRow | BenchSkip)[]> {
  const server = await startServer()
  try {
    const missing = missingPeers('fping')
    const needFping = (name: string): BenchSkip => ({ name, skipped: missing ?? '' })
    return [
      missing ? needFping('10,000 ICMP targets') : await icmpCpu(),
      await httpsCpu(server.port),
      missing ? needFping('memory with 1,000 targets on ICMP and HTTPS') : memory(server.port),
    ]
  } finally {
    server.child.stdin?.end()
    await once(server.child, 'exit')
  }
}

async function icmpCpu(): Promise<BenchRow> {
  const probe = icmp.create()
  const targets = icmpTargets(ICMP_TARGETS)
  await mustLive(probe, targets.slice(0, 100))
  let seconds = 0
  let alone = 0
  // In turn, so that whatever else the machine does falls on both.
  for (let i = 0; i < ICMP_ROUNDS; i += 1) {
    const ours = await cpuOf(() => mustLive(probe, targets))
    seconds += (ours.own + ours.children) / ICMP_ROUNDS
    alone += (await cpuOf(fpingAlone)).children / ICMP_ROUNDS
  }
  const ratio = seconds / alone
  return {
    name: `${ICMP_TARGETS.toLocaleString('en')} ICMP targets, one round (peer: fping alone)`,
    ours: seconds,
    peer: alone,
    ratio,
    limit: `${MAX_ICMP_RATIO} x peer`,
    unit: 'CPU s',
    ok: ratio <= MAX_ICMP_RATIO,
  }
}

/** The arguments of our sweep over so many targets, its output thrown away. */
async function fpingAlone(): Promise<void> {
  const stdin = `127.0.0.1\n${loopbackAddresses(ICMP_TARGETS).join('\n')}\n`
  const args = ['-q', '-C', '1', '-p', '1500', '-t', '1500', '-i', '1']
  const command = ['-c', 'exec fping "$@" 2> /dev/null', 'sh', ...args]
  const { end } = await runChild({ command: '/bin/sh', args: command, stdin, timeoutMs: 60_000 })
  if (end.kind !== 'exited' || end.exitCode !== 0) throw new Error(`fping alone: ${JSON.stringify(end)}`)
}

async function httpsCpu(port: number): Promise<BenchRow> {
  const probe = https.create()
  const targets = httpsTargets(HTTPS_TARGETS, port)
  // So that neither of the two has all of the warming up.
  await cpuOf(() => bareConnects(port, 100))
  await mustLive(probe, targets.slice(0, 100))
  const peer = await cpuOf(() => bareConnects(port, HTTPS_TARGETS))
  const ours = await cpuOf(() => mustLive(probe, targets))
  await probe.close()
  return {
    name: `${HTTPS_TARGETS.toLocaleString('en')} fresh HTTPS probes (peer: bare tls.connect, request, answer)`,
    ours: ours.own,
    peer: peer.own,
    ratio: ours.own / peer.own,
    limit: `${MAX_HTTPS_SECONDS} CPU s`,
    unit: 'CPU s',
    ok: ours.own <= MAX_HTTPS_SECONDS,
  }
}

async function bareConnects(port: number, count: number): Promise<void> {
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  let left = count
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => socket.write(request))
      socket.on('error', reject)
      socket.once('data', () => {
        socket.destroy()
        resolve()
      })
    })
  const worker = async () => {
    while (left-- > 0) await one()
  }
  await Promise.all(Array.from({ length: 64 }, worker))
}

/**
 * The way a small daemon runs: a young generation of a few megabytes, which else grows to 48 while it is hardly used,
 * and a compile cache, without which the compiler of types alone holds twenty.
 */
function memory(port: number): BenchRow {
  const program = fileURLToPath(new URL('./probing-memory.ts', import.meta.url))
  const cache = mkdtempSync(join(tmpdir(), 'bench-cache-'))
  const run = (...args: readonly string[]) => {
    const output = execFileSync(process.execPath, ['--max-semi-space-size=4', program, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: cache },
    })
    return Number(output)
  }
  try {
    run('0')
    const peer = run('0')
    const ours = run(`${HTTPS_TARGETS}`, `${port}`)
    return {
      name: 'most memory, 1,000 targets on ICMP and HTTPS, probes only (peer: the same program, idle)',
      ours,
      peer,
      ratio: ours / peer,
      limit: `${MAX_MEMORY_MB} MB`,
      unit: 'MB',
      ok: ours <= MAX_MEMORY_MB,
    }
  } finally {
    rmSync(cache, { recursive: true, force: true })
  }
}

async function mustLive<Settings>(probe: Probe<Settings>, targets: readonly ProbeTarget<Settings>[]): Promise<void> {
  const answers = await probe.round(targets, ROUND_MS, new AbortController().signal)
  const failed = answers.filter(({ says }) => says !== 'life')
  const [first] = failed
  if (first) throw new Error(`${failed.length} of ${targets.length} did not answer; ${first.id}: ${first.detail}`)
}

async function startServer(): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const program = fileURLToPath(new URL('./https-server.ts', import.meta.url))
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [said] = await once(child.stdout, 'data')
  return { child, port: Number(String(said)) }
}
