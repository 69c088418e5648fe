import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fingerprintOf } from '../../src/core/alerts/fingerprint.ts'
import type { Labels } from '../../src/core/alerts/types.ts'
import { AlertmanagerManners } from '../../src/lab/servers/channels/alertmanager.ts'
import { ChannelServer } from '../../src/lab/servers/channels/channel-server.ts'
import { alertmanagerDriver } from '../../src/notify/alertmanager/driver.ts'
import { sampleAlert, sampleMessage } from '../../src/notify/testing/sample-message.ts'
import { type Alertmanager, alertmanagerMissing, startAlertmanager } from './alertmanager.ts'
import { PUSHES, pushed } from './alertmanager-pushes.ts'

const reason = alertmanagerMissing()
if (reason !== undefined) console.warn(`skipped: the channel to a real Alertmanager: ${reason}`)

const never = new AbortController().signal
type Hook = { status: string; alerts: { status: string; labels: Labels; fingerprint: string }[] }

describe.skipIf(reason)('a real Alertmanager', () => {
  let real: Alertmanager
  let emulated: ChannelServer
  let sink: Server
  const hooks: Hook[] = []

  beforeAll(async () => {
    sink = createServer((incoming, outgoing) => {
      let text = ''
      incoming.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      incoming.on('end', () => {
        hooks.push(JSON.parse(text))
        outgoing.end()
      })
    })
    await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
    const { port } = sink.address() as AddressInfo
    real = await startAlertmanager(`
route: { receiver: relay, group_by: ['...'], group_wait: 10ms, group_interval: 100ms, repeat_interval: 1h }
receivers: [{ name: relay, webhook_configs: [{ url: 'http://127.0.0.1:${port}/hooks/alertmanager' }] }]
`)
    emulated = await ChannelServer.open(new AlertmanagerManners())
  })
  afterAll(async () => {
    await real?.stop()
    await emulated?.stop()
    await new Promise((resolve) => sink.close(resolve))
  })

  const channel = () => alertmanagerDriver.create('am', { servers: [real.url], timeout: 20_000, firingFor: 21_600_000 })
  const returned = (fingerprint: string, status: string) =>
    hooks.flatMap(({ alerts }) => alerts).find((alert) => alert.fingerprint === fingerprint && alert.status === status)

  it('brings an alert back with the fingerprint that it left with, firing and then resolved', async () => {
    const labels = { alertname: 'HostDown', host: 'pve3 ä"\\\n', severity: 'critical', cluster: 'Zürich 🔥', _x: ' y ' }
    const alert = sampleAlert({ labels, fingerprint: fingerprintOf(labels), startsMs: Date.now() - 60_000 })
    const sent = await channel().send({ message: sampleMessage({ alerts: [alert] }), plain: false }, never)
    expect(sent).toMatchObject({ ok: true })
    await expect.poll(() => returned(alert.fingerprint, 'firing')?.labels, { timeout: 20_000 }).toEqual(labels)
    expect(await channel().readBack(sent.ok ? (sent.ref ?? '') : '', never)).toEqual({ ok: true, found: true })
    const over = { ...alert, status: 'resolved', event: 'resolved', endsMs: Date.now() } as const
    await channel().send({ message: sampleMessage({ status: 'resolved', alerts: [over] }), plain: false }, never)
    await expect.poll(() => returned(alert.fingerprint, 'resolved')?.labels, { timeout: 20_000 }).toEqual(labels)
  })

  it('takes names and values that no label may have, made acceptable', async () => {
    const labels = { alertname: 'Odd', 'pve.host': 'a', 'pve-host': 'b', '1': 'c', empty: '', lone: '\ud800' }
    const alert = sampleAlert({ labels, annotations: { 'a b': 'c' }, link: 'https://example.org/ä b?c=%zz' })
    const message = sampleMessage({ alerts: [alert] })
    expect(await channel().send({ message, plain: false }, never)).toEqual({ ok: true, ref: expect.any(String) })
  })

  it('brings a drill back by its id', async () => {
    await channel().send({ message: sampleMessage({ kind: 'drill', key: 'drill-77' }), plain: false }, never)
    const drill = () => hooks.flatMap(({ alerts }) => alerts).find(({ labels }) => labels.drill_id === 'drill-77')
    await expect.poll(() => drill()?.labels.alertname, { timeout: 20_000 }).toBe('WatchdogDrill')
  })

  it.each(PUSHES)('answers %s as the lab does', async (_, push, status) => {
    expect([await pushed(emulated.url, push), await pushed(real.url, push)]).toEqual([status, status])
  })
})
