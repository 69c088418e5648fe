import { afterEach, describe, expect, test } from 'vitest'
import { selfSigned } from '../../../test/sockets/certificate.ts'
import { Disclosed } from '../../config/secret.ts'
import { ManualClock } from '../../engine/testing/manual-clock.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import { pveNode } from '../testing/pve-node.ts'
import { type Answer, type Asked, PveServer } from '../testing/pve-server.ts'
import { watchCluster } from '../watch.ts'

const key = selfSigned('pve')
const open: { close(): unknown }[] = []
afterEach(async () => {
  const servers = open.filter((each) => each instanceof PveServer)
  for (const each of open.splice(0).reverse()) await each.close()
  expect(servers.flatMap(({ violations }) => violations)).toEqual([])
})

type Change = (node: string, asked: Asked) => Answer | undefined

/** pve1 and pve2, both watched and both known. */
async function cluster(change: Change = () => undefined) {
  const clock = new ManualClock()
  const nodes = ['pve1', 'pve2']
  const servers = await Promise.all(
    nodes.map((node) =>
      new PveServer(
        key,
        pveNode(node, (asked) => change(node, asked)),
      ).start(),
    ),
  )
  open.push(...servers)
  const watch = watchCluster(
    {
      cluster: 'home',
      endpoints: servers.map(({ url }) => ({ url })),
      auth: { kind: 'token', id: 'watchdog@pve!eyes', secret: new Disclosed('x') },
      tls: { verify: false },
      pollMs: 15_000,
      timeoutMs: 10_000,
    },
    { clock, random: () => 0.5 },
  )
  open.push(watch)
  const known = () => nodes.every((node) => watch.views().views[node]?.replication !== undefined)
  while (!known()) await clock.settle()
  const [first, second] = servers as [PveServer, PveServer]
  return { clock, watch, first, second }
}

/** Passes time until it has come about. */
async function whilePassing<T>(clock: ManualClock, pending: Promise<T>, stepMs = 500): Promise<T> {
  let done = false
  void pending.finally(() => {
    done = true
  })
  while (!done) {
    await clock.pass(stepMs)
    for (let turn = 0; turn < 10; turn += 1) await clock.settle()
  }
  return pending
}

const JOURNAL = (node: string) => `/nodes/${node}/journal`
const cursor = (i: number) => `s=ab;i=${i};b=cd;m=1;t=2;x=3`

