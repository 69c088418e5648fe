import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cutOffViews, healthyViews } from '../../test/faces/cluster-situation.ts'
import { run } from '../../test/faces/command-line.ts'
import { FakeCluster } from '../../test/faces/fake-cluster.ts'
import { type Serving, serving } from '../../test/faces/serving.ts'
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
  // The commands go by the real clock.
  served.daemon.clock = { ...served.daemon.clock, wallMs: Date.now() }
})

const command = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  run(['--state-directory', served.directory, ...args], env)

describe('cluster', () => {
  it('shows each cluster, or the one that is named', async () => {
    served.daemon.watched = [cluster, new FakeCluster({ ...healthyViews(), cluster: 'attic', ownName: 'attic' })]
    const both = await command(['cluster'])
    expect(both).toMatchObject({ code: 0, err: '' })
    expect(both.out).toMatch(/^Cluster home \(it calls itself lab\): has quorum, the views agree\n/)
    expect(both.out).toContain('\nCluster attic: has quorum')
    expect((await command(['cluster', 'attic'])).out).not.toContain('Cluster home')
  })

  it('is JSON for programs', async () => {
    cluster.known = cutOffViews()
    const { clusters } = JSON.parse((await command(['cluster', 'lab', '--json'])).out)
    expect(clusters[0]).toMatchObject({ name: 'home', viewsAgree: false })
  })

  it('says which there are, or that there is none', async () => {
    expect(await command(['cluster', 'cellar'])).toMatchObject({
      code: 64,
      err: 'No Proxmox cluster called cellar is configured. There is home.\n',
    })
    served.daemon.watched = []
    const none = await command(['cluster'])
    expect(none.code).toBe(1)
    expect(none.err).toContain('No Proxmox cluster is configured')
  })
})

describe('guests', () => {
  it.each([
    [[], ['100', '101', '102', '103']],
    [
      ['--node', 'pve2'],
      ['101', '103'],
    ],
    [['--tag', 'prod'], ['100']],
    [['--down'], []],
  ])('%j', async (options, expected) => {
    const { out, code } = await command(['guests', ...options])
    expect(code).toBe(0)
    expect([...out.matchAll(/^qemu\/(\d+)/gm)].map((match) => match[1])).toEqual(expected)
    if (expected.length === 0) expect(out).toBe('No guest matches.\n')
  })

  it('is JSON for programs', async () => {
    const { clusters } = JSON.parse((await command(['guests', '--json', '--tag', 'web'])).out)
    expect(clusters[0].guests).toEqual([expect.objectContaining({ id: 'qemu/100', node: 'pve1', running: true })])
  })
})

describe('history', () => {
  beforeEach(() => {
    const nowS = Math.floor(Date.now() / 60_000) * 60
    const hour = Array.from({ length: 60 }, (_, index): HistoryPoint => {
      return { timeS: nowS - (60 - index) * 60, values: { cpu: 0.25, maxcpu: 4, loadavg: 1 } }
    })
    cluster.past = () => ({ ok: true, value: hour })
  })

  it('draws the last hour of the cluster', async () => {
    const { out, err, code } = await command(['history', 'cpu'], { LANG: 'C.UTF-8' })
    expect({ err, code }).toEqual({ err: '', code: 0 })
    expect(out).toMatch(/^CPU of cluster home \(3 nodes\), weighted by cores\n/)
    expect(out).toContain('█')
    expect(out).toContain('min 25 %, avg 25 %, max 25 %')
    expect(out.replaceAll(/\n +/g, ' ')).toContain("a point is the average of 1m (Proxmox's data of an hour)")
  })

  it('uses plain characters where the locale has no others, or on request', async () => {
    for (const ended of [
      await command(['history', 'cpu', 'pve1'], { LANG: 'C' }),
      await command(['history', 'cpu', 'pve1', '--ascii'], { LANG: 'C.UTF-8' }),
    ]) {
      expect(ended.out).toMatch(/^CPU of pve1\n/)
      expect(ended.out).toContain('#')
      expect(ended.out).not.toContain('█')
    }
  })

  it('asks for the data that reach back to the time in words', async () => {
    await command(['history', 'load', 'pve2', '--at', '-2d', '--max'])
    await command(['history', 'load', 'pve2', '--at', '-20m'])
    await command(['history', 'load', 'pve2', '--from', '3 weeks ago', '--to', 'yesterday'])
    expect(cluster.asked.map(({ timeframe, cf }) => [timeframe, cf])).toEqual([
      ['week', 'MAX'],
      ['hour', 'AVERAGE'],
      ['month', 'AVERAGE'],
    ])
  })

  it('is JSON for programs', async () => {
    const answer = JSON.parse((await command(['history', 'cpu', 'pve1', '--json'])).out)
    expect(answer).toMatchObject({ target: 'node/pve1', metric: 'cpu', resolutionS: 60 })
  })

  it.each([
    [['history', 'cpu', '--at', 'soon'], /^--at soon: a time such as 15:00/],
    [['history', 'cpu', '--at', 'now', '--from', '-2h'], /one or the other/],
    [['history', 'cpu', '--from', '2999-01-01'], /no history of the future/],
    [['history', 'cpu', '--from', '-1h', '--to', '-2h'], /--from must be before --to/],
    [['history', 'heat'], /Allowed choices are cpu, mem, disk, net, load/],
  ])('%j is a mistake', async (args, sentence) => {
    const ended = await command(args)
    expect(ended.code).toBe(64)
    expect(ended.err).toMatch(sentence)
  })

  it('says what the watchdog says', async () => {
    const ended = await command(['history', 'cpu', 'pve9'])
    expect(ended).toMatchObject({ code: 1, err: 'Cluster home has no node, guest or storage called pve9.\n' })
  })
})
