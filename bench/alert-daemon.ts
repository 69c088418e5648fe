import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../bin/proxmox-watchdog', import.meta.url))
export const TOKEN = 'token-of-the-bench'
export const PORT = 18_994

/** The real daemon with hooks and one webhook channel. */
export class AlertDaemon {
  readonly directory: string
  readonly #child: ChildProcess

  private constructor(directory: string, child: ChildProcess) {
    this.directory = directory
    this.#child = child
  }

  /** `alerts`: more keys of that section; `rate` of the channel. */
  static async start(
    channelUrl: string,
    { alerts = '', rate = '{ burst: 10, every: 20ms }' } = {},
  ): Promise<AlertDaemon> {
    if (await somethingAnswers()) throw new Error(`port ${PORT} is taken: what answers there would be measured instead`)
    const directory = mkdtempSync(join(tmpdir(), 'bench-alerts-'))
    const file = join(directory, 'config.yaml')
    const lines = [
      `stateDirectory: ${join(directory, 'state')}`,
      `http: { listen: 127.0.0.1, port: ${PORT} }`,
      'hooks: { token: { env: HOOK_TOKEN } }',
      'channels:',
      `  - { name: sink, type: webhook, url: ${channelUrl}, rate: ${rate} }`,
      `alerts: { drill: { every: 0s }${alerts} }`,
    ]
    writeFileSync(file, `${lines.join('\n')}\n`)
    const env = { ...process.env, HOOK_TOKEN: TOKEN }
    const child = spawn(PROGRAM, ['run', '--config', file], { env, stdio: 'ignore' })
    const daemon = new AlertDaemon(directory, child)
    while (!(await daemon.#answers())) await sleep(50)
    return daemon
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
    rmSync(this.directory, { recursive: true, force: true })
  }

  async get<T>(path: string): Promise<T> {
    return (await (await fetch(`http://127.0.0.1:${PORT}${path}`)).json()) as T
  }

  /** Megabytes, out of proc_pid_status(5). */
  memoryMb(field: 'VmHWM' | 'VmRSS'): number {
    const text = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(text)?.[1] ?? 0) / 1024
  }

  async #answers(): Promise<boolean> {
    if (this.#child.exitCode !== null) throw new Error(`the daemon has ended with ${this.#child.exitCode}`)
    return fetch(`http://127.0.0.1:${PORT}/api/v1/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  }
}

/** One that an earlier run left behind, say. */
async function somethingAnswers(): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port: PORT })
  const answers = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return answers
}
