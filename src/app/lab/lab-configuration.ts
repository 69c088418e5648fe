import { X509Certificate } from 'node:crypto'
import { LAB_API_TOKEN, LAB_CERTIFICATE, LAB_UPSD_USER, type Lab } from '../../lab/servers/index.ts'
import type { LabPaths } from './lab-directory.ts'

/** Real waits of the lab's probes and of the strip: short, since everything is on loopback. */
const TIMEOUT = '300ms'
const STRIP_TIMEOUT = '400ms'
const CHANNEL_TIMEOUT = '2s'

/** The configuration of the lab, as a person would write it for a real one. */
export function labConfiguration(
  lab: Lab,
  paths: Pick<LabPaths, 'state' | 'password' | 'webhook' | 'apiToken' | 'upsPassword'>,
): string {
  const { hosts, strips, gateway } = lab.state()
  const [strip] = strips
  if (strip === undefined) throw new RangeError('the lab has no strip')
  const lines = [
    '# The lab of `proxmox-watchdog lab`, written anew at each start. Ports are unusual so that no root is needed.',
    'mode: act',
    `stateDirectory: ${paths.state}`,
    'http: { listen: 127.0.0.1, port: 8000 }',
    'rounds: { interval: 30s, failureThreshold: 3 }',
    'recovery: { offHold: 10m, bootGrace: 10m, startupGrace: 60s }',
    'references:',
    `  - { name: gateway, address: ${gateway.address}, probes: [{ tcp: { port: ${gateway.port}, timeout: ${TIMEOUT} } }] }`,
    'powerDevices:',
    '  - name: strip',
    '    driver: kasa',
    `    address: ${strip.address}`,
    `    port: ${strip.ports.klap}`,
    `    legacyPort: ${strip.ports.legacy}`,
    '    username: lab@example.com',
    `    password: { file: ${paths.password} }`,
    `    timeout: ${STRIP_TIMEOUT}`,
    '    outlets:',
    '      - { outlet: 3, label: unused }',
    '      - { outlet: 4, label: NAS, protected: true }',
    ...proxmox(lab, paths.apiToken),
    ...ups(lab, paths.upsPassword),
    'channels:',
    `  - { name: discord, type: discord, webhook: { file: ${paths.webhook} }, timeout: ${CHANNEL_TIMEOUT} }`,
    'hosts:',
  ]
  for (const host of hosts) {
    const [supply] = host.supplies
    const mapped = host.name !== 'nas' && supply !== undefined
    lines.push(
      `  - name: ${host.name}`,
      `    address: ${host.address}`,
      `    cluster: ${host.cluster}`,
      '    probes:',
      `      - tcp: { port: ${host.bannerPort}, banner: "SSH-2.0-", timeout: ${TIMEOUT} }`,
      `      - https: { port: ${host.httpsPort}, timeout: ${TIMEOUT} }`,
      ...(mapped ? [`    power: [{ device: strip, outlet: ${supply.split('/')[1]} }]`] : []),
    )
  }
  return `${lines.join('\n')}\n`
}

/** Every node is asked at its own address, where its pages are, too. */
function proxmox(lab: Lab, tokenFile: string): string[] {
  const { hosts, clusters } = lab.state()
  return clusters.length === 0
    ? []
    : [
        'proxmox:',
        ...clusters.flatMap(({ nodes }) => {
          const nodeHosts = hosts.filter(({ name }) => nodes.some((node) => node.name === name))
          return [
            `  - cluster: ${nodeHosts[0]?.cluster}`,
            `    token: { id: "${LAB_API_TOKEN.id}", secret: { file: ${tokenFile} } }`,
            `    tls: { fingerprint: "${new X509Certificate(LAB_CERTIFICATE).fingerprint256}" }`,
            '    endpoints:',
            ...nodeHosts.map(({ name, address, httpsPort }) => {
              return `      - { node: ${name}, url: "https://${address}:${httpsPort}" }`
            }),
          ]
        }),
      ]
}

/** The nodes go in two phases, as they do where nothing else is said; the NAS stays as long as the battery does. */
function ups(lab: Lab, passwordFile: string): string[] {
  const { upsd, upses, clusters } = lab.state()
  if (upsd === undefined) return []
  const nodes = clusters.flatMap((cluster) => cluster.nodes.map(({ name }) => name))
  const names = upses.map(({ name }) => name)
  return [
    'ups:',
    '  poll: 5s',
    '  units:',
    ...names.flatMap((name) => [
      `    - { name: ${name}, server: ${upsd.address}, port: ${upsd.port}, upsName: ${name}, deadAfter: 60s,`,
      `        login: { username: ${LAB_UPSD_USER.username}, password: { file: ${passwordFile} } } }`,
    ]),
    '  hosts:',
    ...nodes.map((name) => `    - { host: ${name}, units: [${names.join(', ')}], startBy: [firmware, outlet] }`),
  ]
}
