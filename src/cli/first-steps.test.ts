import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../test/faces/command-line.ts'
import { ScriptedDevice } from '../power-devices/kasa/testing/scripted-device.ts'
import { broadcastOf } from './discover-network.ts'

const PASSWORD = 'correct horse battery'
let strip: ScriptedDevice
let directory: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'watchdog-first-'))
  strip = await ScriptedDevice.start()
  strip.credentials = { username: 'me@example.com', password: PASSWORD }
})
afterAll(async () => {
  await strip.stop()
  rmSync(directory, { recursive: true, force: true })
})

const account = ['--username', 'me@example.com']
const ports = () => ['--port', `${strip.httpPort}`, '--legacy-port', `${strip.legacyPort}`]
const withPassword = { KASA_PASSWORD: PASSWORD }

describe('discover', () => {
  it('lists the outlets of a strip, numbered from 0', async () => {
    const { code, out, err } = await run(['discover', '127.0.0.1', ...ports(), ...account], withPassword)
    expect([code, err]).toEqual([0, '`proxmox-watchdog init 127.0.0.1` writes a configuration for it.\n'])
    const lines = out.split('\n')
    expect(lines[0]).toContain('HS300(US), klap-v2')
    expect(lines[1]).toMatch(/^OUTLET {2}LABEL +ALIAS +STATE/)
    expect(lines[2]).toMatch(/^ {5}0 {2}Plug 1 +socket 0 +on/)
    expect(lines[7]).toMatch(/^ {5}5 {2}Plug 6 +socket 5 +on/)
    const json = await run(['discover', '127.0.0.1', ...ports(), ...account, '--json'], withPassword)
    expect(JSON.parse(json.out).outlets).toHaveLength(6)
  })

  it('takes the account from the environment', async () => {
    const env = { ...withPassword, KASA_USERNAME: 'me@example.com' }
    expect(await run(['discover', '127.0.0.1', ...ports()], env)).toMatchObject({ code: 0 })
  })

  it('says that the account is wrong, without repeating the password', async () => {
    const wrong = await run(['discover', '127.0.0.1', ...ports(), ...account], { KASA_PASSWORD: 'hunter2-and-more' })
    expect(wrong).toMatchObject({ code: 77, out: '' })
    expect(wrong.err).not.toContain('hunter2')
    const none = await run(['discover', '127.0.0.1', ...ports()])
    expect(none).toMatchObject({ code: 77, err: expect.stringContaining('--username') })
  })

  it('asks nobody for a password where nobody is', async () => {
    expect(await run(['discover', '127.0.0.1', ...ports(), ...account])).toMatchObject({
      code: 64,
      err: expect.stringContaining('set KASA_PASSWORD'),
    })
  })

  it('says that nothing is there', async () => {
    expect(await run(['discover', '127.0.0.1', '--port', '9', '--legacy-port', '9'])).toMatchObject({
      code: 69,
      out: '',
    })
  })

  it('knows the broadcast address of a network', () => {
    expect(broadcastOf('192.168.1.17', '255.255.255.0')).toBe('192.168.1.255')
    expect(broadcastOf('10.1.2.3', '255.255.252.0')).toBe('10.1.3.255')
  })
})

describe('init', () => {
  it('writes a configuration that can be checked, and nothing secret', async () => {
    const file = join(directory, 'watchdog.yaml')
    const hosts = ['--host', 'socket 0=127.0.0.2', '--host', 'socket 1=127.0.0.3']
    const args = ['init', '127.0.0.1', ...ports(), ...account, '--output', file, '--gateway', '127.0.0.1', ...hosts]
    const { code, out } = await run(args, withPassword)
    expect([code, out]).toEqual([0, expect.stringContaining('mode dry-run')])
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/^mode: dry-run$/m)
    expect(text).toContain('127.0.0.2')
    expect(text).not.toContain(PASSWORD)
    const checked = await run(['config', 'check', file], withPassword)
    expect(checked).toMatchObject({ code: 0, err: '' })
    expect(checked.out).toContain('can be used: mode dry-run, 2 hosts, 1 power device, 1 reference, 0 channels.')
    const shown = await run(['config', 'show', '--config', file], withPassword)
    expect(shown.code).toBe(0)
    expect(shown.out).toContain('KASA_PASSWORD')
    expect(shown.out).toContain(`port: ${ports()[1]}`)
    expect(shown.out).not.toContain(PASSWORD)
    expect(await run(args, withPassword)).toMatchObject({ code: 73, err: expect.stringContaining('exists already') })
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('writes to standard output where that is wanted, and nothing after a mistake', async () => {
    const { out } = await run(['init', '127.0.0.1', ...ports(), ...account, '-o', '-'], withPassword)
    expect(out).toContain('mode: dry-run')
    const file = join(directory, 'other.yaml')
    const wrong = ['init', '127.0.0.1', ...ports(), ...account, '-o', file, '--host', 'pve1']
    expect(await run(wrong, withPassword)).toMatchObject({ code: 64 })
    expect(existsSync(file)).toBe(false)
  })
})

describe('config', () => {
  it('says what is wrong, with its place', async () => {
    const file = join(directory, 'wrong.yaml')
    writeFileSync(file, 'mode: act\nrounds:\n  intervall: 30s\n')
    const { code, out, err } = await run(['config', 'check', file])
    expect([code, out]).toEqual([78, ''])
    expect(err).toContain(`${file}:3:3`)
    expect(err).toContain('did you mean "interval"?')
    expect(await run(['config', 'show', file])).toMatchObject({ code: 78, out: '' })
  })

  it('says what is risky, and with --strict ends so', async () => {
    const file = join(directory, 'risky.yaml')
    writeFileSync(file, 'mode: act\nhosts:\n  - { name: pve1, address: 127.0.0.2, probes: [icmp] }\n')
    expect(await run(['config', 'check', file])).toMatchObject({ code: 0, out: expect.stringMatching(/^risk: /m) })
    expect(await run(['config', 'check', file, '--strict'])).toMatchObject({ code: 78 })
  })

  it('prints the schema', async () => {
    expect(JSON.parse((await run(['config', 'schema'])).out)).toMatchObject({ type: 'object' })
  })

  it('says that there is none', async () => {
    expect(await run(['config', 'check'])).toMatchObject({ code: 78, err: expect.stringContaining('no configuration') })
  })
})
