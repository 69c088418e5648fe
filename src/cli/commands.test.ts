import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../test/faces/command-line.ts'
import { FakeDaemon } from '../../test/faces/fake-daemon.ts'
import { type Serving, serving } from '../../test/faces/serving.ts'
import { calm, cycling } from '../../test/faces/situation.ts'
import { events as eventsSchema, hostReport, outlets, status } from '../api/api.ts'

let served: Serving
let daemon: FakeDaemon
beforeAll(async () => {
  daemon = new FakeDaemon(cycling())
  served = await serving(daemon)
})
afterAll(() => served.close())
beforeEach(() => {
  daemon.current = cycling()
  daemon.orders.length = 0
  daemon.answer = () => ({ ok: true, code: 'done', sentence: 'Recorded.' })
})

const ask = (...args: string[]) => run([...args, '--state-directory', served.directory])

describe('reading', () => {
  it('status as a table and as JSON', async () => {
    const { code, out, err } = await ask('status')
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('Power cycle of pve2 by recovery')
    expect(out).not.toContain('\u001b')
    const json = await ask('status', '--json')
    expect(status.parse(JSON.parse(json.out)).plans[0]?.id).toBe('plan-9')
  })

  it('explain, also for a host that is not there', async () => {
    expect((await ask('explain', 'pve2')).out).toContain('Guards that do not')
    expect(hostReport.parse(JSON.parse((await ask('explain', 'pve2', '--json')).out)).host.name).toBe('pve2')
    expect(await ask('explain', 'pve9')).toEqual({ code: 1, out: '', err: 'No host called pve9 is watched.\n' })
  })

  it('events with their filters', async () => {
    daemon.history.length = 0
    daemon.tell('host-down', 'pve2 is dead.', { host: 'pve2' })
    daemon.tell('host-up', 'pve1 answers.', { host: 'pve1' })
    expect((await ask('events')).out).toBe(
      '2025-03-01 12:00:00  critical  host-down             pve2 is dead.\n' +
        '2025-03-01 12:00:00  info      host-up               pve1 answers.\n',
    )
    expect((await ask('events', '--host', 'pve1')).out).toContain('pve1 answers.')
    expect((await ask('events', '--code', 'storm')).out).toBe('')
    expect((await ask('events', '--since', '2025-03-01T12:30:00Z')).out).toBe('')
    const lines = (await ask('events', '--json', '--limit', '1')).out.trim().split('\n')
    expect(eventsSchema.shape.events.parse(lines.map((line) => JSON.parse(line)))).toMatchObject([{ code: 'host-up' }])
    expect(await ask('events', '--since', 'yesterday')).toMatchObject({ code: 64, out: '' })
    expect(await ask('events', '--limit', '0')).toMatchObject({ code: 64, out: '' })
  })

  it('outlets', async () => {
    expect((await ask('outlets', 'list')).out).toContain('strip/4        nas    Plug 5  on     38.0 W')
    expect(outlets.parse(JSON.parse((await ask('outlets', 'list', '--json')).out)).outlets).toHaveLength(6)
  })

  it('health, with the exit code telling it', async () => {
    expect(await ask('health')).toMatchObject({ code: 0, out: expect.stringMatching(/^Healthy: 120 rounds/) })
    daemon.wrong = { live: false, ready: false, reasons: ['The state cannot be written.'] }
    expect(await ask('health')).toMatchObject({ code: 1, out: expect.stringContaining('The state cannot be written.') })
    daemon.wrong = {}
  })

  it('uninstall-check, with the exit code telling it', async () => {
    const cut = await ask('uninstall-check')
    expect(cut.code).toBe(1)
    expect(cut.out).toContain('Outlet strip/1 is off, and the watchdog has yet to turn it on.')
    daemon.current = calm()
    expect(await ask('uninstall-check')).toMatchObject({ code: 0, err: '' })
  })
})

