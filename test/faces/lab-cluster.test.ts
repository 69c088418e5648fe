import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusters } from '../../src/api/cluster.ts'
import { guests } from '../../src/api/guests.ts'
import { history } from '../../src/api/history.ts'
import { SystemClock } from '../../src/app/system-clock.ts'
import { LAB_API_TOKEN, type Lab, startLab } from '../../src/lab/servers/index.ts'
import { claimNetwork, FREE_PORTS } from '../../src/lab/testing/network.ts'
import { homeLabWithCluster } from '../../src/lab/world/index.ts'
import type { ClusterWatch } from '../../src/ports/cluster.ts'
import { watchCluster } from '../../src/proxmox/watch.ts'
import { FakeDaemon } from './fake-daemon.ts'
import { type Serving, serving, until } from './serving.ts'

const SECTIONS = ['status', 'resources', 'ha', 'tasks', 'node', 'storage', 'votes', 'qdevice', 'guests'] as const

let lab: Lab
let watch: ClusterWatch
let served: Serving

/** The real client asks the lab's API over TLS; the faces show what it read. */
beforeAll(async () => {
  lab = await startLab({ spec: homeLabWithCluster(), network: await claimNetwork(), ports: FREE_PORTS, timeScale: 1 })
  const clock = new SystemClock()
  const nodes = lab.state().hosts.filter(({ name }) => name.startsWith('pve'))
  const settings = {
    cluster: 'home',
    endpoints: nodes.map(({ address, httpsPort }) => ({ url: `https://${address}:${httpsPort}` })),
    auth: { kind: 'token' as const, id: LAB_API_TOKEN.id, secret: { reveal: () => LAB_API_TOKEN.secret } },
    tls: { verify: false as const },
    ...{ pollMs: 1_000, timeoutMs: 5_000 },
  }
  watch = watchCluster(settings, { clock, random: () => 0 })
  class LabDaemon extends FakeDaemon {
    override now() {
      return clock.now()
    }
  }
  served = await serving(new LabDaemon())
  served.daemon.watched = [watch]
  await until(() => {
    const views = Object.values(watch.views().views)
    const whole = views.filter((view) => SECTIONS.every((name) => view[name === 'node' ? 'own' : name] !== undefined))
    return views.length === nodes.length && whole.length > 0
  })
})
afterAll(async () => {
  await served?.close()
  await watch?.close()
  await lab?.stop()
})

const text = async (path: string) => (await fetch(`${served.url}${path}`)).text()
const json = async (path: string) => JSON.parse(await text(path))

describe('the faces in front of a lab', () => {
  it('show the cluster, its margin and its guests', async () => {
    const [cluster] = clusters.parse(await json('/api/v1/clusters')).clusters
    expect(cluster).toMatchObject({ name: 'home', trusted: true, viewsAgree: true })
    expect(cluster?.quorum?.survivesFailures).toBeGreaterThan(0)
    expect(cluster?.nodes.every(({ online, version }) => online === true && version !== undefined)).toBe(true)
    expect(guests.parse(await json('/api/v1/clusters/home/guests')).guests.length).toBeGreaterThan(0)
  })

  it('scrape by both names', async () => {
    const pve = await text('/pve')
    expect(pve).toMatch(/^pve_up\{id="cluster\/\w+"\} 1$/m)
    expect(pve).toMatch(/^pve_up\{id="node\/pve1"\} 1$/m)
    expect(pve).toMatch(/^pve_onboot_status\{id="qemu\/\d+",node="pve\d",type="qemu"\} [01]$/m)
    expect(await text('/metrics')).toMatch(/^proxmox_watchdog_cluster_quorate\{cluster="home"\} 1$/m)
  })

  it.each(['cpu', 'mem', 'disk', 'net', 'load'])('ask for the history of %s', async (metric) => {
    const answer = history.parse(await json(`/api/v1/history?metric=${metric}`))
    expect(answer).toMatchObject({ target: 'cluster', timeframe: 'hour', resolutionS: 60, missing: [] })
    expect(answer.lines[0]?.avg).toBeGreaterThan(0)
  })

  it('ask for that of a guest and of a storage', async () => {
    const [guest] = guests.parse(await json('/api/v1/clusters/home/guests')).guests.filter(({ running }) => running)
    expect(history.parse(await json(`/api/v1/history?metric=cpu&target=${guest?.vmid}`)).target).toBe(guest?.id)
    const [storage] = clusters.parse(await json('/api/v1/clusters')).clusters[0]?.storages ?? []
    const target = `storage/${storage?.node}/${storage?.storage}`
    expect(history.parse(await json(`/api/v1/history?metric=disk&target=${target}`)).lines[0]?.name).toBe('used')
  })
})
