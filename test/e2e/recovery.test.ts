import { describe, expect, test } from 'vitest'
import type { WorldSpec } from '../../src/lab/world/index.ts'
import { type DaemonProcess, PATIENCE_MS, SLOWEST_MS } from './site/daemon-process.ts'
import { type LabSite, openSite, smallLab } from './site/lab-site.ts'
import { until } from './site/until.ts'

/** The sequence of what was told of one host, without what any other run might add. */
async function story(daemon: DaemonProcess, host: string): Promise<string[]> {
  const told = await daemon.events('limit=1000')
  const quiet = new Set(['host-silent', 'refused', 'host-wedged', 'host-unknown'])
  return told.filter((event) => event.host === host && !quiet.has(event.code)).map(({ code }) => code)
}

const switchings = (site: LabSite) =>
  site.lab.state().switchings.map(({ outlet, on, by }) => `${outlet} ${on ? 'on' : 'off'} by ${by}`)

/** The value of one sample on the metrics page. */
async function metric(daemon: DaemonProcess, sample: string): Promise<number> {
  const line = (await daemon.get('/metrics')).text.split('\n').find((each) => each.startsWith(`${sample} `))
  return Number(line?.slice(sample.length))
}

function orderly(site: LabSite): void {
  const { violations, hosts } = site.lab.state()
  expect(violations).toEqual([])
  expect(site.marks()).toEqual([])
  expect(hosts.map(({ state }) => state)).toEqual(hosts.map(() => 'up'))
}

