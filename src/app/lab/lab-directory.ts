import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where the lab of this user lives: one at a time, found by the other commands without being told. */
export function labDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_RUNTIME_DIR
  const user = process.getuid?.() ?? 0
  return base === undefined || base === ''
    ? join(tmpdir(), `proxmox-watchdog-lab-${user}`)
    : join(base, 'proxmox-watchdog-lab')
}

export type LabPaths = {
  readonly directory: string
  readonly state: string
  readonly password: string
  readonly webhook: string
  readonly apiToken: string
  readonly upsPassword: string
  readonly configuration: string
  readonly socket: string
}

export function labPaths(directory: string): LabPaths {
  return {
    directory,
    state: join(directory, 'state'),
    password: join(directory, 'strip-password'),
    webhook: join(directory, 'discord-webhook'),
    apiToken: join(directory, 'proxmox-token'),
    upsPassword: join(directory, 'ups-password'),
    configuration: join(directory, 'proxmox-watchdog.yaml'),
    socket: join(directory, 'lab.sock'),
  }
}

/** A fresh directory, readable by this user only. */
export function prepareLabDirectory(paths: LabPaths, password: string): void {
  removeLabDirectory(paths)
  mkdirSync(paths.directory, { recursive: true, mode: 0o700 })
  writeFileSync(paths.password, `${password}\n`, { mode: 0o600 })
}

export function removeLabDirectory(paths: LabPaths): void {
  rmSync(paths.directory, { recursive: true, force: true })
}
