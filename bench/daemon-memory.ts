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

/** The memory of the whole daemon with 1,000 hosts on both ICMP and HTTPS: in operation, and its peak while it starts. */
export const daemonMemory: BenchModule = async () => {
  const name = `memory of the daemon, ${TARGETS.toLocaleString('en')} hosts on icmp and https`
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
    await memoryOf(['run', '--config', file], directory, path, 4_000)
    const { peakMb: idle } = await memoryOf(['health'], directory, path, 0)
    const forMs = (ROUNDS + 0.5) * INTERVAL_S * 1000
    const { peakMb, residentMb } = await memoryOf(['run', '--config', file], directory, path, forMs)
    const row = (what: string, ours: number) => ({
      name: `${name}, ${what}`,
      ours,
      peer: idle,
      ratio: ours / idle,
      unit: 'MB',
    })
    return [
      { ...row('in operation', residentMb), limit: `${LIMIT_MB} MB`, ok: residentMb <= LIMIT_MB },
      { ...row('peak at its start', peakMb), limit: 'none', ok: true },
    ]
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

type Memory = { readonly peakMb: number; readonly residentMb: number }

/** A short command ends by itself, the daemon is asked to after `forMs`; `residentMb` is the most in the second half of it. */
async function memoryOf(args: readonly string[], directory: string, path: string, forMs: number): Promise<Memory> {
  const child = spawn(program, args, { cwd: directory, env: { ...process.env, PATH: path }, stdio: 'ignore' })
  let peakMb = 0
  let residentMb = 0
  const ended = once(child, 'exit')
  const begun = performance.now()
  while (child.exitCode === null && (forMs === 0 || performance.now() < begun + forMs)) {
    peakMb = Math.max(peakMb, statusMb(child, 'VmHWM'))
    if (performance.now() > begun + forMs / 2) residentMb = Math.max(residentMb, statusMb(child, 'VmRSS'))
    await sleep(forMs === 0 ? 5 : 100)
  }
  child.kill('SIGTERM')
  await ended
  return { peakMb, residentMb }
}

/** Megabytes, out of proc_pid_status(5). */
function statusMb({ pid }: ChildProcess, field: 'VmHWM' | 'VmRSS'): number {
  try {
    const [, kilobytes] = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes ?? 0) / 1024
  } catch {
    return 0
  }
}