describe('a journal', () => {
  const asked = (server: PveServer, node: string) => server.askedFor(JOURNAL(node)).map(({ params }) => params)

  test('is asked at the node’s own endpoint, by range, cursor or number', async () => {
    const { watch, first } = await cluster()
    const before = asked(first, 'pve1').length
    await watch.journal('pve1', { sinceS: 10.5, untilS: 20 })
    await watch.journal('pve1', { startCursor: cursor(1), sinceS: 10 })
    await watch.journal('pve1', { lastEntries: 50 })
    await watch.journal('pve1', { lastEntries: 0 })
    await watch.journal('pve1', {})
    expect(asked(first, 'pve1').slice(before)).toEqual([
      { since: '10', until: '20' },
      { startcursor: cursor(1) },
      { lastentries: '50' },
      { lastentries: '1' },
      { lastentries: '1000' },
    ])
  })

  test('of a range the last lines', async () => {
    const { watch } = await cluster()
    const part = await watch.journal('pve1', { sinceS: 1, lastEntries: 2 })
    expect(part).toMatchObject({ ok: true, value: { truncated: true, endCursor: expect.any(String) } })
    expect(part.ok && part.value.lines).toHaveLength(2)
  })

  test('that is huge: its end, whole lines, with the cursor to go on from', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `Nov 20 18:47:14 pve1 kernel: "${i}" \\ , ${'x'.repeat(80)}`)
    const data = [cursor(1), ...lines, cursor(2)]
    const { watch } = await cluster((_, { path }) => (path === JOURNAL('pve1') ? { data, gzip: true } : undefined))
    const part = await watch.journal('pve1', { sinceS: 1, maxBytes: 200_000 })
    if (!part.ok) throw new Error(part.sentence)
    expect(part.value).toMatchObject({ truncated: true, endCursor: cursor(2), bootId: 'cd' })
    expect(part.value.lines.length).toBeGreaterThan(1_000)
    expect(part.value.lines).toEqual(lines.slice(-part.value.lines.length))
  })

  test('that has no end is given up', async () => {
    const body = `{"data":["${'x'.repeat(4_000_000)}"]}`
    const { watch } = await cluster((_, { path }) => (path === JOURNAL('pve1') ? { body, gzip: true } : undefined))
    expect(await watch.journal('pve1', { sinceS: 1, maxBytes: 100_000 })).toMatchObject({
      ok: false,
      code: 'too-large',
    })
  })

  test('of a node whose endpoint fails comes through another', async () => {
    const { watch, first, second } = await cluster((node, { path }) => {
      if (path !== JOURNAL('pve1') || node !== 'pve2') return undefined
      return { data: [cursor(1), 'proxied', cursor(2)] }
    })
    await first.close()
    expect(await watch.journal('pve1', { lastEntries: 1 })).toMatchObject({ ok: true, value: { lines: ['proxied'] } })
    expect(asked(second, 'pve1')).toEqual([{ lastentries: '1' }])
  })

  test('of a node that nobody reaches: what its own endpoint said, not what the proxy did', async () => {
    const { watch, first } = await cluster((node, { path }) =>
      path === JOURNAL('pve1') && node === 'pve2' ? { status: 595, reason: 'No route to host' } : undefined,
    )
    await first.close()
    expect(await watch.journal('pve1', {})).toMatchObject({ ok: false, code: 'unreachable' })
  })

  test('that is not permitted is not asked for elsewhere', async () => {
    const { watch, second } = await cluster((_, { path }) =>
      /journal/.test(path) ? { status: 403, reason: 'Permission check failed (/nodes/pve1, Sys.Syslog)' } : undefined,
    )
    expect(await watch.journal('pve1', {})).toMatchObject({
      ok: false,
      code: 'forbidden',
      sentence: expect.stringMatching(/needs Sys\.Syslog on \/nodes\/pve1/),
    })
    expect(asked(second, 'pve1')).toEqual([])
  })
})

describe('history', () => {
  const hour = { timeframe: 'hour', cf: 'AVERAGE' } as const

  test('of a node, a guest where it is, and a storage', async () => {
    const { watch, first, second } = await cluster((_, { path }) =>
      path.endsWith('/rrddata') ? { data: [{ time: 60, cpu: '0.5' }] } : undefined,
    )
    const point = { ok: true, value: [{ timeS: 60, values: { cpu: 0.5 } }] }
    expect(await watch.history({ ...hour, target: 'node/pve1' })).toEqual(point)
    expect(await watch.history({ ...hour, target: 'qemu/101' })).toEqual(point)
    expect(await watch.history({ ...hour, target: 'storage/pve2/local' })).toEqual(point)
    const rrd = (server: PveServer) => server.asked.filter(({ path }) => /rrddata/.test(path))
    expect(rrd(first).map(({ path, params }) => [path, params])).toEqual([['/nodes/pve1/rrddata', hour]])
    expect(rrd(second).map(({ path }) => path)).toEqual([
      '/nodes/pve2/qemu/101/rrddata',
      '/nodes/pve2/storage/local/rrddata',
    ])
  })

  test.each(['qemu/999', 'pool/x', 'node', 'node/', 'storage/pve1'])('of %s there is none', async (target) => {
    const { watch } = await cluster()
    expect(await watch.history({ ...hour, target })).toMatchObject({ ok: false, code: 'not-found' })
  })
})

test('permissions', async () => {
  const { watch } = await cluster()
  const outcome = await watch.permissions()
  expect(outcome.ok && outcome.value['/']).toContain('VM.PowerMgmt')
})

