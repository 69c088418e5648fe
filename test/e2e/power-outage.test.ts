import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, type TestContext, test } from 'vitest'
import { LAB_API_TOKEN, LAB_CERTIFICATE } from '../../src/lab/servers/index.ts'
import { homeLabWithCluster } from '../../src/lab/world/index.ts'
import { SECONDARY, Upsd, upsdMissing } from '../peers/upsd.ts'
import { SLOWEST_MS } from './site/daemon-process.ts'
import { openSite } from './site/lab-site.ts'

const reason = upsdMissing()
if (reason !== undefined) console.warn(`skipped: a power failure with a real upsd: ${reason}`)

const NODES = ['pve1', 'pve2', 'pve3', 'pve4']
/** Lab seconds in a real one. */
const PACE = 20

async function begin(context: TestContext) {
  const upsd = await Upsd.start()
  context.onTestFinished(() => upsd.stop())
  const site = await openSite(context, { spec: homeLabWithCluster(), timeScale: PACE })
  const secret = (name: string, text: string) => {
    const file = join(site.directory, name)
    writeFileSync(file, `${text}\n`, { mode: 0o600 })
    return { file }
  }
  const endpoints = site.lab
    .state()
    .hosts.filter(({ name }) => NODES.includes(name))
    .map(({ name, address, httpsPort }) => ({ node: name, url: `https://${address}:${httpsPort}` }))
  site.configure((configuration) => ({
    ...configuration,
    recovery: { ...configuration.recovery, standbyWatts: 5 },
    proxmox: [
      {
        cluster: configuration.hosts.find(({ name }) => name === 'pve1')?.cluster,
        endpoints,
        token: { id: LAB_API_TOKEN.id, secret: secret('api-token', LAB_API_TOKEN.secret) },
        tls: { fingerprint: new X509Certificate(LAB_CERTIFICATE).fingerprint256 },
        poll: '5s',
      },
    ],
    ups: {
      units: [
        {
          name: 'rack',
          server: '127.0.0.1',
          port: upsd.port,
          login: { username: SECONDARY.username, password: secret('ups-password', SECONDARY.password) },
        },
      ],
      hosts: NODES.map((host) => ({ host, units: ['rack'], startBy: ['outlet'] })),
      phases: [
        { name: 'secondaries', after: '3s', hosts: ['pve3', 'pve4'] },
        { name: 'last', after: '20m', hosts: ['pve1', 'pve2'] },
      ],
      poll: '200ms',
      debounce: '1s',
      guestDown: '5s',
      stableFor: '2s',
      firmwareWait: '1s',
      bootPatience: '1m',
      outletHold: '2s',
    },
  }))
  return { upsd, site }
}

describe.skipIf(reason)('a power failure', () => {
  test('with a real upsd, the API of a cluster, and a strip: down in order, and back whole', {
    timeout: SLOWEST_MS,
  }, async (context) => {
    const { upsd, site } = await begin(context)
    const daemon = await site.startWatching()
    await upsd.set('ups.status=OB DISCHRG')
    await daemon.tells('power-outage-begun')
    await daemon.tells('power-stage-begun')
    for (const host of ['pve3', 'pve4']) await daemon.tells('power-node-off', (event) => event.host === host)
    expect(site.lab.state().hosts.find(({ name }) => name === 'pve1')?.state).toBe('up')
    await upsd.set('ups.status=OL CHRG')
    await daemon.tells('power-returning')
    for (const host of ['pve3', 'pve4']) await daemon.tells('power-node-back', (event) => event.host === host)
    // Its guests have three minutes to start by themselves before the report: that long is not waited for here.
    await daemon.tells('power-ha-armed')
  })
})
