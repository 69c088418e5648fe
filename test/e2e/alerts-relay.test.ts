import { expect, type TestContext, test } from 'vitest'
import { type AlertSite, firing, fromAlertmanager, openAlertSite } from './site/alert-site.ts'
import { until } from './site/until.ts'

const WAIT_MS = 2_000
const PAYLOAD = fromAlertmanager([firing('QuorumLost', { cluster: 'home' })])
const isIt = ({ alerts }: { alerts: readonly { labels: Readonly<Record<string, string>> }[] }) =>
  alerts.some(({ labels }) => labels.alertname === 'QuorumLost')

/** Two relays with a channel each: A delivers at once, B waits and asks. */
async function relays(context: TestContext): Promise<{ a: AlertSite; b: AlertSite }> {
  const a = await openAlertSite(context)
  const b = await openAlertSite(context)
  const relay = (site: AlertSite, peer: AlertSite, wait: string) =>
    site.configure({ relay: { token: site.secret('relay-token', 'known-to-both'), peer: peer.url, wait } })
  relay(a, b, '0s')
  relay(b, a, `${WAIT_MS}ms`)
  return { a, b }
}

const has = (site: AlertSite) => site.arrivals().some(isIt)

/** Long enough for B to have asked and, if it were to, delivered: until it says so itself. */
async function droppedBy(site: AlertSite, daemon: Awaited<ReturnType<AlertSite['start']>>): Promise<boolean> {
  return until(async () => {
    const { text } = await daemon.ask('GET', '/api/v1/alerts?status=firing')
    const [alert] = (JSON.parse(text) as { alerts: { id: number }[] }).alerts
    if (alert === undefined) return false
    const detail = (await daemon.ask('GET', `/api/v1/alerts/${alert.id}`)).text
    return /other relay/.test(detail) && !has(site)
  }, 60_000)
}

test('A delivers, and B drops its copy once A confirms that', async (context) => {
  const { a, b } = await relays(context)
  await a.start()
  const second = await b.start()
  await Promise.all([a.post('/hooks/alertmanager', PAYLOAD), b.post('/hooks/alertmanager', PAYLOAD)])
  await a.arrives(isIt, 'the alert at A')
  expect(await droppedBy(b, second)).toBe(true)
})

test('A is dead before it could take the alert: B delivers', async (context) => {
  const { a, b } = await relays(context)
  const first = await a.start()
  await b.start()
  await first.kill()
  await b.post('/hooks/alertmanager', PAYLOAD)
  await b.arrives(isIt, 'the alert at B')
  expect(has(a)).toBe(false)
})

test('A took the alert and died before it delivered: B delivers', async (context) => {
  const { a, b } = await relays(context)
  a.sink.mode = 'hang'
  const first = await a.start()
  await b.start()
  await Promise.all([a.post('/hooks/alertmanager', PAYLOAD), b.post('/hooks/alertmanager', PAYLOAD)])
  expect(await until(() => a.sink.requests.length > 0, 30_000)).toBe(true)
  await first.kill()
  await b.arrives(isIt, 'the alert at B')
  expect(has(a)).toBe(false)
})

test('A lives and its channel is dead: B delivers, and A does too when its channel is back', async (context) => {
  const { a, b } = await relays(context)
  a.sink.mode = 'error'
  await a.start()
  await b.start()
  await Promise.all([a.post('/hooks/alertmanager', PAYLOAD), b.post('/hooks/alertmanager', PAYLOAD)])
  await b.arrives(isIt, 'the alert at B')
})

test('A delivered and died before B asked: B cannot know, and delivers as well', async (context) => {
  const { a, b } = await relays(context)
  const first = await a.start()
  await b.start()
  await Promise.all([a.post('/hooks/alertmanager', PAYLOAD), b.post('/hooks/alertmanager', PAYLOAD)])
  await a.arrives(isIt, 'the alert at A')
  await first.kill()
  await b.arrives(isIt, 'the alert at B')
})

test('A knows another secret: B is not answered, and delivers', async (context) => {
  const { a, b } = await relays(context)
  a.configure({ relay: { token: a.secret('relay-token', 'another'), peer: b.url, wait: '0s' } })
  await a.start()
  const second = await b.start()
  await Promise.all([a.post('/hooks/alertmanager', PAYLOAD), b.post('/hooks/alertmanager', PAYLOAD)])
  await b.arrives(isIt, 'the alert at B')
  expect(second.output).not.toContain('known-to-both')
})

test('B is killed while it waits, and delivers after its restart where A is dead', async (context) => {
  const { a, b } = await relays(context)
  const second = await b.start()
  await b.post('/hooks/alertmanager', PAYLOAD)
  await second.kill()
  await b.start()
  await b.arrives(isIt, 'the alert at B')
  expect(has(a)).toBe(false)
})