describe('ordering', () => {
  it.each([
    [['pause'], { order: 'pause', target: '*', reason: 'by hand' }],
    [
      ['pause', 'pve1', '--for', '2h', '--reason', 'a visit'],
      { order: 'pause', target: 'pve1', reason: 'a visit', forMs: 7_200_000 },
    ],
    [['resume'], { order: 'resume', target: '*' }],
    [['resume', 'pve1'], { order: 'resume', target: 'pve1' }],
    [['lockout', 'clear', 'pve1'], { order: 'clear-lockout', host: 'pve1' }],
    [
      ['maintenance', 'pve1', '--for', '90m'],
      { order: 'maintenance', host: 'pve1', forMs: 5_400_000, reason: 'by hand' },
    ],
    [['maintenance', 'pve1', '--end'], { order: 'maintenance-end', host: 'pve1' }],
    [['devices', 'accept', 'strip', '--yes'], { order: 'accept-device', device: 'strip' }],
  ])('%j', async (args, order) => {
    const { code, out } = await ask(...args)
    expect([code, out]).toEqual([0, 'Recorded.\n'])
    expect(daemon.orders).toEqual([{ by: 'cli:anna', ...order }])
  })

  it('tells a refusal on standard error', async () => {
    daemon.answer = () => ({ ok: false, code: 'unknown-host', sentence: 'There is no host pve9.' })
    expect(await ask('pause', 'pve9')).toEqual({ code: 1, out: '', err: 'Refused: There is no host pve9.\n' })
  })

  it.each([
    [['maintenance', 'pve1']],
    [['maintenance', 'pve1', '--for', '2h', '--end']],
    [['pause', '--for', 'long']],
    [['outlets', 'off', 'pve1', '--yes']],
    [['outlets', 'off', 'pve1', '--yes', '--for', '2h', '--until-released']],
    [['outlets', 'cycle', 'pve1']],
    [['devices', 'accept', 'strip']],
    [['nonsense']],
    [['status', '--nonsense']],
    [['explain']],
  ])('does nothing for %j', async (args) => {
    expect(await ask(...args)).toMatchObject({ code: 64, out: '', err: expect.stringMatching(/\S/) })
    expect(daemon.orders).toEqual([])
  })

  it('reloads, backs up and exports', async () => {
    expect(await ask('config', 'reload')).toMatchObject({ code: 78, err: expect.stringContaining('intervall') })
    const file = join(served.directory, 'copy.db')
    expect(await ask('state', 'backup', file)).toMatchObject({ code: 0, out: `The state is copied to ${file}.\n` })
    expect(await ask('state', 'backup', '/nowhere/x')).toMatchObject({ code: 73, out: '' })
    expect(JSON.parse((await ask('state', 'export')).out)).toMatchObject({ format: 'situation' })
    const exported = join(served.directory, 'situation.json')
    expect((await ask('state', 'export', exported)).code).toBe(0)
    expect(JSON.parse(readFileSync(exported, 'utf8'))).toMatchObject({ format: 'situation' })
    expect(await ask('state', 'export', exported)).toMatchObject({
      code: 73,
      err: expect.stringContaining('exists already'),
    })
  })
})

describe('without a watchdog', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'watchdog-cli-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  const alone = (...args: string[]) => run([...args, '--state-directory', directory])

  it.each([['status'], ['events'], ['health'], ['resume'], ['uninstall-check']])('%s says so', async (...args) => {
    expect(await alone(...args)).toMatchObject({ code: 69, out: '', err: expect.stringContaining('No watchdog') })
  })

  it('finds the state where the configuration or the environment says', async () => {
    const file = join(directory, 'watchdog.yaml')
    writeFileSync(file, 'mode: act\nstateDirectory: somewhere\n')
    const words = async (args: string[], env = {}) => (await run(args, env)).err
    expect(await words(['status', '--config', file])).toContain(`${directory}/somewhere/control.sock`)
    expect(await words(['status'], { PROXMOX_WATCHDOG_CONFIG: file })).toContain(`${directory}/somewhere/control.sock`)
    expect(await words(['status'], { STATE_DIRECTORY: '/run/x:/run/y' })).toContain('/run/x/control.sock')
    expect(await words(['status', '--config', '/nowhere.yaml'])).toContain('/nowhere.yaml cannot be read (ENOENT)')
  })

  it('says when what answers is no watchdog, hangs or breaks off', async () => {
    const cases = [
      ['strange', 76, (path: string) => createServer((_, answer) => answer.end('<html>')).listen(path)],
      ['other', 76, (path: string) => createServer((_, answer) => answer.end('{"live":1}')).listen(path)],
      [
        'broken',
        69,
        (path: string) => createSocket((socket) => socket.once('data', () => socket.destroy())).listen(path),
      ],
      [
        'garbage',
        69,
        (path: string) => createSocket((socket) => socket.resume().end('\u0000\u0001garbage\r\n\r\n')).listen(path),
      ],
      [
        'half',
        69,
        (path: string) =>
          createSocket((socket) =>
            socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"live"')),
          ).listen(path),
      ],
    ] as const
    for (const [name, code, listen] of cases) {
      const path = mkdtempSync(join(directory, name))
      const server = listen(join(path, 'control.sock'))
      const ended = await run(['health', '--state-directory', path])
      expect(ended, name).toMatchObject({ code, out: '', err: expect.stringMatching(/^(What answers|The watchdog)/) })
      await new Promise((resolve) => server.close(resolve))
    }
  })
})
