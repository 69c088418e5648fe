import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CommandLine } from '../../test/faces/command-line.ts'
import { FakeDaemon } from '../../test/faces/fake-daemon.ts'
import { call, type Serving, serving, until } from '../../test/faces/serving.ts'
import { calm, cycling } from '../../test/faces/situation.ts'
import { serveHttp } from '../http/serve.ts'

let served: Serving
let daemon: FakeDaemon
const running: CommandLine[] = []
beforeEach(async () => {
  daemon = new FakeDaemon(calm())
  daemon.tell('watchdog-started', 'long ago')
  daemon.tell('cycle-done', 'An earlier cycle.', { host: 'pve2', intent: 'plan-1' })
  served = await serving(daemon)
})
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
  await served.close()
})

function start(...args: string[]): CommandLine {
  const line = new CommandLine([...args, '--state-directory', served.directory])
  running.push(line)
  return line
}

const about = { host: 'pve2', intent: 'plan-9' }

describe('switching by hand', () => {
  it('says what will happen, orders it and tells each step until the end', async () => {
    daemon.answer = () => {
      daemon.current = cycling()
      daemon.tell('cycle-planned', 'A power cycle of pve2 is planned.', about)
      return { ok: true, code: 'cycling', sentence: 'The power cycle of pve2 begins.' }
    }
    const line = start('outlets', 'cycle', 'pve2', '--yes', '--reason', 'it hangs', '--hold', '5m')
    await until(() => line.out.includes('is planned'))
    daemon.tell('outlets-off', 'Outlet strip/1 of pve2 is verified off.', about)
    await until(() => line.out.includes('verified off'))
    daemon.tell('cycle-done', 'Outlet strip/1 of pve2 is verified on.', about)
    daemon.current = calm()
    const { code, out, err } = await line.ended
    expect(code).toBe(0)
    expect(out).toBe(
      [
        'The power cycle of pve2 begins.',
        '12:00:00  A power cycle of pve2 is planned.',
        '12:00:00  Outlet strip/1 of pve2 is verified off.',
        '12:00:00  Outlet strip/1 of pve2 is verified on.',
        '',
      ].join('\n'),
    )
    expect(err).toContain('Outlet strip/1 (pve2) is on, 61.0 W.')
    expect(err).toContain('pve2 answers: everything that runs on it will be cut off.')
    expect(err).toContain('held off for 5m0s, and turned on')
    expect(daemon.orders).toEqual([
      {
        by: 'cli:anna',
        order: 'switch',
        target: 'pve2',
        goal: 'cycle',
        reason: 'it hangs',
        protected: false,
        holdMs: 300_000,
      },
    ])
  })

  it.each([
    ['cycle-abandoned', 3],
    ['switched-on', 4],
    ['cycle-failed', 5],
  ] as const)('ends with another code after %s', async (end, code) => {
    daemon.answer = () => {
      daemon.tell('cycle-planned', 'Planned.', about)
      daemon.tell(end, 'The end.', about)
      return { ok: true, code: 'cycling', sentence: 'It begins.', intent: 'plan-9' }
    }
    expect(await start('outlets', 'cycle', 'strip/1', '--yes').ended).toMatchObject({ code })
    expect(daemon.orders).toMatchObject([{ target: 'strip/1' }])
  })

  it('knows when there was nothing to do', async () => {
    const line = start('outlets', 'on', 'pve2', '--yes')
    expect(await line.ended).toMatchObject({ code: 0, out: 'Recorded.\n' })
  })

  it('orders nothing for a name that nobody has', async () => {
    const { code, err } = await start('outlets', 'cycle', 'pve9', '--yes').ended
    expect([code, daemon.orders.length]).toEqual([1, 0])
    expect(err).toContain('hosts with a power device: pve1, pve2, pve3, pve4')
  })

  it('tells a refusal', async () => {
    daemon.answer = () => ({ ok: false, code: 'protected-outlet', sentence: 'Outlet 4 is protected.' })
    const { code, err } = await start('outlets', 'cycle', 'strip/4', '--yes').ended
    expect(code).toBe(1)
    expect(err).toContain('It is protected: this needs --protected.')
    expect(err).toContain('Refused: Outlet 4 is protected.')
  })

  it('follows a plan over a restart of the watchdog', async () => {
    daemon.answer = () => {
      daemon.current = cycling()
      daemon.tell('cycle-planned', 'Planned.', about)
      return { ok: true, code: 'cycling', sentence: 'It begins.' }
    }
    const line = start('outlets', 'cycle', 'pve2', '--yes')
    await until(() => line.out.includes('Planned.'))
    await served.http.close()
    await until(() => line.err.includes('Waiting for it'))
    daemon.tell('cycle-done', 'Done while nobody looked.', about)
    daemon.current = calm()
    const again = await serveHttp({ daemon, socketPath: served.socketPath, port: 0, host: '127.0.0.1' })
    expect(await line.ended).toMatchObject({ code: 0, out: expect.stringContaining('Done while nobody looked.') })
    await again.close()
  })

  it('is not stopped by stopping the telling', async () => {
    daemon.answer = () => {
      daemon.current = cycling()
      return { ok: true, code: 'cycling', sentence: 'It begins.' }
    }
    const line = start('outlets', 'cycle', 'pve2', '--yes')
    await until(() => line.out.includes('It begins.'))
    // The handler is in place once the first look has been answered.
    await until(() => daemon.orders.length === 1)
    await call(served.socketPath, 'GET', '/api/v1/health')
    await new Promise((resolve) => setTimeout(resolve, 300))
    line.child.kill('SIGINT')
    expect(await line.ended).toMatchObject({ code: 130, err: expect.stringContaining('the watchdog carries it on') })
  })
})

describe('watching', () => {
  it('follows events over a restart, each once, until interrupted', async () => {
    const line = start('events', '--follow', '--code', 'host-up')
    await until(() => daemon.listeners > 1)
    daemon.tell('host-up', 'pve1 answers.', { host: 'pve1' })
    daemon.tell('host-down', 'pve2 is dead.', { host: 'pve2' })
    await until(() => line.out.includes('pve1 answers.'))
    await served.http.close()
    daemon.tell('host-up', 'pve2 answers.', { host: 'pve2' })
    const again = await serveHttp({ daemon, socketPath: served.socketPath, port: 0, host: '127.0.0.1' })
    await until(() => line.out.includes('pve2 answers.'))
    line.child.kill('SIGINT')
    const { code, out } = await line.ended
    expect(code).toBe(0)
    expect(
      out
        .trim()
        .split('\n')
        .map((text) => text.slice(53)),
    ).toEqual(['pve1 answers.', 'pve2 answers.'])
    await again.close()
  })

  it('draws the status again when it has changed', async () => {
    const line = start('status', '--watch')
    await until(() => line.out.includes('healthy'))
    daemon.current = cycling()
    await until(() => line.out.includes('Power cycle of pve2'))
    line.child.kill('SIGINT')
    expect(await line.ended).toMatchObject({ code: 0, err: '' })
  })

  it('ends quietly when its reader goes away', async () => {
    const line = start('status', '--watch', '--json')
    await until(() => line.out.length > 0)
    line.child.stdout.destroy()
    let rounds = 0
    const change = setInterval(() => {
      rounds += 1
      daemon.wrong = { rounds }
    }, 100)
    const { code, err } = await line.ended
    clearInterval(change)
    expect([code, err]).toEqual([141, ''])
  })
})
