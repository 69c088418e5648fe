import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ago, HOUR, MINUTE } from '../../test/faces/clock.ts'
import { CommandLine, run } from '../../test/faces/command-line.ts'
import { FakeDaemon } from '../../test/faces/fake-daemon.ts'
import { call, type Serving, serving } from '../../test/faces/serving.ts'
import { reboot, reboots } from '../api/reboots.ts'
import { classifyReboot } from '../core/reboots/classify.ts'
import type { RebootVerdict } from '../core/reboots/types.ts'
import { rebootsOf } from '../http/views/reboots.ts'
import type { KnownReboot, RebootsAnswer } from '../ports/reboots.ts'
import { renderWhy } from './render/why.ts'
import { painter } from './text/paint.ts'

const RECORDED = join(import.meta.dirname, '../../test/golden/reboots')
const golden = (name: string) => join(import.meta.dirname, `../../test/golden/cli/${name}.txt`)
const recorded = (name: string, file: string) => join(RECORDED, name, file)

function verdictOf(name: string): RebootVerdict {
  const lines = (file: string) => readFileSync(recorded(name, file), 'utf8').trimEnd().split('\n')
  return classifyReboot({
    node: 'pve2',
    previous: { lines: lines('prev.txt'), endMissing: false },
    current: { lines: lines('cur.txt'), endMissing: true },
    also: {},
  })
}

const known = (boot: number, atMs: number, verdict: RebootVerdict): KnownReboot => ({
  cluster: 'home',
  node: 'pve2',
  boot,
  bootId: `${-boot}`.padStart(32, '0'),
  atMs,
  lastLifeMs: atMs - 3 * MINUTE,
  verdict,
})
const REBOOTS: readonly KnownReboot[] = [
  known(-1, ago(2 * MINUTE).wallMs, verdictOf('recorded-quorum-loss-fence')),
  known(-2, ago(50 * HOUR).wallMs, verdictOf('recorded-powercut')),
  known(-3, ago(99 * HOUR).wallMs, verdictOf('recorded-clean-reboot')),
]
const ALL: RebootsAnswer = { ok: true, cluster: 'home', node: 'pve2', host: 'pve2', reboots: REBOOTS }

class Told extends FakeDaemon {
  asked: (readonly [string, number | undefined])[] = []
  reboots: ((node: string, boot?: number) => Promise<RebootsAnswer>) | undefined = async (node, boot) => {
    this.asked.push([node, boot])
    if (node === 'pve9')
      return { ok: false, code: 'no-such-node', sentence: 'No node of a Proxmox cluster is called pve9.' }
    const reboots = REBOOTS.filter((each) => boot === undefined || each.boot === boot)
    if (reboots.length > 0) return { ...ALL, reboots }
    return { ok: false, code: 'no-such-boot', sentence: 'Only 3 reboots of pve2 are known.' }
  }
}

let served: Serving
let daemon: Told
let directory: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'why-'))
  daemon = new Told()
  served = await serving(daemon)
})
afterAll(async () => {
  await served.close()
  rmSync(directory, { recursive: true, force: true })
})
beforeEach(() => {
  daemon.asked = []
})
const why = (...args: string[]) => run(['why', ...args, '--state-directory', served.directory])

describe('why NODE', () => {
  it('ends with 0 where the cause is known, with 1 where it is not, and says what was found', async () => {
    const newest = await why('pve2')
    expect([newest.code, newest.err]).toEqual([0, ''])
    expect(newest.out).toContain('quorum-loss-fence, certain; down for 3m0s')
    expect(newest.out).not.toContain('\u001b')
    expect(await why('home/pve2', '--boot', '-2')).toMatchObject({ code: 1, out: expect.stringContaining('Could be') })
    expect(daemon.asked.at(-1)?.[0]).toBe('home/pve2')
    const json = await why('pve2', '--boot', '-3', '--json')
    expect(json.code).toBe(0)
    expect(reboot.parse(JSON.parse(json.out))).toMatchObject({ boot: -3, cause: 'clean-reboot' })
    expect(JSON.parse(json.out)).toMatchObject({ cluster: 'home', node: 'pve2', host: 'pve2' })
  })

  it('says why there is no answer', async () => {
    expect(await why('pve9')).toEqual({ code: 1, out: '', err: 'No node of a Proxmox cluster is called pve9.\n' })
    expect(await why('pve2', '--boot', '-9')).toEqual({ code: 1, out: '', err: 'Only 3 reboots of pve2 are known.\n' })
    const { reboots: answer } = daemon
    daemon.reboots = undefined
    expect(await why('pve2')).toMatchObject({
      code: 69,
      err: expect.stringContaining('No Proxmox cluster is configured'),
    })
    daemon.reboots = answer
  })

  it.each([
    [[]],
    [['pve2', '--boot', '0']],
    [['pve2', '--boot', '-99']],
    [['pve2', '--current', 'x']],
    [['--netconsole', 'x']],
  ])('asks nobody for %j', async (args) => {
    expect(await why(...args)).toMatchObject({ code: 64, out: '' })
    expect(daemon.asked).toEqual([])
  })
})

