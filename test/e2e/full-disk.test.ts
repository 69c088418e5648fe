import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type DaemonProcess, PATIENCE_MS, SLOWEST_MS } from './site/daemon-process.ts'
import { openSite } from './site/lab-site.ts'
import { until } from './site/until.ts'

/** Runs what follows with a small disk on the given folder, in a mount namespace of its own: gone with the process. */
function onSmallDisk(folder: string): string[] {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const script = 'folder=$1; shift; mount -t tmpfs -o size=6m none "$folder" && exec "$@"'
  return ['unshare', ...user, '--mount', 'sh', '-c', script, 'sh', folder]
}

function whyNot(): string | undefined {
  const [program = '', ...line] = onSmallDisk('/mnt')
  if (spawnSync(program, [...line, 'true']).status === 0) return undefined
  return 'a small disk cannot be mounted in a namespace here'
}

const reason = whyNot()
if (reason !== undefined) console.warn(`skipped: the daemon on a full disk: ${reason}`)

const ballast = (daemon: DaemonProcess) => join(daemon.stateDirectory, 'ballast')

function fill(daemon: DaemonProcess): void {
  const file = openSync(ballast(daemon), 'a')
  for (const size of [65_536, 4_096, 64, 1]) {
    try {
      for (;;) writeSync(file, Buffer.alloc(size))
    } catch {
      // Not one byte of this size is left.
    }
  }
  closeSync(file)
}

const free = (daemon: DaemonProcess) => truncateSync(ballast(daemon), 0)

const healthIs = (daemon: DaemonProcess, status: number) =>
  until(async () => (await daemon.get('/healthz')).status === status, PATIENCE_MS)

describe.skipIf(reason !== undefined)('a full disk', { timeout: SLOWEST_MS }, () => {
  test.concurrent('no cycle begins, and says why; what is off comes on all the same; with room again all is well', async (context) => {
    const site = await openSite(context)
    const daemon = await site.startWatching({ wrapper: onSmallDisk(site.stateDirectory), ownMounts: true })
    fill(daemon)
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    await daemon.logs(/The state cannot be written \(full\).*disk is full/)
    await daemon.logs(/pve1 is not power-cycled now: [^"]*The state cannot be written/)
    const health = await daemon.get('/healthz')
    expect(health.status).toBe(503)
    expect(JSON.parse(health.text)).toMatchObject({
      live: false,
      storeWritable: false,
      reasons: ['The state cannot be written.'],
    })
    const { round } = await daemon.status()
    await daemon.sees((status) => status.round.number > round.number + 4, 'more rounds')
    expect(site.lab.state().switchings).toEqual([])

    free(daemon)
    await daemon.tells('store-recovered')
    await site.lab.until(({ strips }) => strips[0]?.outlets[0]?.on === false, 30_000)
    await daemon.sees(({ plans }) => plans[0]?.barrier === 'holding', 'the hold')
    fill(daemon)
    expect(await site.lab.until(({ strips }) => strips[0]?.outlets[0]?.on === true, 30_000)).toBe(true)
    await daemon.sees(({ plans, hosts }) => plans.length === 0 && hosts[0]?.verdict === 'up', 'pve1 up')

    free(daemon)
    expect(await healthIs(daemon, 200)).toBe(true)
    await daemon.tells('cycle-done')
    const marks = () => readdirSync(join(daemon.stateDirectory, 'breadcrumbs'))
    expect(await until(() => marks().length === 0, PATIENCE_MS)).toBe(true)
    expect(site.lab.state().cuts).toMatchObject([{ host: 'pve1', hostWas: 'hung' }])
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  })

  test.concurrent('full at the start: it watches, says so, and begins nothing', async (context) => {
    const site = await openSite(context)
    const full = [
      ...onSmallDisk(site.stateDirectory),
      'sh',
      '-c',
      'head -c 20m /dev/zero > "$0/ballast"; exec "$@"',
      site.stateDirectory,
    ]
    const daemon = site.start({ wrapper: full, ownMounts: true })
    await daemon.logs(/cannot be (?:created|opened|written|used|begun)[^"]*disk is full/)
    const over = async () => JSON.parse((await daemon.get('/api/v1/status')).text).round.number > 2
    expect(await until(() => over().catch(() => false), PATIENCE_MS)).toBe(true)
    expect((await daemon.get('/healthz')).status).toBe(503)
    await site.lab.act({ kind: 'hang', host: 'pve2' })
    await daemon.logs(/pve2 is not power-cycled now/)
    expect(site.lab.state().switchings).toEqual([])
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  })
})
