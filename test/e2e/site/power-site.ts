import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LAB_API_TOKEN, LAB_CERTIFICATE } from '../../../src/lab/servers/index.ts'
import type { LabSite } from './lab-site.ts'

export const NODES = ['pve1', 'pve2', 'pve3', 'pve4']

/** Where upsd is, and who may log in. */
export type UpsdPlace = {
  readonly server: string
  readonly port: number
  readonly username: string
  readonly password: string
}

/** The four nodes hang on one UPS, go in two phases within seconds, and come back by their outlets. */
export function configurePower(
  site: LabSite,
  { server, port, username, password }: UpsdPlace,
  lastAfter: string,
): void {
  const secret = (name: string, text: string) => {
    const file = join(site.directory, name)
    writeFileSync(file, `${text}\n`, { mode: 0o600 })
    return { file }
  }
  const endpoints = site.lab
    .state()
    .hosts.filter(({ name }) => NODES.includes(name))
    .map(({ name, address, httpsPort }) => ({ node: name, url: `https://${address}:${httpsPort}` }))
  const login = { username, password: secret('ups-password', password) }
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
      units: [{ name: 'rack', server, port, login }],
      hosts: NODES.map((host) => ({ host, units: ['rack'], startBy: ['outlet'] })),
      phases: [
        { name: 'secondaries', after: '3s', hosts: ['pve3', 'pve4'] },
        { name: 'last', after: lastAfter, hosts: ['pve1', 'pve2'] },
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
}
