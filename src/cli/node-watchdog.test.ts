import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../test/faces/command-line.ts'
import { call, type Serving, serving } from '../../test/faces/serving.ts'
import { PacedClock } from '../app/system-clock.ts'
import { finding } from '../core/audit/finding.ts'
import { KeptStore } from '../engine/alerting/heartbeats/testing/kept-store.ts'
import { NodeWatchdogDesk } from '../engine/node-watchdog/desk.ts'
import { keptDisarms } from '../engine/node-watchdog/kept-disarms.ts'
import { HaCluster } from '../engine/node-watchdog/testing/ha-cluster.ts'
import { MuxShell } from '../engine/node-watchdog/testing/mux-shell.ts'

const golden = (name: string) => new URL(`../../test/golden/cli/${name}.txt`, import.meta.url).pathname

let site: Serving
let desk: NodeWatchdogDesk
let ha: HaCluster
let shell: MuxShell
beforeEach(async () => {
  site = await serving()
  const clock = new PacedClock(200)
  ha = new HaCluster(clock)
  ha.lines = ["Nov 20 18:58:28 pve1 watchdog-mux[134]: Watchdog driver 'Software Watchdog', version 0"]
  shell = new MuxShell()
  desk = new NodeWatchdogDesk({
    clock,
    store: keptDisarms(new KeptStore()),
    watches: () => [ha],
    shells: () => [shell],
    told: () => {},
    late: () => {},
  })
  site.daemon.watchdogs = desk
  site.daemon.now = () => clock.now()
  shell.more = () => ({ marker: ha.holding.includes('pve1') })
})
afterEach(async () => {
  await desk.stop()
  await site.close()
})

const command = (...args: string[]) => run([...args, '--state-directory', site.directory])
/** The time of day is left out. */
const steps = (out: string) => out.replaceAll(/^\d\d:\d\d:\d\d {2}/gm, '')

describe('node-watchdog', () => {
  it('status tells in words who holds it, who feeds it, and the risk', async () => {
    const { code, out } = await command('node-watchdog', 'status', 'pve1')
    expect(code).toBe(0)
    await expect(out).toMatchFileSnapshot(golden('node-watchdog-status'))
    const json = await command('node-watchdog', 'status', 'pve2', '--json')
    expect(JSON.parse(json.out)).toMatchObject({
      node: 'pve2',
      cluster: 'home',
      armed: 'armed',
      journal: { driver: 'Software Watchdog' },
      working: false,
    })
    expect(JSON.parse(json.out).inside).toBeUndefined()
    expect(await command('node-watchdog', 'status', 'pve9')).toMatchObject({ code: 1, out: '' })
  })

  it('disarms for a time and arms, telling each step', async () => {
    const { code, out, err } = await command('node-watchdog', 'disarm', 'pve1', '--for', '30d', '--yes')
    expect(code).toBe(0)
    expect(err).toContain('HA is disarmed for the whole cluster of pve1')
    await expect(steps(out)).toMatchFileSnapshot(golden('node-watchdog-disarm'))
    expect(ha.armed).toBe('disarmed')
    const status = await command('node-watchdog', 'status', 'pve1')
    expect(status.out).toMatch(/wanted +disarmed, armed again in 29d\d+h, by cli:anna, reached\./)
    const armed = await command('node-watchdog', 'arm', 'pve1')
    expect(armed).toMatchObject({ code: 0, err: '' })
    expect(steps(armed.out)).toContain('pve1: HA of home is armed again.')
    expect(ha.armed).toBe('armed')
  })

  it('for good', async () => {
    const { code, out } = await command('node-watchdog', 'disarm', 'pve1', '--for-good', '-y')
    expect(code).toBe(0)
    await expect(steps(out)).toMatchFileSnapshot(golden('node-watchdog-for-good'))
    expect(shell.running).toBe(false)
    await expect((await command('node-watchdog', 'status', 'pve1')).out).toMatchFileSnapshot(
      golden('node-watchdog-status-for-good'),
    )
  })

  it('says no with a sentence, and how it is done where the API cannot', async () => {
    ha.armed = 'unknown'
    const { code, err } = await command('node-watchdog', 'disarm', 'pve1', '--for', '2h', '--yes')
    expect(code).toBe(1)
    expect(err).toContain('Refused: HA before Proxmox VE 9.2')
    expect(err).toContain('ha-manager set vm:100 --state ignored')
    ha.armed = 'armed'
    ha.fails = [{ ok: false, code: 'forbidden', sentence: 'It needs Sys.Console on /.' }]
    const refused = await command('node-watchdog', 'disarm', 'pve1', '--for', '2h', '--yes')
    expect(refused.code).toBe(5)
    expect(refused.out).toContain('It needs Sys.Console on /.')
  })

  it.each([
    [['pve1', '--yes']],
    [['pve1', '--for', '2h', '--for-good', '--yes']],
    [['pve1', '--for', 'soon', '--yes']],
    [['pve1', '--for', '2h', '--mode', 'panic', '--yes']],
    [['pve1', '--for', '2h']],
  ])('%j is no order', async (args) => {
    expect((await command('node-watchdog', 'disarm', ...args)).code).toBe(64)
    expect(ha.asked).toEqual([])
  })

  it('is on the socket alone, and knows when there is no cluster', async () => {
    const answer = await fetch(`${site.url}/api/v1/nodes/pve1/watchdog`)
    expect(answer.status).toBe(404)
    expect((await fetch(`${site.url}/api/v1/audit`)).status).toBe(404)
    site.daemon.watchdogs = undefined
    expect(await call(site.socketPath, 'POST', '/api/v1/nodes/pve1/watchdog/arm', '{"by":"x"}')).toMatchObject({
      status: 404,
      body: { error: { code: 'no-such-cluster' } },
    })
  })
})

describe('audit', () => {
  const WARNING = finding('one-channel', 'There is only one way to tell a person: mail.', 'Add a second.')
  const CRITICAL = finding('fence-near', 'pve2: HA has lost its lock.', 'Look at once.', {
    cluster: 'home',
    node: 'pve2',
  })
  const INFO = finding('fping-missing', 'fping is not installed here.', 'apt install fping')

  it.each([
    [[], 0],
    [[INFO], 0],
    [[WARNING, INFO], 1],
    [[CRITICAL, WARNING], 2],
  ])('ends by its worst finding', async (found, code) => {
    site.daemon.found = found
    expect((await command('audit')).code).toBe(code)
    const json = await command('audit', '--json')
    expect(json.code).toBe(code)
    expect(JSON.parse(json.out)).toEqual({ worst: found[0]?.severity ?? null, findings: found })
  })

  it('prints each with why and what to do', async () => {
    site.daemon.found = [CRITICAL, WARNING, INFO]
    await expect((await command('audit')).out).toMatchFileSnapshot(golden('audit'))
  })

  it('looks by the configuration alone where no watchdog runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'audit-'))
    const file = join(folder, 'watchdog.yaml')
    writeFileSync(file, `mode: dry-run\nstateDirectory: ${folder}\n`)
    const { code, out, err } = await run(['audit', '--config', file])
    rmSync(folder, { recursive: true })
    expect(code).toBe(2)
    expect(err).toContain('It is looked at by the configuration alone.')
    expect(out).toContain('critical no-channel: No channel is configured.')
    expect(out).not.toContain('drill')
  })
})
