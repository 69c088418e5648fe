import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cutOffViews, failure, healthyViews, nodeDownViews } from '../../../test/faces/cluster-situation.ts'
import { FakeCluster } from '../../../test/faces/fake-cluster.ts'
import { type Serving, serving } from '../../../test/faces/serving.ts'
import { missingPeers, peer } from '../../../test/peers/find-peer.ts'
import type { ClusterViews, NodeView } from '../../core/cluster/types.ts'
import { runChild } from '../../process/run-child.ts'

const RECORDED = readFileSync(new URL('../../../test/fixtures/pve/exporter-metrics.txt', import.meta.url), 'utf8')

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

async function scrape(query = '', status = 200): Promise<string> {
  const answer = await fetch(`${served.url}/pve${query}`)
  expect(answer.status).toBe(status)
  if (status === 200) expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return answer.text()
}

/** Series by name and sorted labels, with their value; types by family. */
function parsed(text: string) {
  const series = new Map<string, number>()
  const types = new Map<string, string>()
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line)
    if (type !== null) types.set(type[1]!, type[2]!)
    if (line.startsWith('#')) continue
    const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    expect(name, line).not.toBe('')
    const sorted = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map((match) => match[0]).sort()
    expect(sorted.join(',').length, line).toBe(labels.length)
    const key = `${name}{${sorted.join(',')}}`
    expect(series.has(key), `twice: ${key}`).toBe(false)
    series.set(key, Number(value))
  }
  return { series, types }
}

/** The answers were recorded after the exporter's scrape; these are as they were at that time. */
function asWhenScraped(views: ClusterViews): ClusterViews {
  const each = (view: NodeView): NodeView => ({
    ...view,
    status: { ...view.status!, value: { ...view.status!.value, configVersion: 3 } },
    resources: {
      ...view.resources!,
      value: {
        ...view.resources!.value,
        guests: view.resources!.value.guests.map((row) => (row.vmid === 100 ? { ...row, tags: [] } : row)),
      },
    },
    backups: { ...view.backups!, value: { jobs: [], notBackedUp: [{ id: 'qemu/100', vmid: 100, name: 'web1' }] } },
  })
  return { ...views, views: Object.fromEntries(Object.entries(views.views).map(([name, view]) => [name, each(view)])) }
}

