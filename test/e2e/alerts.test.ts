import { expect, test } from 'vitest'
import { firing, fromAlertmanager, openAlertSite, TOKEN } from './site/alert-site.ts'
import { until } from './site/until.ts'

test('an alert that came in by a hook arrives, and a resolved one after it', async (context) => {
  const site = await openAlertSite(context)
  const daemon = await site.start()
  const alert = firing('DiskFull', { host: 'nas' })
  expect(await site.post('/hooks/alertmanager', fromAlertmanager([alert]))).toMatchObject({ status: 200 })
  const fired = await site.arrives(({ status }) => status === 'firing', 'the firing alert')
  expect(fired.alerts.map(({ labels }) => labels.alertname)).toEqual(['DiskFull'])
  // Alertmanager repeats itself; nobody is told twice.
  await site.post('/hooks/alertmanager', fromAlertmanager([alert]))
  const resolved = { ...alert, status: 'resolved', endsAt: '2026-03-01T02:25:00Z' }
  await site.post('/hooks/alertmanager', fromAlertmanager([resolved], 'resolved'))
  await site.arrives(({ status }) => status === 'resolved', 'the resolved alert')
  expect(site.arrivals()).toHaveLength(2)
  expect(await daemon.stop()).toMatchObject({ code: 0 })
  expect(daemon.output).not.toContain(TOKEN)
})

test('what fires and resolves while the channel is down is told as one message when it is up', async (context) => {
  const site = await openAlertSite(context)
  site.sink.mode = 'reset'
  const daemon = await site.start()
  const alert = firing('UpsOnBattery')
  await site.post('/hooks/alertmanager', fromAlertmanager([alert]))
  const tried = site.sink.requests.length
  expect(await until(() => site.sink.requests.length > tried, 30_000)).toBe(true)
  const resolved = { ...alert, status: 'resolved', endsAt: '2026-03-01T02:25:00Z' }
  await site.post('/hooks/alertmanager', fromAlertmanager([resolved], 'resolved'))
  await daemon.kill()
  site.sink.mode = 'up'
  await site.start()
  const arrived = await site.arrives(({ alerts }) => alerts.length > 0, 'the late message')
  expect(arrived).toMatchObject({ status: 'resolved' })
  expect(arrived.text).toMatch(/fired 2026-03-01 0\d:10.*, resolved 2026-03-01 0\d:25/)
})

test('nobody without the token is heard, and nobody learns more than that', async (context) => {
  const site = await openAlertSite(context)
  const daemon = await site.start()
  const answer = await site.post('/hooks/alertmanager', fromAlertmanager([firing('X')]), 'a-guess')
  expect(answer.status).toBe(401)
  expect(answer.text + daemon.output).not.toContain(TOKEN)
  expect((await daemon.get('/metrics')).text).toContain(
    'proxmox_watchdog_hook_requests_total{hook="alertmanager",result="unauthorized"} 1',
  )
})

test('the health says what was proved, and a drill goes through every channel', async (context) => {
  const site = await openAlertSite(context)
  const daemon = await site.start()
  const { text } = await daemon.ask('POST', '/api/v1/alerting/drill', {})
  expect(JSON.parse(text)).toMatchObject({ ok: true, legs: [{ channel: 'sink', ok: true }] })
  await site.arrives(({ kind }) => kind === 'drill', 'the drill')
  const proved = async () => JSON.parse((await daemon.get('/healthz')).text).proved?.well === true
  expect(await until(proved, 30_000)).toBe(true)
})