describe('starting a guest', () => {
  const UPID = 'UPID:pve1:000000E0:0004B660:6B009485:qmstart:100:watchdog@pve!eyes:'
  const start = (ends: readonly (Answer | undefined)[], answer: Answer = { data: UPID }): Change => {
    let asked = 0
    return (_, { method, path }) => {
      if (method === 'POST') return answer
      if (!/\/tasks\/UPID/.test(path)) return undefined
      asked += 1
      return ends[Math.min(asked, ends.length) - 1]
    }
  }
  const running = { data: { status: 'running', upid: UPID } }
  const stopped = (exitstatus: string) => ({ data: { status: 'stopped', exitstatus, upid: UPID } })
  const begin = (watch: ClusterWatch) => watch.startGuest('qemu/100', 'pve1')

  test.each([
    ['OK', true],
    ['WARNINGS: 1', true],
    ['VM 100 already running', false],
  ])('ends when its task has: %s', async (exitStatus, ok) => {
    const { watch, clock, first } = await cluster(start([running, running, stopped(exitStatus)]))
    expect(await whilePassing(clock, begin(watch))).toEqual({ ok: true, value: { upid: UPID, exitStatus, ok } })
    const posts = first.asked.filter(({ method }) => method === 'POST')
    expect(posts.map(({ path, params }) => [path, params])).toEqual([['/nodes/pve1/qemu/100/status/start', {}]])
  })

  test('goes on asking while its node cannot be asked', async () => {
    const gone = { status: 595, reason: 'No route to host' }
    const { watch, clock } = await cluster(start([gone, gone, gone, stopped('OK')]))
    expect(await whilePassing(clock, begin(watch))).toMatchObject({ ok: true, value: { ok: true } })
  })

  test('is not waited for for ever', async () => {
    const { watch, clock } = await cluster(start([running]))
    const outcome = await whilePassing(clock, begin(watch), 20_000)
    expect(outcome).toMatchObject({ ok: false, code: 'timeout', sentence: expect.stringMatching(/10 min.*may still/) })
  })

  test('that may have arrived is not asked for a second time elsewhere', async () => {
    const { watch, first, second } = await cluster(start([running], { hangUp: true }))
    expect(await begin(watch)).toMatchObject({ ok: false, code: 'unreachable' })
    const posts = [first, second].flatMap(({ asked }) => asked.filter(({ method }) => method === 'POST'))
    expect(posts).toHaveLength(1)
  })

  test('on a node without quorum is refused there and asked for through one that has it', async () => {
    const { watch, clock } = await cluster((node, asked) => {
      const refusal = { status: 500, reason: 'cluster not ready - no quorum?', data: null }
      return start([stopped('OK')], node === 'pve1' ? refusal : { data: UPID })(node, asked)
    })
    expect(await whilePassing(clock, begin(watch))).toMatchObject({ ok: true, value: { ok: true } })
  })

  test('of what is no guest', async () => {
    const { watch, first } = await cluster()
    expect(await watch.startGuest('100/../101', 'pve1')).toMatchObject({ ok: false, code: 'not-found' })
    expect(first.asked.filter(({ method }) => method === 'POST')).toEqual([])
  })

  test('whose answer is no task', async () => {
    const { watch } = await cluster(start([], { data: null }))
    expect(await begin(watch)).toMatchObject({ ok: false, code: 'malformed-answer' })
  })

  test('that nobody waits for any more', async () => {
    const { watch, clock } = await cluster(start([running]))
    const gone = new AbortController()
    const pending = watch.startGuest('qemu/100', 'pve1', gone.signal)
    await clock.pass(1_500)
    gone.abort()
    expect(await whilePassing(clock, pending)).toMatchObject({ ok: false, code: 'aborted' })
  })
})

test('HA is disarmed and armed with what the schema asks for', async () => {
  const { watch, first, second } = await cluster((_, { method }) => (method === 'POST' ? { data: null } : undefined))
  expect(await watch.disarmHa('ignore')).toEqual({ ok: true, value: undefined })
  expect(await watch.armHa()).toEqual({ ok: true, value: undefined })
  const posts = [first, second].flatMap(({ asked }) => asked.filter(({ method }) => method === 'POST'))
  expect(posts.map(({ path, params }) => [path, params])).toEqual([
    ['/cluster/ha/status/disarm-ha', { 'resource-mode': 'ignore' }],
    ['/cluster/ha/status/arm-ha', {}],
  ])
})
