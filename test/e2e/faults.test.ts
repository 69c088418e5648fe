import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { peer } from '../peers/find-peer.ts'
import { PATIENCE_MS, SLOWEST_MS } from './site/daemon-process.ts'
import { type LabSite, openSite } from './site/lab-site.ts'
import { until } from './site/until.ts'

describe.concurrent('places that are taken', { timeout: SLOWEST_MS }, () => {
  test('two daemons on one state: the second says who has it and exits, the first is not disturbed', async (context) => {
    const site = await openSite(context)
    const first = await site.startWatching()
    const before = await first.status()
    const second = site.start()
    expect(await second.exited).toEqual({ code: 74, signal: null })
    expect(second.stderr).toMatch(/in use.*|another watchdog/i)
    expect(second.stderr).toMatch(/\b\d+\b/)
    expect(second.stderr.trim().split('\n')).toHaveLength(1)
    await first.sees(({ round }) => round.number > before.round.number + 2, 'more rounds')
    expect((await first.get('/healthz')).status).toBe(200)
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    await first.tells('cycle-done')
    expect(site.lab.state().cuts).toHaveLength(1)
  })

  test('a port in use: it watches and acts all the same, says so, and serves once the port is free', async (context) => {
    const site = await openSite(context)
    const squatter = createServer().listen(8000, site.address)
    context.onTestFinished(() => void squatter.close())
    const daemon = await site.startWatching()
    expect((await daemon.tells('http-unavailable')).sentence).toMatch(/8000.*in use.*tried again/)
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    await daemon.tells('cycle-begun')
    squatter.close()
    await daemon.tells('http-available')
    const ready = async () => (await daemon.get('/readyz')).status === 200
    expect(await until(ready, PATIENCE_MS)).toBe(true)
    await daemon.tells('cycle-done')
  })
})

/** A PATH with what the launcher needs, and whatever `fping` the test puts there. */
function barePath(site: LabSite): string {
  const folder = join(site.directory, 'bin')
  mkdirSync(folder)
  for (const name of ['sh', 'dirname', 'readlink', 'sleep']) {
    const places = (process.env.PATH ?? '').split(delimiter).map((place) => join(place, name))
    symlinkSync(places.find((place) => existsSync(place)) ?? name, join(folder, name))
  }
  return folder
}

/** Hosts that are asked by ICMP alone: without it nothing is known of them. */
async function byIcmp(context: Parameters<typeof openSite>[0], interval = '1s') {
  const site = await openSite(context)
  const path = barePath(site)
  site.configure((configuration) => ({
    ...configuration,
    rounds: { interval, failureThreshold: 2 },
    hosts: configuration.hosts.map((host) => ({ ...host, probes: [{ icmp: { timeout: '200ms' } }] })),
  }))
  return { site, path, fping: join(path, 'fping') }
}

function program(file: string, lines: string): void {
  writeFileSync(file, `#!/bin/sh\n${lines}\n`, { mode: 0o755 })
}

describe.concurrent('fping', { timeout: SLOWEST_MS }, () => {
  test('missing, and ping too: told once, no OFF, no crash; there again, it is used', async (context) => {
    const { site, path, fping } = await byIcmp(context, '2500ms')
    const daemon = site.start({ env: { PATH: path } })
    expect((await daemon.tells('probe-broken')).sentence).toMatch(
      /icmp cannot work: neither fping nor ping is installed/,
    )
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    const status = await daemon.sees(({ round }) => round.number > 3, 'more rounds')
    expect(status.hosts.map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown', 'unknown'])
    expect(status.brokenChannels).toEqual(['icmp'])
    expect((await daemon.codes()).filter((code) => code === 'probe-broken')).toHaveLength(1)
    expect((await daemon.get('/metrics')).text).toMatch(/probe_broken_total\{host="pve1",[^}]*kind="icmp"\} [1-9]/)
    expect(site.lab.state().switchings).toEqual([])
    const real = peer('fping')
    if ('missing' in real) return context.skip(`the rest needs fping: ${real.missing}`)
    symlinkSync(real.path, fping)
    await daemon.tells('probe-mended')
    await daemon.sees(({ hosts }) => hosts.every(({ verdict }) => verdict === 'up'), 'answers to the echoes')
  })

  test.for([
    ['dies at once', 'kill -9 $$'],
    ['fails', 'echo "fping: can\'t create socket (must run as root?)" >&2; exit 4'],
    ['says something odd', 'while :; do echo "what is this"; sleep 0.01; done'],
    ['never ends', 'exec sleep 1000'],
  ] as const)('that %s: told, no OFF, and no process is left behind', async ([, lines], context) => {
    const { site, path, fping } = await byIcmp(context)
    const pids = join(site.directory, 'pids')
    program(fping, `echo $$ >> "${pids}"\n${lines}`)
    const daemon = site.start({ env: { PATH: path } })
    expect((await daemon.tells('probe-broken')).sentence).toMatch(/icmp cannot work/)
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    await daemon.sees(({ round }) => round.number > 5, 'more rounds')
    expect(site.lab.state().switchings).toEqual([])
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    const left = () => readFileSync(pids, 'utf8').trim().split('\n').filter(lives)
    expect(await until(() => left().length === 0, PATIENCE_MS)).toBe(true)
  })
})

function lives(pid: string): boolean {
  try {
    process.kill(Number(pid), 0)
    return true
  } catch {
    return false
  }
}

describe.concurrent('a configuration that is not enough', { timeout: SLOWEST_MS }, () => {
  test('no hosts, an unreadable file, half of the environment: 78 and a sentence, each', async (context) => {
    const site = await openSite(context)
    site.configure((configuration) => ({ ...configuration, hosts: [] }))
    const none = site.start()
    expect(await none.exited).toEqual({ code: 78, signal: null })
    expect(none.stderr).toMatch(/No hosts are configured/)
    const missing = site.start({ arguments: ['run', '--config', join(site.directory, 'nowhere.yaml')] })
    expect(await missing.exited).toEqual({ code: 78, signal: null })
    expect(missing.stderr).toMatch(/nowhere\.yaml.*no such file/)
    const partial = site.start({
      arguments: ['run'],
      env: { KASA_IP: '127.0.0.9', HOSTS: 'pve1=127.0.0.8@0', STATE_DIRECTORY: site.stateDirectory },
    })
    expect(await partial.exited).toEqual({ code: 78, signal: null })
    expect(partial.stderr).toMatch(/KASA_USERNAME/)
    expect(partial.stderr).toMatch(/KASA_PASSWORD/)
    for (const { stdout } of [none, missing, partial]) expect(stdout).toBe('')
  })

  test('the environment of the original deployment alone is enough', async (context) => {
    const site = await openSite(context)
    const { strips, hosts } = site.lab.state()
    const daemon = site.start({
      arguments: ['run'],
      env: {
        KASA_IP: strips[0]!.address,
        KASA_USERNAME: 'someone@example.com',
        KASA_PASSWORD: 'not-needed-here',
        CHECK_INTERVAL: '6',
        HOSTS: hosts.map(({ name, address }, index) => `${name}=${address}@${index}`).join(','),
        STATE_DIRECTORY: site.stateDirectory,
        METRICS_PORT: String(await freePort()),
      },
    })
    const status = await daemon.sees(({ round }) => round.number > 0, 'its first round')
    expect(status).toMatchObject({ mode: 'act', configuration: 'environment', hosts: [{}, {}, {}] })
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
  })
})

/** On every address, as the environment's daemon listens. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
