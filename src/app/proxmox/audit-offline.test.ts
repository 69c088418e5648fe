import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { selfSigned } from '../../../test/sockets/certificate.ts'
import { Disclosed, Secret } from '../../config/secret.ts'
import { pveNode } from '../../proxmox/testing/pve-node.ts'
import { PveServer } from '../../proxmox/testing/pve-server.ts'
import { loadConfiguration } from '../configuration/load.ts'
import { auditOffline } from './audit-offline.ts'
import { hostsIn } from './hosts-in.ts'

const key = selfSigned('pve')
const open: PveServer[] = []
let folder: string | undefined
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

const MUX = "Nov 20 18:58:28 pve1 watchdog-mux[134]: Watchdog driver 'Software Watchdog', version 0"

describe('an audit without a running watchdog', () => {
  it('asks the clusters of the configuration itself, changes nothing, and leaves nothing open', async () => {
    folder = mkdtempSync(join(tmpdir(), 'audit-'))
    writeFileSync(join(folder, 'secret'), '11111111-2222-3333-4444-555555555555')
    for (const node of ['pve1', 'pve2', 'pve3']) {
      const script = pveNode(node, ({ path }) =>
        path.endsWith('/journal') ? { data: ['s=1;b=2', MUX.replace('pve1', node), 's=1;b=2'] } : undefined,
      )
      open.push(await new PveServer(key, script).start())
    }
    const text = `stateDirectory: ${folder}
hosts:
  - { name: pve1, address: 127.0.0.1 }
powerDevices: []
proxmox:
  - endpoints: [${open.map(({ url }) => `{ url: '${url}' }`).join(', ')}]
    token: { id: 'watchdog@pve!eyes', secret: { file: ${join(folder, 'secret')} } }
    tls: { verify: false }
`
    const loaded = loadConfiguration({ file: join(folder, 'w.yaml'), text, env: {} })
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
    const findings = await auditOffline(loaded.configuration)
    const codes = findings.map(({ code, node }) => (node === undefined ? code : `${code} ${node}`))
    expect(codes).toEqual(
      expect.arrayContaining([
        'no-channel',
        'nobody-outside',
        'certificate-unchecked',
        'token-too-strong',
        'self-fence-active pve2',
        'softdog',
      ]),
    )
    // Drills are known to the running watchdog alone.
    expect(codes).not.toContain('no-drill')
    expect(open.flatMap(({ asked }) => asked.filter(({ method }) => method !== 'GET'))).toEqual([])
    expect(open.flatMap(({ violations }) => violations)).toEqual([])
  })
})

describe('the hosts that settings name', () => {
  it.each([
    ['10.0.0.1', ['10.0.0.1']],
    ['10.0.0.1:9999', ['10.0.0.1']],
    ['https://user:word@strip.lan:8006/x', ['strip.lan']],
    ['fe80::1', ['fe80::1']],
    ['', []],
    ['not a host', []],
    [{ host: 'mail.lan', port: 25, from: 'a@b.example' }, ['mail.lan']],
    [{ url: new Disclosed('https://hooks.example.org/secret/token') }, ['hooks.example.org']],
    [{ url: new Secret({ env: 'NOT_SET_ANYWHERE' }) }, []],
    [{ urls: ['http://a.lan:1', 'http://b.lan:2'], tls: { ca: '/x' } }, ['a.lan', 'b.lan']],
    [undefined, []],
  ])('%j', (settings, hosts) => {
    expect(hostsIn(settings)).toEqual(hosts)
  })
})
