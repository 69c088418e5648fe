import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NOON } from '../../test/faces/clock.ts'
import { cutOffViews, healthyViews, nodeDownViews } from '../../test/faces/cluster-situation.ts'
import { FakeCluster } from '../../test/faces/fake-cluster.ts'
import { type Serving, serving, until } from '../../test/faces/serving.ts'
import { clusters as clustersSchema } from '../api/cluster.ts'
import { guests as guestsSchema } from '../api/guests.ts'
import { history as historySchema } from '../api/history.ts'
import type { HistoryPoint } from '../ports/cluster.ts'

let served: Serving
let cluster: FakeCluster
beforeAll(async () => {
  served = await serving()
})
afterAll(() => served.close())
beforeEach(() => {
  cluster = new FakeCluster(healthyViews())
  served.daemon.watched = [cluster]
})

const NOW_S = NOON.wallMs / 1000

async function get(path: string, status = 200): Promise<unknown> {
  const answer = await fetch(`${served.url}${path}`)
  expect(answer.status).toBe(status)
  return answer.json()
}
const errorOf = async (path: string, status: number) =>
  ((await get(path, status)) as { error: { code: string; sentence: string } }).error

const NOTHING: HistoryPoint['values'] = {}

/** A point a minute for the last hour. */
const minutes = (values: (timeS: number) => HistoryPoint['values']): HistoryPoint[] =>
  Array.from({ length: 60 }, (_, index) => {
    const timeS = NOW_S - 3600 + index * 60
    return { timeS, values: values(timeS) }
  })

describe('GET /api/v1/clusters', () => {
  it('fits its schema and shows the whole cluster', async () => {
    const [shown] = clustersSchema.parse(await get('/api/v1/clusters')).clusters
    expect(shown).toMatchObject({ name: 'home', ownName: 'lab', trusted: true, viewsAgree: true, differences: [] })
    expect(shown?.quorum).toMatchObject({ quorate: true, votesPresent: 5, survivesFailures: 2, qdevice: 'connected' })
    expect(shown?.nodes.map(({ name, online, seenBy }) => [name, online, seenBy.length])).toEqual([
      ['pve1', true, 3],
      ['pve2', true, 3],
      ['pve3', true, 3],
    ])
    expect(shown?.nodes[2]).not.toHaveProperty('updatesPending')
    expect(shown?.guests).toMatchObject({ total: 4, running: 4, down: [], notBackedUp: 1 })
    expect(shown?.tasks.map(({ type, id }) => [type, id])).toEqual([['qmigrate', '103']])
    expect(shown?.notRead).toEqual([])
  })

  it('says who disagrees, and what could not be read', async () => {
    cluster.known = cutOffViews()
    const [cut] = clustersSchema.parse(await get('/api/v1/clusters')).clusters
    expect(cut?.viewsAgree).toBe(false)
    expect(cut?.differences.join(' ')).toContain('pve1 and pve2 have quorum, pve3 has not.')
    expect(cut?.nodes[2]).toMatchObject({ online: false, standing: 'no-quorum', notSeenBy: ['pve1', 'pve2'] })
    cluster.known = nodeDownViews()
    const [down] = clustersSchema.parse(await get('/api/v1/clusters')).clusters
    expect(down?.notRead).toContainEqual({
      node: 'pve3',
      section: 'status',
      code: 'timeout',
      sentence: 'https://10.99.0.3:8006 did not answer within 10 s.',
      lastReadAgeMs: 186_000,
    })
  })

  it('is empty where no cluster is configured', async () => {
    served.daemon.watched = []
    expect(await get('/api/v1/clusters')).toEqual({ clusters: [] })
  })
})

describe('GET /api/v1/clusters/:cluster/guests', () => {
  it.each(['home', 'lab'])('shows the guests of %s', async (name) => {
    const shown = guestsSchema.parse(await get(`/api/v1/clusters/${name}/guests`))
    expect(shown.guests.map(({ id, running }) => [id, running])).toEqual([
      ['qemu/100', true],
      ['qemu/101', true],
      ['qemu/102', true],
      ['qemu/103', true],
    ])
    expect(shown.guests[0]).toMatchObject({
      ...{ tags: ['prod', 'web'], onboot: true, order: 1, agent: true, watchdog: 'model=i6300esb,action=reset' },
      ...{ haState: 'error', shouldRun: true, backedUp: true },
    })
    expect(shown.guests[3]).toMatchObject({ task: 'qmigrate', shouldRun: true })
  })

  it('says which clusters there are', async () => {
    expect(await errorOf('/api/v1/clusters/attic/guests', 404)).toEqual({
      code: 'no-such-cluster',
      sentence: 'No Proxmox cluster called attic is asked. There is home.',
    })
  })
})

