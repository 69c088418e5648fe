import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type DaemonProcess, SLOWEST_MS } from './site/daemon-process.ts'
import { type LabSite, openSite } from './site/lab-site.ts'

const SLOWEST = { timeout: SLOWEST_MS }
const USERNAME = 'lab@example.com'
const PASSWORD = 'Recognisable-9f31c7-Pa55word'
const PATHS = ['/metrics', '/healthz', '/readyz', '/api/v1/status', '/api/v1/events?limit=1000', '/api/v1/outlets']

const hash = (name: string, text: string | Buffer) => createHash(name).update(text).digest()

/** The password as it is, as it might be encoded, and what the strip would take in its place. */
const LEAKS = [
  PASSWORD,
  encodeURIComponent(PASSWORD),
  Buffer.from(PASSWORD).toString('base64'),
  Buffer.from(PASSWORD).toString('hex'),
  hash('sha1', PASSWORD).toString('hex'),
  hash('md5', PASSWORD).toString('hex'),
  hash('sha256', Buffer.concat([hash('sha1', USERNAME), hash('sha1', PASSWORD)])).toString('hex'),
  hash('md5', Buffer.concat([hash('md5', USERNAME), hash('md5', PASSWORD)])).toString('hex'),
]

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => statSync(name).isFile())
}

/** Everything that anybody can get to see of the daemon now. */
async function everythingOf(site: LabSite, daemon: DaemonProcess): Promise<[string, string][]> {
  const seen: [string, string][] = []
  for (const path of [...PATHS, ...['pve1', 'pve2', 'nobody'].map((host) => `/api/v1/hosts/${host}`)]) {
    seen.push([path, (await daemon.get(path)).text])
  }
  seen.push(['/api/v1/export', (await daemon.ask('GET', '/api/v1/export')).text])
  for (const file of filesIn(site.stateDirectory)) seen.push([file, readFileSync(file, 'latin1')])
  return seen
}

function holdsNone(seen: readonly [string, string][]): void {
  for (const [where, text] of seen) {
    for (const leak of LEAKS) expect(text.includes(leak), `the password in ${where}`).toBe(false)
  }
}

test(
  'no secret in any output, file or answer: through a whole cycle, failures, reloads and a restart',
  SLOWEST,
  async (context) => {
    const site = await openSite(context, { credentials: { username: USERNAME, password: PASSWORD } })
    const change = (username: string) => (configuration: ReturnType<LabSite['configuration']>) => ({
      ...configuration,
      log: { level: 'debug' },
      powerDevices: configuration.powerDevices.map((device) => ({
        ...device,
        username,
        password: { env: 'STRIP_PASSWORD' },
      })),
    })
    site.configure(change(USERNAME))
    const env = { STRIP_PASSWORD: PASSWORD }
    const daemon = await site.startWatching({ env })
    await site.lab.act({ kind: 'hang', host: 'pve2' })
    await daemon.sees(({ plans }) => plans[0]?.barrier === 'holding', 'the hold')
    expect(site.marks()).toHaveLength(1)
    holdsNone(await everythingOf(site, daemon))
    await daemon.tells('cycle-done')

    site.lab.strip('strip').plan({ kind: 'garbage-answer', garbage: 'not-json', count: 30, of: 'any' })
    site.lab.strip('strip').setCredentials({ username: USERNAME, password: 'something else' })
    await daemon.tells('power-device-unreachable', ({ sentence }) => /credentials|password|account/i.test(sentence))
    site.configure((configuration) => ({ ...change('other@example.com')(configuration), mode: 'nonsense' }))
    daemon.signal('SIGHUP')
    await daemon.tells('configuration-refused')
    const backup = join(site.directory, 'state', 'backup.sqlite')
    expect(await daemon.ask('POST', '/api/v1/backup', { file: backup })).toMatchObject({ status: 200 })
    holdsNone(await everythingOf(site, daemon))

    site.configure(change(USERNAME))
    const shown = site.start({ env, arguments: ['config', 'show', '--config', site.configurationFile] })
    const checked = site.start({ env, arguments: ['config', 'check', '--config', site.configurationFile] })
    await Promise.all([shown.exited, checked.exited])
    expect(shown.stdout).toContain('STRIP_PASSWORD')
    await daemon.kill()
    const next = site.start({ env })
    await next.tells('power-device-unreachable')
    holdsNone(await everythingOf(site, next))
    expect(await next.stop()).toMatchObject({ code: 0 })
    expect(daemon.output.length).toBeGreaterThan(1_000)
    holdsNone([daemon, next, shown, checked].map((each) => ['its output', each.output]))
  },
)
