import { expect, type TestContext, test } from 'vitest'
import { type AlertSite, firing, fromAlertmanager, openAlertSite, TOKEN } from './site/alert-site.ts'

/** `watcher` expects the heartbeat of `watched`, which is sent as often as a service would allow. */
async function watching(context: TestContext): Promise<{ watched: AlertSite; watcher: AlertSite }> {
  const watched = await openAlertSite(context)
  const watcher = await openAlertSite(context)
  watched.configure({ heartbeats: [beat(watched, watcher, 'home')] })
  // The least that is configured is far more than the test needs; it is the grace at its own start that is waited for.
  watcher.configure({ deadman: { expect: [{ name: 'home', every: '1s', grace: '1s' }] } })
  return { watched, watcher }
}

function beat(from: AlertSite, to: AlertSite, name: string): object {
  const token = from.secret('outside-token', TOKEN)
  return { name: 'outside', type: 'watchdog', url: to.url, expectedAs: name, token, every: '12s' }
}

type Expected = { readonly name: string; readonly state: string }

async function stateOf(daemon: Awaited<ReturnType<AlertSite['start']>>, name: string): Promise<string | undefined> {
  const { text } = await daemon.get('/api/v1/alerting')
  return (JSON.parse(text) as { heartbeatsIn: Expected[] }).heartbeatsIn.find((each) => each.name === name)?.state
}

test('a watchdog that falls silent is paged for by the one outside, and its return is told', async (context) => {
  const { watched, watcher } = await watching(context)
  const outside = await watcher.start()
  const inside = await watched.start()
  const { until } = await import('./site/until.ts')
  expect(await until(async () => (await stateOf(outside, 'home')) === 'well', 60_000)).toBe(true)
  await inside.kill()
  const missing = ({ alerts }: { alerts: readonly { labels: Readonly<Record<string, string>> }[] }) =>
    alerts.some(({ labels }) => labels.alertname === 'HeartbeatMissing')
  await watcher.arrives((arrival) => arrival.status === 'firing' && missing(arrival), 'the page', 240_000)
  await watched.start()
  await watcher.arrives((arrival) => arrival.status === 'resolved' && missing(arrival), 'its end', 120_000)
}, 480_000)

test('one that says of itself that it is ill is paged for with its reasons', async (context) => {
  const watcher = await openAlertSite(context)
  watcher.configure({ deadman: { expect: [{ name: 'home' }] } })
  await watcher.start()
  const ill = { status: 'ill', reasons: ['The power device strip has not answered for 12 min.'], sender: 'home' }
  expect((await watcher.post('/heartbeats/home', ill)).status).toBe(200)
  const page = await watcher.arrives(({ status }) => status === 'firing', 'the page')
  expect(page.alerts[0]?.labels.alertname).toBe('HeartbeatIll')
  expect(page.text).toContain('has not answered for 12 min')
  await watcher.post('/heartbeats/home', { status: 'ok' })
  await watcher.arrives(({ status }) => status === 'resolved', 'its end')
})

test('Alertmanager’s Watchdog is a sign of life, and is told to nobody', async (context) => {
  const watcher = await openAlertSite(context)
  watcher.configure({ deadman: { expect: [{ name: 'alertmanager', alert: ['alertname=Watchdog'] }] } })
  const daemon = await watcher.start()
  await watcher.post(
    '/hooks/alertmanager',
    fromAlertmanager([firing('Watchdog', { severity: 'none' }), firing('Other')]),
  )
  await watcher.arrives(({ alerts }) => alerts.some(({ labels }) => labels.alertname === 'Other'), 'the other alert')
  expect(await stateOf(daemon, 'alertmanager')).toBe('well')
  const told = watcher.arrivals().flatMap(({ alerts }) => alerts.map(({ labels }) => labels.alertname))
  expect(told).not.toContain('Watchdog')
})

test('an address of the site that does not answer from outside pages', async (context) => {
  const watcher = await openAlertSite(context)
  watcher.configure({
    rounds: { interval: '500ms', failureThreshold: 2 },
    deadman: {
      probe: [
        { name: 'site', address: '127.0.0.1', probes: [{ tcp: { port: 1, banner: 'never', timeout: '200ms' } }] },
      ],
    },
    references: [{ name: 'self', address: watcher.address, probes: [{ tcp: { port: 8000, timeout: '300ms' } }] }],
  })
  await watcher.start()
  const page = await watcher.arrives(({ status }) => status === 'firing', 'the page')
  expect(page.alerts[0]?.labels).toMatchObject({ host: 'site', cluster: 'outside' })
})
