import { afterEach, describe, expect, test } from 'vitest'
import { selfSigned } from '../../test/sockets/certificate.ts'
import { Disclosed } from '../config/secret.ts'
import { ManualClock } from '../engine/testing/manual-clock.ts'
import type { ClusterWatch } from '../ports/cluster.ts'
import { DEFAULT_POLL_MS } from './settings.ts'
import { pveNode, statusOf } from './testing/pve-node.ts'
import { type Answer, PveServer, type Script } from './testing/pve-server.ts'
import { recordedText } from './testing/recorded.ts'
import { watchCluster } from './watch.ts'

const key = selfSigned('pve')
const HANGS: Answer = { after: new Promise(() => {}) }
const NODES = ['pve1', 'pve2', 'pve3']
const SECRET = '11111111-2222-3333-4444-555555555555'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

type Site = { readonly clock: ManualClock; readonly servers: readonly PveServer[]; readonly watch: ClusterWatch }

async function site(scripts: readonly Script[], nodes: readonly (string | undefined)[] = []): Promise<Site> {
  const clock = new ManualClock()
  const servers = await Promise.all(scripts.map((script) => new PveServer(key, script).start()))
  open.push(...servers)
  const watch = watchCluster(
    {
      cluster: 'home',
      endpoints: servers.map(({ url }, i) => ({ url, ...(nodes[i] === undefined ? {} : { node: nodes[i] }) })),
      auth: { kind: 'token', id: 'watchdog@pve!eyes', secret: new Disclosed(SECRET) },
      tls: { verify: false },
      pollMs: DEFAULT_POLL_MS,
      timeoutMs: 10_000,
    },
    { clock, random: () => 0.5 },
  )
  open.push(watch)
  return { clock, servers, watch }
}

/** Time goes on in the world's own steps, and only once everybody has had the time to answer. */
async function until({ clock }: Site, condition: () => boolean, stepMs = 0): Promise<void> {
  while (!condition()) await clock.pass(stepMs)
}

async function pass(each: Site, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    await each.clock.pass(250)
    for (let turn = 0; turn < 10; turn += 1) await each.clock.settle()
  }
}

const healthy = () => site(NODES.map((node) => pveNode(node)))

/** All nodes have told all that is told at once. */
const settled = (each: Site, nodes = NODES) =>
  until(each, () => nodes.every((node) => each.watch.views().views[node]?.replication !== undefined))

describe('three nodes', () => {
  test('each has its own view, and dear questions are asked of one', async () => {
    const each = await healthy()
    let told = 0
    each.watch.subscribe(() => {
      told += 1
    })
    await settled(each)
    await until(each, () => Object.values(each.watch.views().views).some(({ votes }) => votes !== undefined))
    const views = each.watch.views()
    expect(views).toMatchObject({ cluster: 'home', ownName: 'lab', unreached: {} })
    expect(Object.keys(views.views)).toEqual(NODES)
    for (const [i, node] of NODES.entries()) {
      expect(views.views[node]).toMatchObject({ node, endpoint: each.servers[i]?.url })
      expect(views.views[node]?.status?.value.members.find(({ local }) => local)?.name).toBe(node)
      expect(views.views[node]?.own?.value.bootId).toBe('571ed45b8fdd4c1e8ffb25745dce631b')
      expect(views.views[node]?.own?.value.clockS).toBeTypeOf('number')
    }
    expect(Object.values(views.views).filter(({ votes }) => votes !== undefined)).toHaveLength(1)
    expect(each.servers.flatMap(({ violations }) => violations)).toEqual([])
    expect(each.watch.endpoints().map(({ node, ok }) => [node, ok])).toEqual(NODES.map((node) => [node, true]))
    expect(told).toBeGreaterThan(0)
  })

  test('views are immutable: a later look is another object', async () => {
    const each = await healthy()
    await settled(each)
    const before = each.watch.views()
    const status = before.views.pve1?.status
    expect(each.watch.views()).toBe(before)
    await each.watch.refresh(['status'])
    expect(each.watch.views()).not.toBe(before)
    expect(before.views.pve1?.status).toBe(status)
  })

  test('one poll of a node goes over one or two connections', async () => {
    const each = await healthy()
    await settled(each)
    expect(each.servers[0]?.asked.length).toBeGreaterThan(10)
    expect(each.servers[0]?.connections).toBeLessThanOrEqual(4)
  })

  test('after it was closed nobody is asked or told', async () => {
    const each = await healthy()
    await settled(each)
    let told = 0
    each.watch.subscribe(() => {
      told += 1
    })
    await each.watch.close()
    const asked = each.servers.map((server) => server.asked.length)
    await pass(each, 60_000)
    expect(each.servers.map((server) => server.asked.length)).toEqual(asked)
    expect(told).toBe(0)
    expect(await each.watch.journal('pve1', {})).toMatchObject({ ok: false, code: 'aborted' })
  })
})