describe('the API', () => {
  it('tells of reboots on the socket, and not to the network', async () => {
    const { status, body } = await call(served.socketPath, 'GET', '/api/v1/nodes/home%2Fpve2/reboots?boot=-2')
    expect(status).toBe(200)
    expect(reboots.parse(body)).toMatchObject({ reboots: [{ boot: -2, cause: 'abrupt-undetermined' }] })
    expect(daemon.asked).toEqual([['home/pve2', -2]])
    expect((await call(served.socketPath, 'GET', '/api/v1/nodes/pve2/reboots?boot=1')).status).toBe(400)
    expect((await call(served.socketPath, 'GET', '/api/v1/nodes/pve9/reboots')).status).toBe(404)
    expect((await fetch(`${served.url}/api/v1/nodes/pve2/reboots`)).status).toBe(404)
  })
})

describe('why --journal', () => {
  const files = (name: string, ...args: string[]) =>
    run(['why', '--journal', recorded(name, 'prev.txt'), '--current', recorded(name, 'cur.txt'), ...args])

  it('judges files without any watchdog', async () => {
    expect(await files('recorded-mux-sigkill')).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('watchdog-daemon-crashed, certain'),
    })
    expect((await files('recorded-powercut')).code).toBe(1)
    const json = JSON.parse((await files('recorded-panic-reboot10', '--json')).out)
    expect(json).toMatchObject({ node: 'pve1', cause: 'abrupt-undetermined', missing: expect.arrayContaining([]) })
  })

  it('takes what netconsole heard, and the name that is given', async () => {
    const heard = join(directory, 'netconsole.log')
    writeFileSync(heard, '6,470,1,-;x\r\n2,471,28773688,-;softdog: Initiating system reboot\r\n')
    const { code, out } = await files('recorded-powercut', '--netconsole', heard, 'web')
    expect([code, out.split('\n')[0]]).toEqual([0, 'web, by the files given'])
    expect(out).toContain('netconsole  2,471,28773688,-;softdog: Initiating system reboot')
  })

  it('finds the boots in a whole journal on standard input', async () => {
    const command = new CommandLine(['why', '--journal', '-'])
    expect(await command.ended).toMatchObject({ code: 1, err: expect.stringContaining('standard input holds no line') })
    const whole = join(directory, 'whole.txt')
    const text = (file: string) => readFileSync(recorded('update', file), 'utf8')
    writeFileSync(whole, `-- Boot ${'0'.repeat(32)} --\n${text('prev.txt')}-- Reboot --\n${text('cur.txt')}`)
    expect(await run(['why', '--journal', whole])).toMatchObject({
      code: 0,
      out: expect.stringContaining('update, certain'),
    })
  })

  it('says which file cannot be read', async () => {
    expect(await run(['why', '--journal', '/nonexistent/prev.txt'])).toEqual({
      code: 1,
      out: '',
      err: '/nonexistent/prev.txt cannot be read (ENOENT).\n',
    })
    const prose = join(directory, 'prose.txt')
    writeFileSync(prose, 'It rebooted at night.\n')
    expect((await run(['why', '--journal', prose])).err).toBe(
      `${prose} holds no line of a journal: write it with journalctl -b -1.\n`,
    )
  })
})

describe('what a person reads', () => {
  const zone = process.env.TZ
  beforeAll(() => {
    process.env.TZ = 'UTC'
  })
  afterAll(() => {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  })
  const text = (boot: number, columns: number, answer = ALL) =>
    answer.ok ? renderWhy(rebootsOf(answer, ago(0)), boot, { paint: painter(false), columns }) : ''

  it.each([
    ['why-fence', -1, 0],
    ['why-undetermined', -2, 0],
    ['why-undetermined-narrow', -2, 80],
  ])('%s', async (name, boot, columns) => {
    await expect(`${text(boot, columns)}\n`).toMatchFileSnapshot(golden(name))
  })

  it('takes nothing from a journal as a command to the terminal', () => {
    const verdict = { ...verdictOf('recorded-powercut'), lines: [{ source: 'previous' as const, text: 'x\u001b[2Jy' }] }
    const shown = text(-1, 0, { ...ALL, reboots: [known(-1, 0, verdict)] })
    expect(shown).not.toContain('\u001b')
    expect(shown).toContain('x [2Jy')
  })
})
