import { execFileSync, spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { NODE_ACTS } from '../ports/node-shell.ts'
import { ACT_SCRIPTS } from './act-scripts.ts'
import { isAddress, sshArguments } from './arguments.ts'
import { LOOK_SCRIPT } from './look-script.ts'
import { createNodeShell } from './node-shell.ts'
import { FakeNode } from './testing/fake-node.ts'

let node: FakeNode
beforeEach(() => {
  node = new FakeNode().fresh()
})
afterEach(() => node.remove())

const settings = () => ({
  user: 'root',
  port: 22,
  keyFile: join(node.root, 'key'),
  knownHostsFile: join(node.root, 'state', 'ssh', 'known_hosts'),
  addresses: { pve1: '10.0.0.1', odd: '-oProxyCommand=reboot' },
})
const shell = (timeoutMs = 20_000) => createNodeShell('home', settings(), { program: node.ssh, timeoutMs })
const fails = (words: string, code = 255) => node.program('ssh', `cat >/dev/null; echo '${words}' >&2; exit ${code}`)

describe('a look', () => {
  test('tells who holds the device, of which module, and who is a client', async () => {
    expect(await shell().look('pve1')).toEqual({
      ok: true,
      facts: {
        root: true,
        marker: false,
        deviceNode: true,
        holders: [{ device: join(node.root, 'dev/watchdog'), pid: 77, command: 'watchdog-mux' }],
        devices: [{ name: 'watchdog0', identity: 'Software Watchdog', timeoutS: 10, state: 'active', nowayout: false }],
        modules: [{ name: 'softdog', parameters: { nowayout: '0', soft_margin: '60' } }],
        units: {
          'watchdog-mux': { enabled: 'enabled', active: 'active', pid: 77 },
          'pve-ha-lrm': { enabled: 'enabled', active: 'active', pid: 77 },
          'pve-ha-crm': { enabled: 'enabled', active: 'active', pid: 77 },
        },
        haManagerVersion: '5.1.3',
      },
    })
    node.clients(true)
    node.put('etc/default/pve-ha-manager', 'WATCHDOG_MODULE="ipmi_watchdog"\n')
    expect(await shell().look('pve1')).toMatchObject({
      facts: { marker: true, configuredModule: 'ipmi_watchdog' },
    })
    expect(node.told).toEqual([])
  })

  // A reader of a pipe without a writer, and the other way round, waits for ever: only an open would wait here.
  test('opens no watchdog device', async () => {
    execFileSync('rm', [join(node.root, 'dev/watchdog')])
    execFileSync('mkfifo', [join(node.root, 'dev/watchdog'), join(node.root, 'dev/watchdog0')])
    symlinkSync(join(node.root, 'dev/watchdog0'), join(node.root, 'proc/77/fd/4'))
    const looked = await shell().look('pve1')
    expect(looked).toMatchObject({ ok: true, facts: { deviceNode: true, holders: [{}, {}] } })
  })

  test.each([['look', LOOK_SCRIPT] as const, ...Object.entries(ACT_SCRIPTS)])(
    'the script %s names the device only where names are compared, and a shell can read it',
    (_, script) => {
      const places = script.split('\n').filter((line) => line.includes('/dev/watchdog'))
      for (const line of places)
        expect(line).toMatch(/-lname '\/dev\/watchdog\*'|for name in \/dev\/watchdog\*; do \[ -e "\$name" \]/)
      expect(script).not.toMatch(/[<>]\s*["']?\S*\/dev\/(?!null)/)
      expect(script).not.toMatch(/wdctl|\bcat\b|\bdd\b|\btouch\b|\becho V\b/)
      expect(spawnSync('sh', ['-n'], { input: script }).status).toBe(0)
    },
  )
})

describe('what is done on a node', () => {
  test('stops the mux only without clients, with a device that can be stopped, and that nobody else holds', async () => {
    node.clients(true)
    expect(await shell().act('pve1', 'stop-mux')).toEqual({
      ok: false,
      code: 'refused',
      sentence: 'pve1 (10.0.0.1) refused: clients are connected to watchdog-mux: stopping it now would reset the node.',
      mayHaveHappened: false,
    })
    node.clients(false)
    node.put('sys/class/watchdog/watchdog0/nowayout', '1\n')
    expect(await shell().act('pve1', 'stop-mux')).toMatchObject({ code: 'refused' })
    node.put('sys/class/watchdog/watchdog0/nowayout', '0\n')
    node.put('proc/1/fd/x', '')
    symlinkSync(join(node.root, 'dev/watchdog'), join(node.root, 'proc/1/fd/9'))
    expect(await shell().act('pve1', 'stop-mux')).toMatchObject({ code: 'refused' })
    expect(node.told).toEqual([])
    execFileSync('rm', [join(node.root, 'proc/1/fd/9')])
    expect(await shell().act('pve1', 'stop-mux')).toEqual({ ok: true })
    expect(node.told).toEqual(['systemctl stop watchdog-mux.service'])
    expect(await shell().act('pve1', 'stop-mux')).toEqual({ ok: true })
    expect(node.told).toHaveLength(1)
  })

  test('unloads softdog only once nobody holds the device', async () => {
    expect(await shell().act('pve1', 'unload-softdog')).toMatchObject({ code: 'refused' })
    await shell().act('pve1', 'mask-mux')
    await shell().act('pve1', 'stop-mux')
    expect(await shell().act('pve1', 'unload-softdog')).toEqual({ ok: true })
    expect(await shell().look('pve1')).toMatchObject({
      facts: {
        deviceNode: false,
        holders: [],
        devices: [],
        modules: [],
        units: { 'watchdog-mux': { enabled: 'masked', pid: 0 } },
      },
    })
    expect(await shell().act('pve1', 'unload-softdog')).toEqual({ ok: true })
  })

  test('starts the mux again, but not over a stale marker', async () => {
    await shell().act('pve1', 'mask-mux')
    await shell().act('pve1', 'stop-mux')
    node.clients(true)
    expect(await shell().act('pve1', 'start-mux')).toMatchObject({ code: 'refused' })
    node.clients(false)
    expect(await shell().act('pve1', 'unmask-mux')).toEqual({ ok: true })
    expect(await shell().act('pve1', 'start-mux')).toEqual({ ok: true })
    expect(node.told.slice(-2)).toEqual([
      'systemctl unmask watchdog-mux.service',
      'systemctl start watchdog-mux.service',
    ])
  })

  test('needs root', async () => {
    node.program('id', 'echo 1000')
    for (const act of NODE_ACTS) expect(await shell().act('pve1', act)).toMatchObject({ code: 'refused' })
    expect(node.told).toEqual([])
  })
})

describe('what goes wrong', () => {
  test.each([
    ['Host key verification failed.', 'host-key', false],
    ['root@10.0.0.1: Permission denied (publickey).', 'unauthorized', false],
    ['ssh: connect to host 10.0.0.1 port 22: Connection refused', 'unreachable', true],
    ['ssh: connect to host 10.0.0.1 port 22: Connection timed out', 'unreachable', true],
    ['something new', 'failed', true],
  ])('%s', async (words, code, mayHaveHappened) => {
    fails(words)
    expect(await shell().act('pve1', 'stop-mux')).toMatchObject({ ok: false, code, mayHaveHappened })
    expect(await shell().look('pve1')).toMatchObject({ ok: false, code, mayHaveHappened: false })
  })

  test('a node without an address, or with one that is an option, is never asked', async () => {
    for (const name of ['pve9', 'odd', 'toString', '__proto__']) {
      expect(shell().reaches(name)).toBe(false)
      expect(await shell().look(name)).toMatchObject({ code: 'not-configured' })
    }
  })

  test('a missing ssh, a node that hangs, an answer of something else, one that was cut off', async () => {
    const nowhere = createNodeShell('home', settings(), { program: '/nowhere/ssh' })
    expect(await nowhere.look('pve1')).toMatchObject({ code: 'not-installed' })
    node.program('ssh', 'exec sleep 60')
    expect(await shell(300).act('pve1', 'mask-mux')).toMatchObject({ code: 'timeout', mayHaveHappened: true })
    for (const words of ['Welcome!', 'proxmox-watchdog inside 1\nuid 0\nmarker no']) {
      node.program('ssh', `cat >/dev/null; printf '%s\\n' '${words}'`)
      expect(await shell().look('pve1')).toMatchObject({ code: 'malformed-answer' })
    }
  })
})

describe('the command line of ssh', () => {
  test('asks nobody, reads nobody’s settings, and carries nothing of the script', async () => {
    await shell().look('pve1')
    const args = node.text('arguments').trimEnd().split('\n')
    expect(args.slice(0, 2)).toEqual(['-F', '/dev/null'])
    expect(args).toEqual(
      expect.arrayContaining(['BatchMode=yes', 'StrictHostKeyChecking=accept-new', 'IdentitiesOnly=yes']),
    )
    expect(args).toContain(`UserKnownHostsFile="${settings().knownHostsFile}"`)
    expect(args.slice(-3)).toEqual(['--', '10.0.0.1', 'sh -s'])
    expect(node.text('script')).toBe(LOOK_SCRIPT)
  })

  test('keeps a path with a space, a quote or a % whole, as the real ssh reads it', () => {
    const path = "/var/lib/proxmox watchdog/100%/a'b"
    const args = sshArguments({ ...settings(), knownHostsFile: path, keyFile: '/k' }, '10.0.0.1')
    const real = spawnSync('ssh', ['-G', ...args.slice(0, -1)], { encoding: 'utf8' })
    if (real.error !== undefined) return console.warn(`skipped: the real ssh: ${real.error.message}`)
    expect(real.stderr).toBe('')
    expect(real.stdout).toMatch(/^batchmode yes$/m)
    expect(real.stdout).toContain(`userknownhostsfile ${path}\n`)
  })

  test('no address is an option', () => {
    fc.assert(fc.property(fc.string(), (text) => !isAddress(text) || /^[A-Za-z0-9:]/.test(text)))
    for (const good of ['10.0.0.1', 'fe80::1%eth0', 'pve1.example.org']) expect(isAddress(good)).toBe(true)
    for (const bad of ['', '-l', 'root@pve1', 'a b', 'a;b', '$(x)']) expect(isAddress(bad)).toBe(false)
  })
})
