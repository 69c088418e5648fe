import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeDaemon } from '../../test/faces/fake-daemon.ts'
import { type Serving, serving, until } from '../../test/faces/serving.ts'
import { calm } from '../../test/faces/situation.ts'
import { ScriptedDevice } from '../power-devices/kasa/testing/scripted-device.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const SCRIPT = ['/usr/bin/script', '/bin/script'].find(existsSync)
const reason =
  SCRIPT === undefined ? 'the program `script` (util-linux), which gives a terminal, is not here' : undefined
if (reason !== undefined) console.warn(`skipped: commands on a terminal, because ${reason}`)

type OnTerminal = { output: () => string; type: (keys: string) => void; ended: Promise<number | null> }

/** The real program on a pseudo-terminal. */
function onTerminal(args: readonly string[], env: Readonly<Record<string, string>> = {}): OnTerminal {
  const words = [process.execPath, '--disable-warning=ExperimentalWarning', MAIN, ...args].map((word) => `'${word}'`)
  const child = spawn(SCRIPT ?? 'script', ['-qefc', words.join(' '), '/dev/null'], {
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', TERM: 'xterm', TZ: 'UTC', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  return {
    output: () => text,
    type: (keys) => child.stdin.write(keys),
    ended: new Promise((resolve) => child.on('close', resolve)),
  }
}

describe.skipIf(reason)('on a terminal', () => {
  let served: Serving
  let daemon: FakeDaemon
  beforeAll(async () => {
    daemon = new FakeDaemon(calm())
    served = await serving(daemon)
  })
  afterAll(() => served.close())
  const at = () => ['--state-directory', served.directory]

  it('there are colours, and none with NO_COLOR', async () => {
    const coloured = onTerminal(['status', ...at()])
    await coloured.ended
    expect(coloured.output()).toContain('\u001b[32mup')
    const plain = onTerminal(['status', ...at()], { NO_COLOR: '1' })
    await plain.ended
    expect(plain.output()).toContain('pve1')
    expect(plain.output()).not.toContain('\u001b[32m')
  })

  it('a person is asked, and no is no', async () => {
    const line = onTerminal(['outlets', 'cycle', 'pve1', ...at()])
    await until(() => line.output().includes('Go on? [y/N]'))
    line.type('n\r')
    expect(await line.ended).toBe(1)
    expect(line.output()).toContain('Nothing was done.')
    expect(daemon.orders).toEqual([])
  })

  it('Ctrl-C at the question is no', async () => {
    const line = onTerminal(['outlets', 'cycle', 'pve1', ...at()])
    await until(() => line.output().includes('Go on? [y/N]'))
    line.type('\u0003')
    expect(await line.ended).not.toBe(0)
    expect(daemon.orders).toEqual([])
  })

  it('yes is yes', async () => {
    const line = onTerminal(['devices', 'accept', 'strip', ...at()])
    await until(() => line.output().includes('Go on? [y/N]'))
    line.type('y\r')
    expect(await line.ended).toBe(0)
    expect(daemon.orders).toMatchObject([{ order: 'accept-device', device: 'strip' }])
  })

  it('a password is asked for and not shown', async () => {
    const strip = await ScriptedDevice.start()
    strip.credentials = { username: 'me@example.com', password: 'sesame-open' }
    const ports = ['--port', `${strip.httpPort}`, '--legacy-port', `${strip.legacyPort}`]
    const line = onTerminal(['discover', '127.0.0.1', '--username', 'me@example.com', ...ports])
    await until(() => line.output().includes('Password of me@example.com: '))
    line.type('sesame-opeX\u007fn\r')
    expect(await line.ended).toBe(0)
    expect(line.output()).toContain('Plug 1')
    expect(line.output()).not.toContain('sesame')
    await strip.stop()
  })
})
