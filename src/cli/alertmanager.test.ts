import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandLine, run } from '../../test/faces/command-line.ts'

const GOLDEN = join(import.meta.dirname, '../../test/golden/alertmanager')
let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'alertmanager-check-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const check = (...args: string[]) => run(['alertmanager', 'check', ...args])

describe('alertmanager check', () => {
  it('ends with 0 where nothing is lost, with 1 where something is, with 78 where it cannot be read', async () => {
    const clean = await check(join(GOLDEN, 'clean.yml'))
    expect(clean).toMatchObject({ code: 0, err: '', out: expect.stringContaining('clean.yml: no trap was found\n') })
    expect(clean.out).not.toContain('To paste')
    expect(await check(join(GOLDEN, 'one-relay.yml'))).toMatchObject({
      code: 0,
      out: expect.stringContaining('To paste'),
    })
    const lost = await check(join(GOLDEN, 'watchdog-to-null.yml'))
    expect(lost).toMatchObject({ code: 1, err: '' })
    expect(lost.out).toMatch(/^\/.*watchdog-to-null\.yml:5:17: error watchdog-nowhere: Watchdog goes to null/)
    for (const file of ['not-yaml.yml', 'empty.yml', 'another-file.yml', 'none.yml']) {
      expect(await check(join(GOLDEN, file))).toMatchObject({ code: 78, out: '', err: expect.stringContaining(file) })
    }
    expect((await check(join(GOLDEN, 'none.yml'))).err).toContain('cannot be read (ENOENT)')
  })

  it('reads standard input', async () => {
    const command = new CommandLine(['alertmanager', 'check', '-'])
    expect(await command.ended).toMatchObject({ code: 78, err: 'standard input is empty.\n' })
  })

  it('tells everything to programs', async () => {
    const { code, out } = await check(join(GOLDEN, 'watchdog-slow.yml'), '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      findings: [
        { code: 'watchdog-slow', severity: 'warning', line: 8, column: 24, path: 'route.routes[0].repeat_interval' },
      ],
      routes: {
        deadMan: [{ receiver: 'relay', tellsSomebody: true, everyMs: 600_000 }],
        critical: [{ receiver: 'relay' }],
      },
      receiver: expect.stringContaining('webhook_configs:'),
    })
  })

  it('prints the receiver for the relays that are named', async () => {
    const relays = ['--relay-a', 'http://10.0.0.7:8000', '--relay-b', 'http://192.0.2.9:8000/']
    const { code, out } = await check(join(GOLDEN, 'clean.yml'), ...relays)
    expect(code).toBe(0)
    expect(out).toContain("url: 'http://10.0.0.7:8000/hooks/alertmanager'")
    expect(out).toContain("url: 'http://192.0.2.9:8000/hooks/alertmanager'")
    expect(await check(join(GOLDEN, 'clean.yml'), '--relay-a', '10.0.0.7')).toMatchObject({ code: 64, out: '' })
  })

  it('asks the addresses only where that is wanted', async () => {
    let asked = 0
    const server = createServer((_, outgoing) => {
      asked += 1
      outgoing.writeHead(308, { location: 'https://elsewhere.example.org/' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const file = join(directory, 'alertmanager.yml')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/alertmanager`
    writeFileSync(file, `route: { receiver: r }\nreceivers:\n  - name: r\n    webhook_configs: [{ url: '${url}' }]\n`)
    expect([(await check(file)).code, asked]).toEqual([0, 0])
    const probed = await check(file, '--probe')
    expect([probed.code, asked]).toEqual([1, 1])
    expect(probed.out).toContain('error url-redirects')
    await new Promise((resolve) => server.close(resolve))
  })
})