describe.concurrent('the real program on real sockets', { timeout: SLOWEST_MS }, () => {
  test('a host hangs, is found dead, cycled and seen alive again', async (context) => {
    const site = await openSite(context)
    const daemon = await site.startWatching()
    for (const path of ['/healthz', '/readyz']) {
      expect(await until(async () => (await daemon.get(path)).status === 200, PATIENCE_MS)).toBe(true)
    }
    await site.lab.act({ kind: 'hang', host: 'pve2' })

    const holding = await daemon.sees(({ plans }) => plans[0]?.barrier === 'holding', 'the hold')
    expect(holding.plans).toMatchObject([{ target: 'pve2', kind: 'cycle', legs: [{ outlet: '1', owesOn: true }] }])
    expect(site.outlet(1)).toMatchObject({ on: false, timer: { on: true, delaySeconds: 62 } })
    expect(site.marks()).toHaveLength(1)
    expect(await metric(daemon, 'proxmox_watchdog_host_up{host="pve2",cluster="main"}')).toBe(0)

    await daemon.sees(({ plans, hosts }) => plans.length === 0 && hosts[1]?.verdict === 'up', 'the recovery')
    expect(site.lab.state().cuts).toMatchObject([{ host: 'pve2', by: 'command', byOutlet: 'strip/1', hostWas: 'hung' }])
    expect(switchings(site)).toEqual(['1 off by command', '1 on by command'])
    expect(site.outlet(1)?.timer).toBeUndefined()
    orderly(site)

    const told = await story(daemon, 'pve2')
    const steps = [
      'host-up',
      'host-down',
      'cycle-planned',
      'cycle-begun',
      'outlets-off',
      'outlets-turning-on',
      'cycle-done',
    ]
    expect(told.filter((code) => code !== 'host-recovered')).toEqual(steps)
    expect(told.indexOf('host-recovered')).toBeGreaterThan(told.indexOf('outlets-turning-on'))
    expect(await metric(daemon, 'proxmox_watchdog_host_power_cycles_total{host="pve2",cluster="main"}')).toBe(1)
    expect(await metric(daemon, 'proxmox_watchdog_host_power_cycles_total{host="pve1",cluster="main"}')).toBe(0)
    expect(await metric(daemon, 'proxmox_watchdog_host_up{host="pve2",cluster="main"}')).toBe(1)
    expect((await daemon.status()).hosts[1]).toMatchObject({ outage: { cycles: 1, recovered: {} } })
    expect(await daemon.stop()).toEqual({ code: 0, signal: null })
    expect(daemon.stderr).toBe('')
  })

  test('in mode dry-run it tells the cycle and switches nothing', async (context) => {
    const site = await openSite(context)
    site.configure((configuration) => ({ ...configuration, mode: 'dry-run' }))
    const daemon = await site.startWatching()
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    const { sentence } = await daemon.tells('cycle-would-begin')
    expect(sentence).toMatch(/DRY RUN: pve1 would be power-cycled now by outlet strip\/0/)
    expect(await metric(daemon, 'proxmox_watchdog_host_would_power_cycles_total{host="pve1",cluster="main"}')).toBe(1)
    await site.lab.act({ kind: 'heal', host: 'pve1' })
    await daemon.tells('host-recovered')
    expect(switchings(site)).toEqual([])
    orderly(site)
  })

  test('a wedged host is told, and cycled only where that is configured', async (context) => {
    const site = await openSite(context)
    site.configure((configuration) => ({
      ...configuration,
      hosts: configuration.hosts.map((host) => (host.name === 'pve3' ? { ...host, onWedged: 'cycle' } : host)),
    }))
    const daemon = await site.startWatching()
    await site.lab.act({ kind: 'wedge', host: 'pve1' })
    await daemon.tells('refused', ({ host, guards }) => host === 'pve1' && guards?.includes('wedged') === true)
    await site.lab.act({ kind: 'heal', host: 'pve1' })
    await daemon.tells('host-recovered', ({ host }) => host === 'pve1')
    expect(switchings(site)).toEqual([])
    await site.lab.act({ kind: 'wedge', host: 'pve3' })
    await daemon.tells('cycle-done', ({ host }) => host === 'pve3')
    expect(site.lab.state().cuts).toMatchObject([{ host: 'pve3', hostWas: 'wedged' }])
    await daemon.sees(({ hosts }) => hosts[2]?.verdict === 'up', 'pve3 up')
    orderly(site)
  })

  test('a host that does not come back is left alone after the last cycle, a restart included', async (context) => {
    const site = await openSite(context)
    site.configure((configuration) => ({
      ...configuration,
      recovery: { ...configuration.recovery, offHold: '500ms', bootGrace: '1s', maxCyclesPerOutage: 1 },
    }))
    const daemon = await site.startWatching()
    await site.lab.act({ kind: 'break-boot', host: 'pve1', boots: 9 })
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    await daemon.tells('cycle-limit')
    expect(site.lab.state().cuts).toHaveLength(1)
    expect(await daemon.stop()).toMatchObject({ code: 0 })
    const next = site.start()
    const held = await next.tells('refused', ({ guards }) => guards?.join() === 'cycle-limit')
    expect(held.sentence).toMatch(/did not come back after 1 power cycle/)
    expect(site.lab.state().cuts).toHaveLength(1)
    expect(site.outlet(0)?.on).toBe(true)
    expect(await next.order({ by: 'test', order: 'clear-lockout', host: 'pve1' })).toMatchObject({ ok: true })
    await site.lab.until(({ cuts }) => cuts.length === 2, 30_000)
    await site.lab.act({ kind: 'heal', host: 'pve1' })
    await next.sees(({ plans, hosts }) => plans.length === 0 && hosts[0]?.verdict === 'up', 'pve1 up')
    expect(site.lab.state().cuts).toHaveLength(2)
    orderly(site)
  })

  test('two supplies on two outlets: both off, verified, then both on', async (context) => {
    const small = smallLab()
    const twin = {
      name: 'twin',
      supplies: [
        { strip: 'strip', outlet: 2 },
        { strip: 'strip', outlet: 3 },
      ],
      bootMs: 300,
    }
    const spec: WorldSpec = { ...small, hosts: [...small.hosts.slice(0, 2), twin] }
    const site = await openSite(context, { spec })
    const daemon = await site.startWatching()
    await site.lab.act({ kind: 'hang', host: 'twin' })
    await daemon.tells('cycle-done')
    const { cuts, switchings: moved } = site.lab.state()
    expect(cuts).toMatchObject([{ host: 'twin', by: 'command' }])
    expect(moved.map(({ on }) => on)).toEqual([false, false, true, true])
    expect(moved.map(({ outlet }) => outlet).sort()).toEqual([2, 2, 3, 3])
    await daemon.sees(({ plans, hosts }) => plans.length === 0 && hosts[2]?.verdict === 'up', 'twin up')
    orderly(site)
  })

  test('a host that comes back by itself during the hold is not cycled again; a pause in mid-cycle ends on', async (context) => {
    const site = await openSite(context)
    const daemon = await site.startWatching()
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    await site.lab.until(({ strips }) => strips[0]?.outlets[0]?.on === false, 30_000)
    const paused = await daemon.order({
      by: 'test',
      order: 'pause',
      target: 'pve1',
      forMs: 3_600_000,
      reason: 'a look',
    })
    expect(paused).toMatchObject({ ok: true })
    await daemon.sees(({ plans, hosts }) => plans.length === 0 && hosts[0]?.verdict === 'up', 'pve1 up')
    expect(site.outlet(0)?.on).toBe(true)
    await site.lab.act({ kind: 'hang', host: 'pve1' })
    await daemon.tells('refused', ({ guards }) => guards?.includes('paused') === true)
    expect(site.lab.state().cuts).toHaveLength(1)
    await site.lab.act({ kind: 'heal', host: 'pve1' })
    await daemon.sees(({ hosts }) => hosts[0]?.verdict === 'up', 'pve1 up again')
    orderly(site)
  })
})