describe('GET /api/v1/history', () => {
  it('weighs the nodes of a cluster by their cores, and tells the resolution', async () => {
    const cores: Record<string, number> = { 'node/pve1': 2, 'node/pve2': 2, 'node/pve3': 4 }
    cluster.past = ({ target }) => ({
      ok: true,
      value: minutes(() => ({ cpu: target === 'node/pve3' ? 1 : 0, maxcpu: cores[target] ?? 0 })),
    })
    const shown = historySchema.parse(await get('/api/v1/history?metric=cpu'))
    expect(shown).toMatchObject({ target: 'cluster', timeframe: 'hour', resolutionS: 60, reaches: true, missing: [] })
    expect(shown.lines[0]).toMatchObject({ name: 'cpu', unit: 'ratio', min: 0.5, avg: 0.5, max: 0.5 })
    expect(shown.lines[0]?.points).toHaveLength(60)
  })

  it.each([
    ['pve2', 'node/pve2'],
    ['102', 'qemu/102'],
    ['qemu/102', 'qemu/102'],
    ['app3', 'qemu/102'],
    ['storage/pve1/local', 'storage/pve1/local'],
  ])('takes %s for a target', async (target, asked) => {
    const metric = target.startsWith('storage') ? 'disk' : 'net'
    cluster.past = () => ({ ok: true, value: minutes((timeS) => ({ netin: timeS, netout: 1, used: 1, total: 2 })) })
    const shown = historySchema.parse(
      await get(`/api/v1/history?metric=${metric}&target=${encodeURIComponent(target)}`),
    )
    expect(shown.target).toBe(asked)
    expect(cluster.asked.map((query) => query.target)).toEqual([asked])
  })

  it('asks for the finest data that reach back, and says where they begin', async () => {
    cluster.past = () => ({ ok: true, value: minutes(() => ({ netin: 1, netout: 1 })) })
    const from = new Date(NOON.wallMs - 3 * 86_400_000).toISOString()
    const shown = historySchema.parse(await get(`/api/v1/history?metric=net&target=pve1&from=${from}&cf=MAX`))
    expect(cluster.asked).toEqual([{ target: 'node/pve1', timeframe: 'week', cf: 'MAX' }])
    expect(shown).toMatchObject({ reaches: false, firstDataS: NOW_S - 3600 })
  })

  it('goes on without a node that cannot be asked, and says so', async () => {
    cluster.past = ({ target }) =>
      target === 'node/pve3'
        ? { ok: false, code: 'timeout', sentence: 'It did not answer within 10 s.' }
        : { ok: true, value: minutes(() => (target === 'node/pve2' ? NOTHING : { cpu: 0.5, maxcpu: 2 })) }
    const shown = historySchema.parse(await get('/api/v1/history?metric=cpu'))
    expect(shown.lines[0]?.avg).toBe(0.5)
    expect(shown.missing).toEqual(['pve2 recorded nothing in that time.', 'pve3: It did not answer within 10 s.'])
  })

  it('asks the same thing once, however many ask', async () => {
    let answer: (() => void) | undefined
    cluster.past = () =>
      new Promise((resolve) => {
        answer = () => resolve({ ok: true, value: minutes(() => ({ loadavg: 1, maxcpu: 2 })) })
      })
    const asking = Array.from({ length: 10 }, () => get('/api/v1/history?metric=load&target=pve1'))
    await until(() => answer !== undefined)
    answer?.()
    await Promise.all(asking)
    expect(cluster.asked).toHaveLength(1)
  })

  it.each([
    ['metric=cpu&target=pve9', 404, 'no-such-target', /no node, guest or storage called pve9/],
    [
      'metric=load&target=102',
      400,
      'bad-request',
      /Proxmox records no load of guest 102 \(app3\) on pve1; there is cpu, mem, disk, net\./,
    ],
    ['metric=heat', 400, 'bad-request', /metric/],
    ['metric=cpu&from=2025-03-02T00:00:00Z', 400, 'bad-request', /future/],
    ['metric=cpu&from=2025-02-02T00:00:00Z&to=2025-02-01T00:00:00Z', 400, 'bad-request', /before/],
    ['metric=cpu&cluster=attic', 404, 'no-such-cluster', /attic/],
  ])('says what is wrong with %s', async (query, status, code, sentence) => {
    const error = await errorOf(`/api/v1/history?${query}`, status)
    expect(error.code).toBe(code)
    expect(error.sentence).toMatch(sentence)
  })

  it('says why where nobody can be asked', async () => {
    cluster.past = () => ({ ok: false, code: 'forbidden', sentence: 'The token may not: Sys.Audit is missing.' })
    expect(await errorOf('/api/v1/history?metric=cpu', 503)).toEqual({
      code: 'unavailable',
      sentence: 'The token may not: Sys.Audit is missing.',
    })
  })
})
