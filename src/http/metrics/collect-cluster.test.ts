import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cutOffViews, failure, healthyViews, nodeDownViews } from '../../../test/faces/cluster-situation.ts'
import { FakeCluster } from '../../../test/faces/fake-cluster.ts'
import { type Serving, serving } from '../../../test/faces/serving.ts'
import type { ClusterViews } from '../../core/cluster/types.ts'

let served: Serving
beforeAll(async () => {
  served = await serving()
})
afterAll(() => served.close())

async function scrape(views: ClusterViews, counted: FakeCluster['counted'] = []): Promise<string> {
  const cluster = new FakeCluster(views)
  cluster.counted = counted
  served.daemon.watched = [cluster]
  return (await fetch(`${served.url}/metrics`)).text()
}

/** The samples of one metric by their labels without the cluster. */
function samples(text: string, name: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`))
  return Object.fromEntries(
    lines.map((line) => {
      const [, labels = '', value] = /^\w+\{cluster="home",?(.*)\} (\S+)$/.exec(line) ?? []
      return [labels, Number(value)]
    }),
  )
}
const of = (text: string, name: string) => samples(text, `proxmox_watchdog_cluster_${name}`)

describe('metrics of a healthy cluster', () => {
  it('tell the margin', async () => {
    const text = await scrape(healthyViews())
    const single = (name: string) => of(text, name)['']
    expect(single('quorate')).toBe(1)
    // Three nodes and an LMS QDevice of two votes: 5 expected, 3 needed, and any two of the nodes may go.
    expect(['votes_expected', 'votes_needed', 'votes_present', 'quorum_margin'].map(single)).toEqual([5, 3, 5, 2])
    expect(single('qdevice_up')).toBe(1)
    expect(single('views_agree')).toBe(1)
    expect(single('ha_armed')).toBe(1)
    expect(of(text, 'view_age_seconds')).toEqual({ 'node="pve1"': 4, 'node="pve2"': 5, 'node="pve3"': 6 })
    expect(of(text, 'losing_costs_quorum')).toEqual({ 'node="pve1"': 0, 'node="pve2"': 0, 'node="pve3"': 0 })
  })

  it('tell of guests, storages, backups, replication and the nodes', async () => {
    const text = await scrape(healthyViews())
    expect(of(text, 'guest_running')['guest="qemu/101",name="db1",node="pve2"']).toBe(1)
    expect(of(text, 'ha_service_state')['service="vm:100",node="pve1",state="error"']).toBe(1)
    expect(of(text, 'ha_service_state')['service="vm:100",node="pve1",state="started"']).toBe(0)
    expect(of(text, 'guest_backed_up')).toMatchObject({ 'guest="qemu/100"': 1, 'guest="qemu/102"': 0 })
    // That of qemu/101 failed, and the others had none that is known.
    expect(of(text, 'backup_age_seconds')).toEqual({ 'guest="qemu/100"': 35_760 })
    expect(of(text, 'storage_active')['node="pve1",storage="local"']).toBe(1)
    expect(of(text, 'storage_used_ratio')['node="pve2",storage="local"']).toBeCloseTo(0.1356, 3)
    expect(of(text, 'replication_failures')).toEqual({ 'job="100-0"': 0, 'job="101-0"': 3 })
    expect(of(text, 'replication_age_seconds')).toEqual({ 'job="100-0"': 700 })
    expect(of(text, 'updates_pending')).toEqual({ 'node="pve1"': 1, 'node="pve2"': 1 })
    expect(samples(text, 'node_reboot_required')).toEqual({ 'node="pve1"': 0, 'node="pve2"': 1, 'node="pve3"': 0 })
    expect(of(text, 'time_skew_seconds')['node="pve3"']).toBeCloseTo(1.4, 6)
    expect(Object.keys(of(text, 'certificate_expiry_timestamp_seconds'))).toHaveLength(3)
  })

  it('tell what the calls cost', async () => {
    const stat = { endpoint: 'https://10.99.0.1:8006', section: 'status', calls: 9, bytes: 1, lastDurationMs: 52 }
    const text = await scrape(healthyViews(), [{ ...stat, errors: { timeout: 2 } }])
    const labels = 'endpoint="https://10.99.0.1:8006",section="status"'
    expect(of(text, 'api_calls_total')).toEqual({ [labels]: 9 })
    expect(of(text, 'api_errors_total')).toEqual({ [`${labels},code="timeout"`]: 2 })
    expect(of(text, 'api_call_duration_seconds')).toEqual({ [labels]: 0.052 })
  })
})

describe('metrics of a cluster in trouble', () => {
  it('say which node is away, and nothing of what it is not known to do', async () => {
    const text = await scrape(nodeDownViews())
    expect(of(text, 'node_online')).toEqual({ 'node="pve1"': 1, 'node="pve2"': 1, 'node="pve3"': 0 })
    expect(Object.keys(of(text, 'losing_costs_quorum'))).toEqual(['node="pve1"', 'node="pve2"'])
    expect(of(text, 'storage_active')).not.toHaveProperty('node="pve3",storage="local"')
    expect(of(text, 'view_age_seconds')['node="pve3"']).toBe(186)
    expect(of(text, 'views_agree')['']).toBe(1)
  })

  it('say that the views differ where a node is cut off', async () => {
    const text = await scrape(cutOffViews())
    expect(of(text, 'views_agree')['']).toBe(0)
    expect(of(text, 'quorate')['']).toBe(1)
    expect(of(text, 'node_online')['node="pve3"']).toBe(0)
  })

  it('say 0 for quorum where every node that answers has lost it, and nothing that needs it', async () => {
    const { pve3 } = cutOffViews().views
    const text = await scrape({ ...cutOffViews(), views: { pve3: pve3! } })
    expect(of(text, 'quorate')['']).toBe(0)
    for (const name of ['quorum_margin', 'node_online', 'guest_running', 'storage_active', 'views_agree']) {
      expect(of(text, name), name).toEqual({})
    }
  })

  it('go by how often the cluster is read', async () => {
    const later = { ...served.daemon.clock, monoMs: served.daemon.clock.monoMs + 150_000 }
    const before = served.daemon.clock
    served.daemon.clock = later
    const fast = new FakeCluster(healthyViews())
    const slow = new FakeCluster({ ...healthyViews(), cluster: 'slow' })
    slow.pollMs = 60_000
    served.daemon.watched = [fast, slow]
    const text = await (await fetch(`${served.url}/metrics`)).text()
    served.daemon.clock = before
    expect(text).not.toContain('proxmox_watchdog_cluster_quorate{cluster="home"}')
    expect(text).toContain('proxmox_watchdog_cluster_quorate{cluster="slow"} 1')
  })

  it('say nothing at all before the first answer', async () => {
    const unreached = { 'https://10.99.0.1:8006': failure('unreachable', 'x') }
    expect(await scrape({ cluster: 'home', views: {}, unreached })).not.toMatch(/^proxmox_watchdog_cluster_/m)
  })
})
