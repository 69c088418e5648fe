import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export type Ran = { readonly ok: boolean; readonly stdout: string; readonly stderr: string }

/** Runs a program to its end. Never rejects: a program that cannot be started is a failure with its reason in `stderr`. */
export function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; signal: AbortSignal; env?: NodeJS.ProcessEnv },
): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { maxBuffer: 16 * 1024 * 1024, timeout: 120_000, encoding: 'utf8', ...options },
      (error, stdout, stderr) => {
        resolve({ ok: error === null, stdout, stderr: stderr || (error?.message ?? '') })
      },
    ).stdin?.end()
  })
}

/**
 * apt as a library of packages only: it resolves and downloads, and changes nothing on the machine. Its caches are our
 * own, and where the system has no package lists (a container) or stale ones, so are the lists.
 */
export class Apt {
  readonly #dir: string
  readonly #signal: AbortSignal
  #update: Promise<boolean> | undefined

  constructor(dir: string, signal: AbortSignal) {
    this.#dir = dir
    this.#signal = signal
    for (const part of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(dir, part), { recursive: true })
  }

  static systemHasLists(): boolean {
    return hasLists('/var/lib/apt/lists')
  }

  /** Fetches package lists into our own folder, once a run. One source failing is no matter while another answers. */
  updateOwnLists(): Promise<boolean> {
    this.#update ??= this.#run('own', ['update', '-qq']).then(() => hasLists(join(this.#dir, 'lists')))
    return this.#update
  }

  /** The packages to unpack for `packages`: these and what they need that is not installed here. */
  async missing(lists: 'system' | 'own', packages: readonly string[]): Promise<string[] | { reason: string }> {
    const ran = await this.#run(lists, ['install', '--simulate', '--no-install-recommends', ...packages])
    if (!ran.ok) return { reason: lastError(ran.stderr) }
    return [...ran.stdout.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+)/gm)].map(([, name, version]) => {
      return `${name}=${version}`
    })
  }

  async download(
    lists: 'system' | 'own',
    packages: readonly string[],
    into: string,
  ): Promise<{ reason: string } | null> {
    const ran = await this.#run(lists, ['download', '-qq', ...packages], into)
    return ran.ok ? null : { reason: lastError(ran.stderr) }
  }

  #run(lists: 'system' | 'own', args: readonly string[], cwd?: string): Promise<Ran> {
    const options = ['Acquire::http::Timeout=15', 'Acquire::https::Timeout=15', 'Acquire::Retries=1']
    // As root, apt downloads as a user of its own, who may not write into this folder.
    options.push('APT::Sandbox::User=root', `Dir::Cache=${this.#dir}/cache`)
    if (lists === 'own') options.push(`Dir::State::lists=${this.#dir}/lists`)
    const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }
    const dashed = options.flatMap((option) => ['-o', option])
    return run('apt-get', [...dashed, ...args], { ...(cwd && { cwd }), signal: this.#signal, env })
  }
}

function hasLists(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => /_Packages(\.\w+)?$/.test(name))
  } catch {
    return false
  }
}

function lastError(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const line = lines.findLast((text) => text.startsWith('E: ')) ?? lines.at(-1) ?? 'no reason given'
  return `apt-get: ${line.replace(/^E: /, '').trim()}`
}
