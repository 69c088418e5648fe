import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { peer } from '../test/peers/find-peer.ts'
import { loopbackAddresses } from './probing-targets.ts'
import type { BenchModule } from './row.ts'

const TARGETS = 1_000
const ROUNDS = 4
const INTERVAL_S = 8
const LIMIT_MB = 110
const program = fileURLToPath(new URL('../bin/proxmox-watchdog', import.meta.url))

/** The most memory that the whole daemon ever has, with 1,000 hosts on both ICMP and HTTPS, fping's beside it. */
export const daemonMemory: BenchModule = async () => {
  const name = `peak memory of the daemon, ${TARGETS.toLocaleString('en')} hosts on icmp and https`
  const fping = peer('fping')
  if ('missing' in fping) return [{ name, skipped: fping.missing }]
  const directory = mkdtempSync(join(tmpdir(), 'bench-daemon-'))
  const server = spawn(process.execPath, [fileURLToPath(new URL('./https-server.ts', import.meta.url)), '0.0.0.0'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const [line] = (await once(server.stdout, 'data')) as [Buffer]
    const file = join(directory, 'config.yaml')
    writeFileSync(file, configuration(directory, Number(line.toString())))
    const path = `${dirname(fping.path)}${delimiter}${process.env.PATH ?? ''}`
    // Once before, so that the compiled code is kept, as it is from the second start on.
    await peakOf(['run', '--config', file], directory, path, 4_000)
    const idle = await peakOf(['health'], directory, path, 0)
    const ours = await peakOf(['run', '--config', file], directory, path, (ROUNDS + 0.5) * INTERVAL_S * 1000)
    return [{ name, ours, peer: idle, ratio: ours / idle, limit: `${LIMIT_MB} MB`, unit: 'MB', ok: ours <= LIMIT_MB }]
  } finally {
    server.kill()
    rmSync(directory, { recursive: true, force: true })
  }
}

function configuration(directory: string, port: number): string {
  const hosts = loopbackAddresses(TARGETS).map(
    (address, index) =>
      `  - { name: h${index}, address: ${address}, probes: [icmp, { https: { port: ${port}, timeout: 1s } }] }`,
  )
  const head = [
    'mode: dry-run',
    `stateDirectory: ${join(directory, 'state')}`,
    'http: { listen: 127.0.0.1, port: 18993 }',
    `rounds: { interval: ${INTERVAL_S}s }`,
    'hosts:',
  ]
  return `${[...head, ...hosts].join('\n')}\n`
}

/** Megabytes. A short command ends by itself, the daemon is asked to after `forMs`. */
async function peakOf(args: readonly string[], directory: string, path: string, forMs: number): Promise<number> {
  const child = spawn(program, args, { cwd: directory, env: { ...process.env, PATH: path }, stdio: 'ignore' })
  let peakMb = 0
  const ended = once(child, 'exit')
  const until = performance.now() + forMs
  while (child.exitCode === null && (forMs === 0 || performance.now() < until)) {
    peakMb = Math.max(peakMb, highWaterMb(child))
    await sleep(forMs === 0 ? 5 : 200)
  }
  child.kill('SIGTERM')
  await ended
  return peakMb
}

function highWaterMb({ pid }: ChildProcess): number {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes ?? 0) / 1024
  } catch {
    return 0
  }
}
