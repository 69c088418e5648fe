import { afterEach, describe, expect, test } from 'vitest'
import { selfSigned } from '../../../test/sockets/certificate.ts'
import { renderProxmoxCheck } from '../../cli/render/proxmox.ts'
import { painter } from '../../cli/text/paint.ts'
import { Disclosed } from '../../config/secret.ts'
import type { ProxmoxFeature } from '../../core/audit/access/features.ts'
import type { ProxmoxEndpoint } from '../../proxmox/settings.ts'
import { pveNode, statusOf } from '../../proxmox/testing/pve-node.ts'
import { type Answer, type Asked, PveServer } from '../../proxmox/testing/pve-server.ts'
import type { Pinning } from '../../tls/pinning.ts'
import { SystemClock } from '../system-clock.ts'
import { checkCluster } from './check.ts'
import { shownFingerprint } from './shown-fingerprint.ts'

const key = selfSigned('pve')
const SECRET = '11111111-2222-3333-4444-555555555555'
const golden = (name: string) => new URL(`../../../test/golden/cli/${name}.txt`, import.meta.url).pathname

const open: PveServer[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

async function server(node: string, changes: (asked: Asked) => Answer | undefined = () => undefined) {
  const now = { headers: { date: new Date().toUTCString() } }
  const script = pveNode(node, changes)
  const each = await new PveServer(key, (asked) => {
    const answer = script(asked)
    return answer === undefined ? undefined : { ...answer, headers: { ...now.headers, ...answer.headers } }
  }).start()
  open.push(each)
  return each
}

function configured(
  endpoints: readonly ProxmoxEndpoint[],
  features: readonly ProxmoxFeature[] = ['views'],
  tls: Pinning = { verify: false },
) {
  const auth = { kind: 'token', id: 'watchdog@pve!eyes', secret: new Disclosed(SECRET) } as const
  return { settings: { cluster: 'home', endpoints, auth, tls, pollMs: 15_000, timeoutMs: 10_000 }, features }
}

const permissions = (data: unknown) => (asked: Asked) => (asked.path === '/access/permissions' ? { data } : undefined)
const AUDITS = { '/': { 'Sys.Audit': 1, 'VM.Audit': 1, 'Datastore.Audit': 1 } }

/** Ports and certificates differ each time. */
const steady = (text: string) =>
  open
    .reduce((all, { url }, index) => all.replaceAll(url, `https://10.0.0.${index + 1}:8006`), text)
    .replaceAll(/(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/g, 'AB:CD:...')
    .replaceAll(/clock off by -?[01] s/g, 'clock off by 0 s')

const clock = new SystemClock()
const text = async (...args: Parameters<typeof configured>) =>
  `${steady(renderProxmoxCheck(await checkCluster(configured(...args), clock), { paint: painter(false), columns: 0 }))}\n`

describe('proxmox check', () => {
  test('all is well', async () => {
    const nodes = await Promise.all(['pve1', 'pve2', 'pve3'].map((node) => server(node, permissions(AUDITS))))
    const fingerprint = (await shownFingerprint(nodes[0]!.url))!
    const endpoints = nodes.map(({ url }) => ({ url }))
    const found = await checkCluster(configured(endpoints, ['views'], { fingerprint }), clock)
    expect(found).toMatchObject({
      ok: true,
      mend: [],
      endpoints: [{ node: 'pve1', fingerprint, clusterName: 'lab', trust: 'fingerprint' }, {}, {}],
    })
    await expect(await text(endpoints, ['views'], { fingerprint })).toMatchFileSnapshot(golden('proxmox-check-well'))
    expect(nodes.flatMap(({ violations }) => violations)).toEqual([])
    expect(nodes.every(({ asked }) => asked.every(({ method }) => method === 'GET'))).toBe(true)
  })

  test('privileges are missing on one node alone, one member is never asked, and one has no quorum', async () => {
    const had = { ...AUDITS, '/nodes': { ...AUDITS['/'], 'Sys.Syslog': 1 }, '/nodes/pve2': { 'Sys.Audit': 1 } }
    const one = await server('pve1', permissions(had))
    const two = await server('pve2', (asked) =>
      asked.path === '/cluster/status' ? { data: statusOf('pve2', { quorate: 0 }) } : permissions(had)(asked),
    )
    const endpoints = [{ url: one.url }, { url: two.url }]
    const features = ['views', 'journals', 'node-watchdog'] as const
    const found = await checkCluster(configured(endpoints, features), clock)
    expect(found.ok).toBe(false)
    expect(found.features.find(({ feature }) => feature === 'journals')?.missing).toEqual([
      { path: '/nodes/pve2', privilege: 'Sys.Syslog' },
    ])
    await expect(await text(endpoints, features)).toMatchFileSnapshot(golden('proxmox-check-missing'))
  })

  test('each kind of failure is one sentence, spoils no other, and holds no secret', async () => {
    const refused = await server('pve1', () => ({ status: 401, reason: `no such token ${SECRET}`, data: null }))
    const html = await server('pve2', () => ({ body: '<html><body>It works!</body></html>' }))
    const stranger = await server('pve3', (asked) =>
      asked.path === '/cluster/status' ? { data: statusOf('pve3', { name: 'other' }) } : permissions(AUDITS)(asked),
    )
    const good = await server('pve2', permissions(AUDITS))
    const late = await server('pve1', (asked) => {
      const answer = permissions(AUDITS)(asked) ?? pveNode('pve1')(asked)
      return answer && { ...answer, headers: { date: new Date(Date.now() - 90_000).toUTCString() } }
    })
    const endpoints = [
      { url: refused.url },
      { url: html.url },
      { url: stranger.url },
      { url: good.url, tls: { fingerprint: Array(32).fill('00').join(':') } },
      { url: 'https://127.0.0.1:1' },
      { url: good.url },
      { url: late.url },
    ]
    const found = await checkCluster(configured(endpoints), clock)
    expect(found.ok).toBe(false)
    expect(found.endpoints.slice(0, 7).map(({ code, ok }) => (ok ? 'ok' : (code ?? 'odd')))).toEqual([
      'unauthorized',
      'malformed-answer',
      'odd',
      'fingerprint-mismatch',
      'unreachable',
      'ok',
      'ok',
    ])
    expect(found.endpoints[2]?.trouble.join()).toContain('Endpoints of one cluster belong together')
    expect(found.endpoints[6]?.trouble.join()).toMatch(/Its clock is (?:89|90) s behind ours/)
    expect(JSON.stringify(found)).not.toContain(SECRET)
  })

  test('nobody answers: nothing is said of privileges, and it is not well', async () => {
    const found = await checkCluster(configured([{ url: 'https://127.0.0.1:1' }]), clock)
    expect(found).toMatchObject({ ok: false, features: [], mend: [] })
    expect((await checkCluster(configured([]), clock)).ok).toBe(false)
  })
})
