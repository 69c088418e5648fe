import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AlertSite, TOKEN } from '../e2e/site/alert-site.ts'
import { SLOWEST_MS } from '../e2e/site/daemon-process.ts'
import { type Alertmanager, alertmanagerMissing, startAlertmanager } from './alertmanager.ts'
import { missingPeers } from './find-peer.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'

const missing = missingPeers('prometheus', 'prometheus-alertmanager') ?? alertmanagerMissing()
if (missing !== undefined) console.warn(`skipped: Prometheus and Alertmanager: ${missing}`)

/**
 * The rules as they ship, but for how long they wait before they fire. And they fire on for a while: of what is over
 * before a receiver could be told, Alertmanager tells nothing.
 */
const RULES = readFileSync(new URL('../../deploy/prometheus/rules.yml', import.meta.url), 'utf8').replace(
  /^(\s*)for: \d+[smh]$/gm,
  '$1for: 1s\n$1keep_firing_for: 30s',
)

const toHook = (url: string) => `
global: { resolve_timeout: 1m }
route: { receiver: watchdog, group_by: [alertname], group_wait: 200ms, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: watchdog
    webhook_configs:
      - url: ${url}/hooks/alertmanager
        send_resolved: true
        http_config: { follow_redirects: false, authorization: { credentials: ${TOKEN} } }
`

const scraping = (target: string, alertmanager: string) => `
global: { scrape_interval: 500ms, evaluation_interval: 500ms }
rule_files: [rules.yml]
alerting: { alertmanagers: [{ static_configs: [{ targets: ['${new URL(alertmanager).host}'] }] }] }
scrape_configs: [{ job_name: proxmox-watchdog, static_configs: [{ targets: ['${target}'] }] }]
`

/** One host that is down because nothing listens where it is asked. */
const deadHost = (port: number) => ({
  rounds: { interval: '500ms', failureThreshold: 2 },
  // Only what comes back from Prometheus is looked for here.
  alerts: { groupWait: '50ms', drill: { every: '0s' }, disable: ['ProxmoxHostDown', 'WatchdogSelfIsolated'] },
  hosts: [{ name: 'pve1', address: '127.0.0.1', probes: [{ tcp: { port, banner: 'never', timeout: '200ms' } }] }],
})

describe.skipIf(missing !== undefined)('with real Prometheus and Alertmanager', () => {
  let site: AlertSite
  let alertmanager: Alertmanager
  let prometheus: Prometheus
  beforeAll(async () => {
    site = await AlertSite.open()
    site.configure(deadHost(1))
    await site.start()
    alertmanager = await startAlertmanager(toHook(site.url))
    prometheus = await startPrometheus(scraping(new URL(site.url).host, alertmanager.url), RULES)
  })
  afterAll(async () => {
    await prometheus?.stop()
    await alertmanager?.stop()
    await site?.close()
  })

  const about =
    (name: string, status = 'firing') =>
    ({ alerts }: { alerts: readonly { status: string; labels: Readonly<Record<string, string>> }[] }) =>
      alerts.some((alert) => alert.labels.alertname === name && alert.status === status)

  it('scrapes the daemon, fires the shipped rules, posts to the hook, and the channel has it', async () => {
    const begun = Date.now()
    const arrival = await site.arrives(about('ProxmoxHostDown'), 'the alert about pve1')
    const alert = arrival.alerts.find(({ labels }) => labels.alertname === 'ProxmoxHostDown')
    expect(alert?.labels).toMatchObject({ host: 'pve1', job: 'proxmox-watchdog', severity: 'critical' })
    const { payload } = [...site.manners.deliveries.values()].find(({ key }) => key === arrival.key) as unknown as {
      payload: { alerts: readonly { startsAt: string }[] }
    }
    const firedMs = Date.parse(payload.alerts[0]?.startsAt ?? '')
    console.log(
      `end to end: ${Date.now() - firedMs} ms after the rule fired, ${Date.now() - begun} ms after everything was up`,
    )
  })

  it('tells an alert that fires while the watchdog is down, once it is back', { timeout: SLOWEST_MS }, async () => {
    const before = site.arrivals().length
    const noticed = async () => {
      const answer = await fetch(`${alertmanager.url}/api/v2/alerts?filter=alertname%3DProxmoxWatchdogDown`)
      return ((await answer.json()) as readonly unknown[]).length > 0
    }
    const daemon = await site.restart(() => expect.poll(noticed, { timeout: 90_000, interval: 100 }).toBe(true))
    expect(daemon.running).toBe(true)
    await site.arrives((arrival) => about('ProxmoxWatchdogDown')(arrival), 'that it was down', 90_000)
    expect(site.arrivals().length).toBeGreaterThan(before)
  })

  it('goes on after an outage of Alertmanager, and of Prometheus', { timeout: SLOWEST_MS }, async () => {
    const port = new URL(alertmanager.url).port
    await alertmanager.stop()
    await prometheus.stop()
    expect(port).not.toBe('')
    alertmanager = await startAlertmanager(toHook(site.url))
    prometheus = await startPrometheus(scraping(new URL(site.url).host, alertmanager.url), RULES)
    site.manners.deliveries.clear()
    site.configure({ ...deadHost(1), hosts: [{ ...deadHost(1).hosts[0], name: 'pve2' }] })
    await site.restart()
    await site.arrives(
      ({ alerts }) => alerts.some(({ labels }) => labels.host === 'pve2' && labels.job === 'proxmox-watchdog'),
      'the alert about pve2',
      90_000,
    )
  })
})
