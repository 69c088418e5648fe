import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { peer } from './find-peer.ts'

export type Prometheus = { readonly url: string; stop(): Promise<void> }

/** Debian's Prometheus on a free port of loopback, with its own directory. Ready when this resolves. */
export async function startPrometheus(config: string, rules: string): Promise<Prometheus> {
  const found = peer('prometheus')
  if ('missing' in found) throw new Error(found.missing)
  const directory = mkdtempSync(join(tmpdir(), 'prometheus-'))
  writeFileSync(join(directory, 'rules.yml'), rules)
  writeFileSync(join(directory, 'prometheus.yml'), config)
  const child = spawn(
    found.path,
    [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      // Its pages are packages of their own.
      `--web.console.templates=${directory}`,
      `--web.console.libraries=${directory}`,
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
      const listening = /msg="Listening on" address=127\.0\.0\.1:(\d+)/.exec(said)?.[1]
      if (listening !== undefined) resolve(listening)
    })
  })
  const listening = await Promise.race([port, ended])
  if (typeof listening !== 'string') {
    await stop()
    throw new Error(`Prometheus did not start: ${said}`)
  }
  const url = `http://127.0.0.1:${listening}`
  while ((await fetch(`${url}/-/ready`).catch(() => undefined))?.ok !== true) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return { url, stop }
}
