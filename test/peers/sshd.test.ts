import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodeShell } from '../../src/ssh/node-shell.ts'
import { sshdCommand, sshdMissing } from './sshd.ts'

const folder = mkdtempSync(join(tmpdir(), 'sshd-'))
const reason = sshdMissing(folder)
if (reason !== undefined) console.warn(`skipped: looking into a node by a real sshd: ${reason}`)

let server: ChildProcess
let port: number

const make = (name: string) => execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)])

async function serve(hostKey: string): Promise<void> {
  const config = `ListenAddress 127.0.0.1:${port}
HostKey ${join(folder, hostKey)}
AuthorizedKeysFile ${join(folder, 'key.pub')}
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
`
  writeFileSync(join(folder, 'sshd_config'), config)
  const [program = '', ...line] = sshdCommand(folder, join(folder, 'sshd_config'))
  server = spawn(program, line, { stdio: 'ignore' })
  while (!(await answers())) await sleep(20)
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

const stop = () =>
  new Promise<void>((resolve) => {
    server.once('exit', () => resolve())
    server.kill()
  })

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(reason)('a real sshd', () => {
  beforeAll(async () => {
    for (const name of ['key', 'other', 'host1', 'host2']) make(name)
    const free = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => free.once('listening', resolve))
    port = (free.address() as AddressInfo).port
    await new Promise((resolve) => free.close(resolve))
    await serve('host1')
  })
  afterAll(async () => {
    if (server !== undefined) await stop()
  })

  const shell = (key: string) =>
    createNodeShell('home', {
      user: userInfo().username,
      port,
      keyFile: join(folder, key),
      knownHostsFile: join(folder, 'state 100%', 'known_hosts'),
      addresses: { pve1: '127.0.0.1' },
    })

  test('is asked what the node looks like from inside, and its key is kept', async () => {
    expect(await shell('key').look('pve1')).toMatchObject({ ok: true, facts: { units: { 'watchdog-mux': {} } } })
    expect(readFileSync(join(folder, 'state 100%', 'known_hosts'), 'utf8')).toContain('ssh-ed25519')
  })

  test('that does not know our key says so', async () => {
    expect(await shell('other').look('pve1')).toMatchObject({ ok: false, code: 'unauthorized' })
  })

  test('that is another machine now is refused', async () => {
    expect(await shell('key').look('pve1')).toMatchObject({ ok: true })
    await stop()
    await serve('host2')
    expect(await shell('key').look('pve1')).toMatchObject({ ok: false, code: 'host-key' })
  })
})
