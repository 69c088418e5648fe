import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

/** The real program as a process, with the environment given and nothing of ours that could change its words. */
export class CommandLine {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<Ended>
  out = ''
  err = ''

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
      env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', TZ: 'UTC', SUDO_USER: 'anna', ...env },
      cwd: '/',
    })
    this.child.stdout.setEncoding('utf8').on('data', (chunk) => {
      this.out += chunk
    })
    this.child.stderr.setEncoding('utf8').on('data', (chunk) => {
      this.err += chunk
    })
    this.child.stdin.end()
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code) => resolve({ code, out: this.out, err: this.err }))
    })
  }
}

export function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new CommandLine(args, env).ended
}
