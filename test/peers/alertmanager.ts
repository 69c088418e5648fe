import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { peer } from './find-peer.ts'

export type Alertmanager = {
  readonly url: string
  /** What it said on standard error so far. */
  log(): string
  stop(): Promise<void>
}

/** Debian's Alertmanager reads its templates from here, whatever it is told. */
const TEMPLATES = '/usr/share/prometheus/alertmanager/default.tmpl'

/** Why there is no real Alertmanager to start; undefined where there is one. */
export function alertmanagerMissing(): string | undefined {
  const found = peer('prometheus-alertmanager')
  if ('missing' in found) return found.missing
  const [program = '', ...line] = commandLine(found.path)
  const tried = spawnSync(program, [...line, '--version'])
  return tried.status === 0 ? undefined : 'its templates cannot be mounted in a namespace here'
}

/** One that was only unpacked gets its own `/usr/share`, in a mount namespace that is gone with it. */
function commandLine(program: string): string[] {
  if (existsSync(TEMPLATES)) return [program]
  const share = join(dirname(program), '..', 'root', 'usr', 'share')
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const script = 'share=$1; shift; mount --bind "$share" /usr/share && exec "$@"'
  return ['unshare', ...user, '--mount', 'sh', '-c', script, 'sh', share, program]
}

/**
 * Debian's Alertmanager on a free port of loopback, with its own directory, alone: no gossip. Ready when this resolves;
 * throws its last words where it does not start.
 */
export async function startAlertmanager(config: string): Promise<Alertmanager> {
  const found = peer('prometheus-alertmanager')
  if ('missing' in found) throw new Error(found.missing)
  const [program = '', ...line] = commandLine(found.path)
  const directory = mkdtempSync(join(tmpdir(), 'alertmanager-'))
  writeFileSync(join(directory, 'alertmanager.yml'), config)
  const child = spawn(
    program,
    [
      ...line,
      `--config.file=${join(directory, 'alertmanager.yml')}`,
      `--storage.path=${join(directory, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=',
      '--log.level=debug',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(directory, { recursive: true, force: true })
  }
  const port = new Promise<string>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      said += chunk
      const address = /address=127\.0\.0\.1:(\d+)/.exec(said)?.[1]
      if (address !== undefined) resolve(address)
    })
  })
  const listening = await Promise.race([port, ended])
  if (typeof listening !== 'string') {
    await stop()
    throw new Error(`Alertmanager did not start: ${said}`)
  }
  const url = `http://127.0.0.1:${listening}`
  while ((await fetch(`${url}/-/ready`).catch(() => undefined))?.ok !== true) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return { url, log: () => said, stop }
}
