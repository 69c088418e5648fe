import { describe, expect, it } from 'vitest'
import { loadConfiguration } from './load.ts'
import { formatProblems } from './problem.ts'
import { risks } from './risks/risks.ts'
import { secretsOf } from './secrets-of.ts'
import { TEST_REGISTRIES } from './testing/registries.ts'

const HOST = 'hosts: [{ name: pve1, address: 10.0.0.1, cluster: home, probes: [icmp] }]\n'
const load = (text: string) => loadConfiguration({ file: 'c.yaml', text: HOST + text, env: {} }, TEST_REGISTRIES)

function accepted(text: string) {
  const loaded = load(text)
  if (!loaded.ok) throw new TypeError(formatProblems(loaded.problems))
  return loaded.configuration
}

function refused(text: string): string {
  const loaded = load(text)
  return loaded.ok ? 'accepted' : loaded.problems.map(({ message }) => message).join('\n')
}

const entry = (more: string, token = 'token: { id: "watchdog@pve!watchdog", secret: { env: PVE_TOKEN } }') =>
  `proxmox: [{ cluster: home, endpoints: [{ url: "https://10.0.0.1:8006/" }], ${token}${more} }]`

describe('proxmox in the configuration', () => {
  it('has defaults for everything but where and who', () => {
    const [cluster] = accepted(entry('')).proxmox
    expect(cluster).toMatchObject({
      cluster: 'home',
      endpoints: [{ url: 'https://10.0.0.1:8006' }],
      auth: { kind: 'token', id: 'watchdog@pve!watchdog' },
      pollMs: 15_000,
      timeoutMs: 10_000,
      journals: true,
      startMissed: false,
    })
    expect(secretsOf(cluster)).toHaveLength(1)
    expect(accepted('').proxmox).toEqual([])
    expect(accepted(`${entry('')}\nguests: { startMissed: true }`).proxmox[0]?.startMissed).toBe(true)
  })

  it('takes a login in place of a token', () => {
    const login = 'login: { username: watchdog@pve, password: { env: P } }'
    expect(accepted(entry('', login)).proxmox[0]?.auth).toMatchObject({ kind: 'ticket', username: 'watchdog@pve' })
  })

  it.each([
    [entry('').replace('https', 'http'), 'https://192.168.1.105:8006'],
    [entry('', ''), 'either a token or a login is expected'],
    [entry(', login: { username: a@pam, password: { env: P } }'), 'either a token or a login is expected'],
    [entry('').replace('!watchdog', ''), 'a token such as watchdog@pve!watchdog is expected'],
    [entry('').replace('cluster: home', 'cluster: away'), 'no host is in a cluster called away (known: home)'],
    [
      `${entry('').slice(0, -1)}, ${entry('').slice('proxmox: ['.length)}`,
      'there are two Proxmox clusters called home',
    ],
    [entry(', ssh: { keyFile: id_ed25519 }'), 'an absolute path is expected'],
  ])('refuses %s', (text, message) => {
    expect(refused(text)).toContain(message)
  })

  it('warns of certificates that are not verified, of one endpoint, too', () => {
    const codes = (text: string) => risks(accepted(text)).map(({ code }) => code)
    expect(codes(entry(', tls: { verify: false }'))).toContain('tls-unverified')
    expect(codes(entry('').replace('8006/" }', '8006/", tls: { verify: false } }'))).toContain('tls-unverified')
    expect(codes(entry(''))).not.toContain('tls-unverified')
  })
})