describe('one that answers nothing', () => {
  test('delays no other: their views stay younger than two polls, and its own are kept with their age', async () => {
    const each = await healthy()
    await settled(each)
    const [, , dead] = each.servers
    if (dead !== undefined) dead.script = () => HANGS
    await pass(each, 30_000)
    for (let i = 0; i < 8; i += 1) {
      await pass(each, 15_000)
      const now = each.clock.now().monoMs
      const { views } = each.watch.views()
      for (const node of ['pve1', 'pve2']) {
        for (const section of ['status', 'resources', 'ha'] as const) {
          expect(now - (views[node]?.[section]?.at.monoMs ?? 0)).toBeLessThan(2 * DEFAULT_POLL_MS)
        }
      }
    }
    const gone = each.watch.views().views.pve3
    expect(gone?.errors.status).toMatchObject({ code: 'timeout', sentence: expect.stringMatching(/^pve3 .*10 s/) })
    expect(gone?.resources?.value.guests).toHaveLength(4)
    expect(each.watch.endpoints()[2]).toMatchObject({ node: 'pve3', ok: false, lastError: { code: 'timeout' } })
  })

  test('and was the one for dear questions: another that has quorum takes its place', async () => {
    const each = await healthy()
    await settled(each)
    const holder = () => each.servers.findIndex((server) => server.askedFor('/cluster/config/nodes').length > 0)
    await until(each, () => holder() !== -1)
    const first = holder()
    const others = each.servers.filter((_, i) => i !== first)
    const [isolated, survivor] = others
    if (isolated !== undefined) {
      isolated.script = pveNode(NODES[each.servers.indexOf(isolated)] ?? '', ({ path }) =>
        path === '/cluster/status' ? { data: statusOf('pve2', { quorate: 0 }, ['pve1', 'pve3']) } : undefined,
      )
    }
    await each.servers[first]?.close()
    await until(each, () => (survivor?.askedFor('/cluster/config/nodes').length ?? 0) > 0, 1_000)
    expect(isolated?.askedFor('/cluster/config/nodes')).toHaveLength(0)
  })

  test('from the beginning is told of as not reached', async () => {
    const each = await site([pveNode('pve1'), () => ({ status: 401, reason: 'invalid token value!' })])
    await settled(each, ['pve1'])
    const { unreached, views } = each.watch.views()
    expect(Object.keys(views)).toEqual(['pve1'])
    expect(unreached[each.servers[1]?.url ?? '']).toMatchObject({
      code: 'unauthorized',
      sentence: expect.stringMatching(/invalid token value/),
    })
    expect(JSON.stringify([views, unreached, each.watch.stats(), each.watch.endpoints()])).not.toContain(SECRET)
  })
})