describe('/pve beside prometheus-pve-exporter', () => {
  it('has every series of it, with the same labels and types', async () => {
    cluster.known = asWhenScraped(healthyViews())
    const ours = parsed(await scrape())
    const theirs = parsed(RECORDED.replaceAll(/^# (?:HELP|TYPE) (?:python|process)_.*$/gm, ''))
    const theirSeries = [...theirs.series.keys()].filter((key) => key.startsWith('pve_'))
    expect(theirSeries.length).toBeGreaterThan(80)
    expect(theirSeries.filter((key) => !ours.series.has(key))).toEqual([])
    for (const [name, type] of theirs.types) {
      if (name.startsWith('pve_')) expect([name, ours.types.get(name)]).toEqual([name, type])
    }
  })

  it('tells the numbers that were recorded', async () => {
    const { series } = parsed(await scrape())
    expect(series.get('pve_up{id="cluster/lab"}')).toBe(1)
    expect(series.get('pve_up{id="qemu/100"}')).toBe(1)
    expect(series.get('pve_disk_usage_bytes{id="node/pve2"}')).toBe(36_682_211_328)
    expect(series.get('pve_cpu_usage_ratio{id="node/pve1"}')).toBe(0.537985368598762)
    expect(series.get('pve_ha_state{id="qemu/100",state="error"}')).toBe(1)
    expect(series.get('pve_ha_state{id="node/pve3",state="online"}')).toBe(1)
    expect(series.get('pve_not_backed_up_total{id="cluster/lab"}')).toBe(1)
    expect(series.get('pve_qdevice_up{id="cluster/lab"}')).toBe(1)
    const info =
      'algorithm="LMS",id="cluster/lab",model="Net",qnetd_host="10.99.0.9:5403",state="Connected",tie_breaker="Node with lowest node ID"'
    expect(series.get(`pve_qdevice_info{${info}}`)).toBe(1)
    expect(series.get('pve_onboot_status{id="qemu/100",node="pve1",type="qemu"}')).toBe(1)
    expect(series.get('pve_onboot_status{id="qemu/102",node="pve1",type="qemu"}')).toBe(0)
    expect(series.get('pve_replication_failed_syncs{id="101-0"}')).toBe(3)
    const job = 'guest="qemu/100",id="100-0",source="node/pve1",target="node/pve2",type="local"'
    expect(series.get(`pve_replication_info{${job}}`)).toBe(1)
  })

  it('leaves out a half where it is told to', async () => {
    const node = await scrape('?target=pve1&cluster=0&node=1')
    expect(node).toContain('pve_onboot_status{')
    expect(node).not.toContain('pve_up{')
    const both = await scrape('?module=default&target=lab&cluster=1&node=false')
    expect(both).toContain('pve_up{')
    expect(both).not.toContain('pve_onboot_status')
  })

  it.each(['home', 'lab', 'pve2', '10.99.0.2', '10.99.0.2:8006', 'https://10.99.0.2:8006', 'localhost'])(
    'is found as %s',
    async (target) => {
      expect(parsed(await scrape(`?target=${encodeURIComponent(target)}`)).series.get('pve_up{id="node/pve2"}')).toBe(1)
    },
  )

  it('shows only the own part of a node that is named', async () => {
    const text = await scrape('?target=pve2')
    expect(text).toContain('pve_onboot_status{id="qemu/101",node="pve2",type="qemu"} 1')
    expect(text).not.toContain('node="pve1",type="qemu"} 1\npve_onboot')
    expect([...parsed(text).series.keys()].filter((key) => key.includes('pve_onboot'))).toHaveLength(2)
  })

  it('answers 404 in text for a target that is not known', async () => {
    expect(await scrape('?target=pve9', 404)).toBe(
      'No cluster and no node of one is called pve9. Known: home, pve1, pve2, pve3.\n',
    )
    served.daemon.watched = []
    expect(await scrape('', 404)).toBe('No Proxmox cluster is configured.\n')
  })

  it('wants to know which of several clusters', async () => {
    served.daemon.watched = [cluster, new FakeCluster({ ...healthyViews(), cluster: 'other', ownName: 'attic' })]
    expect(await scrape('', 400)).toContain('say which with ?target=')
    expect(await scrape('?target=other')).toContain('pve_up{')
  })
})

describe('/pve when not all is well', () => {
  it('says that a node is away and its guests do not run, and not what they used', async () => {
    cluster.known = nodeDownViews()
    const { series } = parsed(await scrape())
    expect(series.get('pve_up{id="node/pve3"}')).toBe(0)
    expect(series.get('pve_up{id="storage/pve3/local"}')).toBe(0)
    expect(series.get('pve_memory_size_bytes{id="node/pve3"}')).toBe(25_276_502_016)
    expect(series.has('pve_memory_usage_bytes{id="node/pve3"}')).toBe(false)
    expect(series.has('pve_uptime_seconds{id="node/pve3"}')).toBe(false)
    expect(series.get('pve_scrape_section_error{code="timeout",node="pve3",section="status"}')).toBe(1)
    expect(series.get('pve_scrape_section_age_seconds{node="pve3",section="status"}')).toBe(186)
  })

  it('says so also where the dead node itself is the target', async () => {
    cluster.known = nodeDownViews()
    const { series } = parsed(await scrape('?target=pve3'))
    expect(series.get('pve_up{id="node/pve3"}')).toBe(0)
    expect(series.get('pve_up{id="qemu/101"}')).toBe(1)
  })

  it('believes a node without quorum about itself alone', async () => {
    cluster.known = cutOffViews()
    const cut = parsed(await scrape('?target=pve3')).series
    expect(cut.get('pve_up{id="cluster/lab"}')).toBe(0)
    expect(cut.get('pve_up{id="storage/pve3/local"}')).toBe(1)
    expect(cut.has('pve_up{id="qemu/100"}')).toBe(false)
    const whole = parsed(await scrape()).series
    expect(whole.get('pve_up{id="cluster/lab"}')).toBe(1)
    expect(whole.get('pve_up{id="qemu/100"}')).toBe(1)
  })

  it('goes on without a part that could not be read, or not lately', async () => {
    const views = healthyViews()
    const broken = Object.fromEntries(
      Object.entries(views.views).map(([name, { replication: _, ...view }]) => [
        name,
        { ...view, errors: { replication: failure('no-quorum', 'cfs-lock: no quorum!') } },
      ]),
    )
    cluster.known = { ...views, views: broken }
    const text = await scrape()
    expect(text).toContain('pve_up{id="qemu/100"} 1')
    expect(text).not.toContain('pve_replication_failed_syncs{')
    expect(text).toContain('pve_scrape_section_error{node="pve1",section="replication",code="no-quorum"} 1')
    served.daemon.clock = { ...served.daemon.clock, monoMs: served.daemon.clock.monoMs + 600_000 }
    const old = await scrape()
    expect(old).not.toContain('pve_up{')
    expect(old).toContain('pve_scrape_section_age_seconds{node="pve1",section="status"} 604')
    served.daemon.clock = { ...served.daemon.clock, monoMs: served.daemon.clock.monoMs - 600_000 }
  })

  it('has little to say before the first answer, and says it', async () => {
    cluster.known = { cluster: 'home', views: {}, unreached: { 'https://10.99.0.1:8006': failure('tls', 'x') } }
    expect(parsed(await scrape()).series.size).toBe(0)
  })

  it('keeps hostile names within their quotes', async () => {
    const views = healthyViews()
    const pve1 = views.views.pve1!
    const [first, ...rest] = pve1.resources!.value.guests
    const hostile = { ...first!, name: 'a"} 1\npve_up{id="x\\' }
    const resources = { ...pve1.resources!, value: { ...pve1.resources!.value, guests: [hostile, ...rest] } }
    cluster.known = { ...views, views: { pve1: { ...pve1, resources } } }
    const text = await scrape()
    expect(parsed(text).series.has('pve_up{id="x"}')).toBe(false)
    expect(text).toContain('name="a\\"} 1\\npve_up{id=\\"x\\\\"')
  })
})

const missing = missingPeers('promtool')
if (missing !== undefined) console.warn(`skipped: promtool check metrics of /pve, because ${missing}`)

describe.skipIf(missing !== undefined)('promtool check metrics', () => {
  it.each([
    ['healthy', healthyViews],
    ['a node down', nodeDownViews],
    ['a node cut off', cutOffViews],
  ])('finds in %s only the name that the other exporter chose', async (_, views) => {
    const promtool = peer('promtool')
    cluster.known = views()
    const checked = await runChild({
      command: 'path' in promtool ? promtool.path : 'promtool',
      args: ['check', 'metrics'],
      stdin: await scrape(),
      timeoutMs: 30_000,
    })
    expect(`${checked.stdout}${checked.stderr}`.trim().split('\n')).toEqual([
      'pve_not_backed_up_total non-counter metrics should not have "_total" suffix',
    ])
  })
})
