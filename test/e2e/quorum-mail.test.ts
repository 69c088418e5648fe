import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { LAB_API_TOKEN, LAB_CERTIFICATE, startLab } from '../../src/lab/servers/index.ts'
import { claimNetwork, FREE_PORTS } from '../../src/lab/testing/network.ts'
import { homeLabWithCluster } from '../../src/lab/world/index.ts'
import { parseMail } from '../peers/mail.ts'
import { MailServer } from '../peers/smtp.ts'
import { openAlertSite } from './site/alert-site.ts'
import { PATIENCE_MS, SLOWEST_MS } from './site/daemon-process.ts'

const NODES = ['pve1', 'pve2', 'pve3', 'pve4']

test('a node that is cut off brings an e-mail about lost quorum', {
  timeout: SLOWEST_MS,
}, async (context) => {
  const { onTestFinished } = context
  const lab = await startLab({
    spec: homeLabWithCluster(),
    network: await claimNetwork(),
    timeScale: 10,
    ports: FREE_PORTS,
  })
  onTestFinished(() => lab.stop())
  const server = await MailServer.open('none')
  onTestFinished(() => server.stop())
  const site = await openAlertSite(context)
  const endpoints = lab
    .state()
    .hosts.filter(({ name }) => NODES.includes(name))
    .map(({ name, address, httpsPort }) => ({ node: name, url: `https://${address}:${httpsPort}` }))
  site.configure({
    channels: [
      {
        name: 'mail',
        type: 'email',
        host: '127.0.0.1',
        port: server.port,
        security: 'none',
        from: 'watchdog@example.org',
        to: ['admin@example.org'],
        rate: { burst: 100, every: '1ms' },
      },
    ],
    proxmox: [
      {
        cluster: 'home',
        endpoints,
        token: { id: LAB_API_TOKEN.id, secret: site.secret('api-token', LAB_API_TOKEN.secret) },
        tls: { fingerprint: new X509Certificate(LAB_CERTIFICATE).fingerprint256 },
        poll: '5s',
      },
    ],
  })
  await site.start()
  const about = (subject: RegExp) => () =>
    server.mails.map(({ raw }) => parseMail(raw)).find((mail) => subject.test(mail.header('subject')))

  await lab.act({ kind: 'partition', host: 'pve4' })
  await expect.poll(about(/pve4 of home has lost quorum/), { timeout: PATIENCE_MS, interval: 100 }).toBeDefined()
  const lost = about(/has lost quorum/)()
  expect(lost?.header('subject')).toContain('CRITICAL')
  expect(lost?.header('to')).toBe('admin@example.org')
  expect(lost?.parts.map(({ text }) => text).join('\n')).toContain('it sees no other node')
})