describe('whose endpoint it is', () => {
  test('of another cluster: its data is left out, with a sentence, and nothing more is asked of it', async () => {
    const other: Script = ({ path }) =>
      path === '/cluster/status'
        ? {
            data: [
              { type: 'cluster', name: 'prod', quorate: 1 },
              { type: 'node', name: 'x', local: 1, online: 1 },
            ],
          }
        : { data: [] }
    const each = await site([pveNode('pve1'), other, pveNode('pve2')])
    await settled(each, ['pve1', 'pve2'])
    await pass(each, 30_000)
    const { views, unreached, ownName } = each.watch.views()
    expect(Object.keys(views)).toEqual(['pve1', 'pve2'])
    expect(ownName).toBe('lab')
    expect(Object.entries(unreached)).toEqual([
      [
        each.servers[1]?.url,
        expect.objectContaining({ code: 'wrong-cluster', sentence: expect.stringMatching(/'prod'.*'lab'/) }),
      ],
    ])
    expect(each.watch.endpoints()[1]).toMatchObject({ ok: false, lastError: { code: 'wrong-cluster' } })
    const paths = new Set(each.servers[1]?.asked.slice(-2).map(({ path }) => path))
    expect(paths).toEqual(new Set(['/cluster/status']))
  })

  test('a second address of one node: asked for more only while the first is silent', async () => {
    const each = await site([pveNode('pve1'), pveNode('pve1')])
    await settled(each, ['pve1'])
    const [first, second] = each.servers
    expect(each.watch.views().views.pve1?.endpoint).toBe(first?.url)
    await pass(each, 30_000)
    const spared = second?.askedFor('/cluster/resources').length
    await first?.close()
    await until(each, () => each.watch.views().views.pve1?.endpoint === second?.url, 1_000)
    await until(each, () => (second?.askedFor('/cluster/resources').length ?? 0) > (spared ?? 0), 1_000)
    expect(each.watch.views().views.pve1?.errors.status).toBeUndefined()
  })

  test('members that have none are told of, once every endpoint has said who it is', async () => {
    const each = await site([pveNode('pve1'), pveNode('pve2')])
    await settled(each, ['pve1', 'pve2'])
    expect(each.watch.endpoints()[2]).toEqual({
      endpoint: '',
      node: 'pve3',
      ok: false,
      lastError: { code: 'not-found', sentence: expect.stringMatching(/^pve3 \(10\.99\.0\.3\) is a member/) },
    })
    const mute = await site([pveNode('pve1'), () => HANGS])
    await settled(mute, ['pve1'])
    expect(mute.watch.endpoints()).toHaveLength(2)
  })

  test('another node than configured', async () => {
    const each = await site([pveNode('pve1'), pveNode('pve2')], ['pve1', 'pve3'])
    await settled(each, ['pve1'])
    await until(each, () => Object.keys(each.watch.views().unreached).length === 1)
    expect(Object.values(each.watch.views().unreached)[0]).toMatchObject({
      code: 'wrong-cluster',
      sentence: expect.stringMatching(/is pve2 and not pve3/),
    })
  })
})

test('another version: what it does not know is an error of those sections only', async () => {
  const old: Script = (asked) => {
    if (asked.path === '/version') return { data: { version: '7.4-17', release: '7.4', repoid: '513c62be' } }
    if (/qdevice|certificates/.test(asked.path)) return undefined
    return /manager_status/.test(asked.path) ? undefined : pveNode('pve1')(asked)
  }
  const each = await site([(asked) => (/qdevice|manager_status/.test(asked.path) ? undefined : old(asked))])
  await settled(each, ['pve1'])
  await until(each, () => each.watch.views().views.pve1?.version !== undefined)
  const view = each.watch.views().views.pve1
  expect(view?.errors.qdevice?.code).toBe('not-supported')
  expect(view?.ha?.value).toMatchObject({ quorate: true, nodeStates: {} })
  expect(await each.watch.disarmHa('freeze')).toMatchObject({
    ok: false,
    code: 'not-supported',
    sentence: expect.stringMatching(/from Proxmox VE 9\.2 on, but pve1 has 7\.4-17/),
  })
  expect(each.servers[0]?.asked.filter(({ method }) => method === 'POST')).toEqual([])
})

test('a node without quorum: its replication is an error, the rest is told', async () => {
  const isolated: Script = ({ path }) => {
    if (path === '/cluster/status') return { data: statusOf('pve3', { quorate: 0 }, ['pve1', 'pve2']) }
    if (!path.endsWith('/replication')) return undefined
    return { status: 500, reason: "cfs-lock 'file-replication_cfg' error: no quorum!", body: '{"data":null}' }
  }
  const each = await site([pveNode('pve3', isolated)])
  await until(each, () => each.watch.views().views.pve3?.errors.replication !== undefined)
  const view = each.watch.views().views.pve3
  expect(view?.errors.replication?.code).toBe('no-quorum')
  expect(view?.status?.value.quorate).toBe(false)
  expect(view?.own?.value.uptimeS).toBe(3397)
})

test('a journal that is recorded is read with its cursors', async () => {
  const each = await site([pveNode('pve1')])
  await settled(each, ['pve1'])
  const part = await each.watch.journal('pve1', { lastEntries: 5 })
  expect(part).toMatchObject({ ok: true, value: { truncated: false, bootId: '571ed45b8fdd4c1e8ffb25745dce631b' } })
  expect(recordedText('healthy/nodes_pve1_journal_lastentries_5')).toContain(part.ok && part.value.lines[0])
  expect(each.servers[0]?.violations).toEqual([])
})
