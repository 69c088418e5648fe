import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { busy } from '../../../test/faces/alert-situation.ts'
import { ago, MINUTE, SECOND } from '../../../test/faces/clock.ts'
import { healthyViews } from '../../../test/faces/cluster-situation.ts'
import { FakeAlerting } from '../../../test/faces/fake-alerting.ts'
import { FakeCluster } from '../../../test/faces/fake-cluster.ts'
import { type Serving, serving } from '../../../test/faces/serving.ts'
import { calm, cycling, POLICY, stripNow } from '../../../test/faces/situation.ts'
import { onBattery, UPS } from '../../../test/faces/ups-situation.ts'
import { missingPeers, peer } from '../../../test/peers/find-peer.ts'
import { runChild } from '../../process/run-child.ts'
import { METRICS } from './table.ts'

let served: Serving
beforeAll(async () => {
  served = await serving()
})
afterAll(() => served.close())

async function scrape(): Promise<string> {
  const answer = await fetch(`${served.url}/metrics`)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return answer.text()
}

/** The sample lines of one metric, without its prefix. */
function lines(text: string, name: string): string[] {
  return text
    .split('\n')
    .filter((line) => new RegExp(`^proxmox_watchdog_${name}[{ ]`).test(line))
    .map((line) => line.replace('proxmox_watchdog_', ''))
}

function alerting(over: Partial<ReturnType<typeof busy>> = {}): FakeAlerting {
  const fake = new FakeAlerting()
  fake.known = busy(over)
  served.daemon.alerting = fake
  return fake
}

function signs() {
  const rows = [
    ['PveGuestNotStarted', 'home/pve1', true],
    ['PveFenceCountdown', 'home/pve2', false],
    ['PveNodeRebooted', 'home/pve3', true],
    ['PveHaFence', 'home/pve3', true],
  ] as const
  return Object.fromEntries(
    rows.map(([name, subject, holds]) => {
      const key = `${name}/${subject}`
      return [
        key,
        { key, name, subject, state: 'firing' as const, since: ago(MINUTE), raised: { holds, sentence: '' } },
      ]
    }),
  )
}

/** A situation in which every metric has something to say. */
function everything() {
  const state = onBattery(cycling())
  const round = state.roundNow.now
  served.daemon.current = {
    ...state,
    alerts: signs(),
    hosts: {
      ...state.hosts,
      pve3: { host: 'pve3', cycleTimes: [], lockout: { at: ago(MINUTE), sentence: 'Five cycles did not help.' } },
    },
    hostsNow: {
      ...state.hostsNow,
      pve3: {
        ...(state.hostsNow.pve3 as never as object),
        refusals: [{ code: 'cycle-limit', sentence: 'Five cycles did not help.' }],
      } as never,
    },
    roundNow: { now: { ...(round as NonNullable<typeof round>), storms: { home: ago(SECOND) } } },
    devicesNow: {
      ...state.devicesNow,
      bmc: { ...stripNow({ reachable: false, lastError: { code: 'timeout', sentence: 'No answer.' } }), device: 'bmc' },
    },
    policy: {
      ...POLICY,
      ups: UPS,
      devices: [...POLICY.devices, { name: 'bmc', driver: 'fence', slowestCommandMs: 1, outlets: [] }],
    },
  }
  alerting()
  const cluster = new FakeCluster(healthyViews())
  cluster.counted = [
    {
      endpoint: 'https://10.99.0.1:8006',
      section: 'status',
      calls: 9,
      bytes: 1,
      errors: { timeout: 1 },
      lastDurationMs: 50,
    },
  ]
  served.daemon.watched = [cluster]
  served.daemon.tell('refused', 'A guard holds.', { host: 'pve3', guards: ['cycle-limit', 'storm'] })
  served.daemon.tell('cycle-begun', 'The power is being cut.', { host: 'pve2' })
  served.daemon.tell('cycle-would-begin', 'In mode act it would be.', { host: 'pve1' })
}

describe('metrics', () => {
  it('say how each host is', async () => {
    served.daemon.current = cycling()
    const text = await scrape()
    expect(lines(text, 'host_up')).toEqual([
      'host_up{host="pve1",cluster="home"} 1',
      'host_up{host="pve2",cluster="home"} 0',
      'host_up{host="pve3",cluster="home"} 1',
      'host_up{host="pve4",cluster="home"} 1',
      'host_up{host="nas",cluster="storage"} 1',
    ])
    expect(lines(text, 'host_verdict').filter((line) => line.includes('pve2'))).toEqual([
      'host_verdict{host="pve2",cluster="home",verdict="up"} 0',
      'host_verdict{host="pve2",cluster="home",verdict="wedged"} 0',
      'host_verdict{host="pve2",cluster="home",verdict="down"} 1',
      'host_verdict{host="pve2",cluster="home",verdict="unknown"} 0',
    ])
    expect(lines(text, 'host_consecutive_failures')[1]).toBe('host_consecutive_failures{host="pve2",cluster="home"} 8')
    expect(lines(text, 'host_outage_power_cycles')[1]).toBe('host_outage_power_cycles{host="pve2",cluster="home"} 2')
    expect(text).toContain(
      'proxmox_watchdog_outlet_on{device="strip",outlet="1",label="pve2",host="pve2",cluster="home"} 0',
    )
    expect(text).toContain(
      'proxmox_watchdog_outlet_owed_on{device="strip",outlet="1",label="pve2",host="pve2",cluster="home"} 1',
    )
    expect(text).toContain('proxmox_watchdog_plans{kind="cycle",barrier="holding"} 1')
    expect(text).toContain(
      'proxmox_watchdog_probe_duration_seconds{host="pve1",cluster="home",channel="icmp",kind="icmp"} 0.0004',
    )
    expect(text).toContain('proxmox_watchdog_mode_info{mode="act"} 1')
  })

  it('count what is told, from 0', async () => {
    served.daemon.current = calm()
    expect(lines(await scrape(), 'host_power_cycles_total')[0]).toBe(
      'host_power_cycles_total{host="pve1",cluster="home"} 0',
    )
    served.daemon.tell('cycle-begun', 'x', { host: 'pve1' })
    served.daemon.tell('refused', 'x', { host: 'pve1', guards: ['storm'] })
    served.daemon.tell('refused', 'x', { host: 'pve1', guards: ['storm', 'paused'] })
    await scrape()
    const text = await scrape()
    expect(lines(text, 'host_power_cycles_total')[0]).toBe('host_power_cycles_total{host="pve1",cluster="home"} 1')
    expect(lines(text, 'guard_refusals_total')).toEqual([
      'guard_refusals_total{host="pve1",cluster="home",guard="storm"} 2',
      'guard_refusals_total{host="pve1",cluster="home",guard="paused"} 1',
    ])
    expect(text).toContain('proxmox_watchdog_events_total{code="refused",severity="info"} 2')
  })

  it('leave nothing behind of a host that is gone', async () => {
    served.daemon.current = calm({ policy: { ...POLICY, hosts: POLICY.hosts.slice(1) } })
    expect(await scrape()).not.toContain('host="pve1"')
  })

  it('tell a forced dry-run, whatever is configured', async () => {
    served.daemon.current = calm({
      meta: { meta: { key: 'meta', epoch: 1, nextId: 1, forcedDryRun: 'The state was lost.' } },
    })
    expect(await scrape()).toContain('proxmox_watchdog_mode_info{mode="dry-run"} 1')
  })

  it('silence a host that is off because somebody wants it so', async () => {
    const claims = {
      c: { ...(cycling().claims['claim-3'] as NonNullable<ReturnType<typeof cycling>['claims'][string]>), id: 'c' },
    }
    served.daemon.current = calm({ claims: { c: { ...claims.c, purpose: 'maintenance', goal: 'hands-off' } } })
    expect(lines(await scrape(), 'host_hands_off')[1]).toBe('host_hands_off{host="pve2",cluster="home"} 1')
    served.daemon.current = calm({ claims })
    expect(lines(await scrape(), 'host_hands_off')[1]).toBe('host_hands_off{host="pve2",cluster="home"} 0')
  })

  it('give two scrapers at once the same whole text', async () => {
    served.daemon.current = cycling()
    const texts = await Promise.all(Array.from({ length: 8 }, scrape))
    for (const text of texts) expect(lines(text, 'host_up')).toHaveLength(5)
  })

  it('say what is found in the journals of nodes, as long as it holds', async () => {
    const state = served.daemon.current
    served.daemon.current = { ...state, alerts: signs() }
    const text = await scrape()
    served.daemon.current = state
    expect(lines(text, 'node_\\w+')).toEqual([
      'node_guests_not_started{cluster="home",node="pve1"} 1',
      'node_fence_countdown{cluster="home",node="pve2"} 0',
      'node_rebooted_unexpectedly{cluster="home",node="pve3"} 1',
    ])
  })

  it('say how alerts are told', async () => {
    alerting()
    const text = await scrape()
    expect(lines(text, 'alerts_firing')).toEqual([
      'alerts_firing{severity="info"} 0',
      'alerts_firing{severity="warning"} 2',
      'alerts_firing{severity="critical"} 1',
      'alerts_firing{severity="emergency"} 0',
    ])
    expect(lines(text, 'alert_inbox_size')).toEqual(['alert_inbox_size 4'])
    const chat = 'channel="chat",type="discord"'
    expect(lines(text, 'channel_up')[1]).toBe(`channel_up{${chat}} 0`)
    expect(lines(text, 'channel_queue_length')[1]).toBe(`channel_queue_length{${chat}} 17`)
    expect(lines(text, 'channel_oldest_queued_age_seconds')).toEqual([
      'channel_oldest_queued_age_seconds{channel="phone",type="ntfy"} 0',
      `channel_oldest_queued_age_seconds{${chat}} 10800`,
      'channel_oldest_queued_age_seconds{channel="console",type="command"} 0',
    ])
    expect(lines(text, 'channel_dead_letters')[1]).toBe(`channel_dead_letters{${chat}} 2`)
    expect(lines(text, 'channel_last_delivered_timestamp_seconds')).toHaveLength(2)
    expect(text).toContain(`channel_deliveries_total{${chat},result="server-error"} 31`)
    expect(text).toContain(`channel_deliveries_total{${chat},result="delivered"} 42`)
    expect(text).toContain(`channel_deliveries_total{${chat},result="rate-limited"} 0`)
    expect(text).toContain('hook_requests_total{hook="alertmanager",result="accepted"} 9')
    expect(text).toContain('hook_requests_total{hook="generic",result="too-large"} 0')
  })

  it('say when the way of alerts was last proved', async () => {
    const started = ago(6 * 60 * MINUTE).wallMs / 1000
    alerting()
    const failed = await scrape()
    expect(lines(failed, 'drill_success')).toEqual(['drill_success 0'])
    expect(lines(failed, 'drill_last_run_timestamp_seconds')).toEqual([`drill_last_run_timestamp_seconds ${started}`])
    expect(lines(failed, 'drill_last_success_age_seconds')).toEqual(['drill_last_success_age_seconds 108000'])
    expect(lines(failed, 'drill_leg_success')).toContain('drill_leg_success{channel="prometheus"} 0')
    expect(lines(failed, 'drill_leg_latency_seconds')).toContain('drill_leg_latency_seconds{channel="phone"} 0.812')
    alerting({ drill: { startedMs: started * 1000, ok: true, legs: [] } })
    expect(lines(await scrape(), 'drill_last_success_age_seconds')).toEqual(['drill_last_success_age_seconds 21600'])
    alerting({ drill: undefined, drillOkMs: undefined, drillDueMs: undefined })
    expect(await scrape()).not.toMatch(/^proxmox_watchdog_drill/m)
  })

  it('say how heartbeats go in and out', async () => {
    alerting()
    const text = await scrape()
    expect(lines(text, 'heartbeat_out_up')).toEqual([
      'heartbeat_out_up{heartbeat="healthchecks",type="healthchecks"} 1',
      'heartbeat_out_up{heartbeat="attic",type="watchdog"} 0',
    ])
    expect(lines(text, 'heartbeat_in_state').filter((line) => line.includes('prometheus'))).toEqual([
      'heartbeat_in_state{heartbeat="prometheus",state="waiting"} 0',
      'heartbeat_in_state{heartbeat="prometheus",state="well"} 0',
      'heartbeat_in_state{heartbeat="prometheus",state="ill"} 0',
      'heartbeat_in_state{heartbeat="prometheus",state="missing"} 1',
    ])
    expect(lines(text, 'heartbeat_in_last_timestamp_seconds')).toHaveLength(2)
  })

  it('say nothing of alerts where there is no alert path', async () => {
    served.daemon.alerting = undefined
    expect(await scrape()).not.toMatch(/^proxmox_watchdog_(?:alert|channel|hook|heartbeat|drill)/m)
  })

  it('all have something to say in a full situation', async () => {
    everything()
    const text = await scrape()
    for (const name of Object.keys(METRICS)) expect(text, name).toMatch(new RegExp(`^${name}[{ ]`, 'm'))
  })

  it('take little time with a thousand hosts', async () => {
    const hosts = Array.from({ length: 1000 }, (_, index) => ({ ...POLICY.hosts[0]!, name: `node${index}` }))
    served.daemon.current = calm({ policy: { ...POLICY, hosts } })
    const text = await scrape()
    expect(lines(text, 'host_up')).toHaveLength(1000)
  })
})

const missing = missingPeers('promtool')
if (missing !== undefined) console.warn(`skipped: promtool check metrics, because ${missing}`)

describe.skipIf(missing !== undefined)('promtool check metrics', () => {
  it('finds nothing to say', async () => {
    const promtool = peer('promtool')
    everything()
    const checked = await runChild({
      command: 'path' in promtool ? promtool.path : 'promtool',
      args: ['check', 'metrics'],
      stdin: await scrape(),
      timeoutMs: 30_000,
    })
    expect(checked.stdout + checked.stderr).toBe('')
    expect(checked.end).toEqual({ kind: 'exited', exitCode: 0 })
  })
})
