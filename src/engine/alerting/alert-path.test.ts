import { describe, expect, test } from 'vitest'
import type { HeartbeatsIn } from '../../ports/alerting.ts'
import { AlertBench } from '../testing/alert-bench.ts'
import { alertUpdate, channelPolicy, HOUR, MINUTE, receiverPolicy } from '../testing/alert-samples.ts'

const DOWN = { labels: { host: 'pve1' } }

describe('an alert', () => {
  test('is told, and its end', async () => {
    const bench = await new AlertBench().start()
    await bench.take(alertUpdate('HostDown', { startsMs: bench.wallMs }))
    expect(bench.channel('chat').told).toEqual(['firing HostDown'])
    await bench.pass(MINUTE)
    await bench.take(alertUpdate('HostDown', { status: 'resolved' }))
    expect(bench.channel('chat').told).toEqual(['firing HostDown', 'resolved HostDown'])
    expect(bench.story('HostDown')).toEqual([
      'fired: HostDown fires',
      'sent: Told by chat.',
      'resolved: It is over after 1 min.',
      'sent: Told by chat.',
    ])
    await bench.stop()
  })

  test('that fires again is told once', async () => {
    const bench = await new AlertBench().start()
    for (let time = 0; time < 5; time += 1) {
      await bench.take(alertUpdate('HostDown'))
      await bench.pass(HOUR)
    }
    expect(bench.channel('chat').told).toEqual(['firing HostDown'])
    await bench.stop()
  })

  test('that gets louder is posted anew', async () => {
    const bench = await new AlertBench().start()
    await bench.take(alertUpdate('HostDown', { severity: 'warning' }))
    await bench.take(alertUpdate('HostDown', { severity: 'critical' }))
    await bench.take(alertUpdate('HostDown', { severity: 'critical' }))
    expect(bench.channel('chat').told).toEqual(['firing HostDown', 'escalated HostDown'])
    await bench.stop()
  })

  test('that was over before it could be told is told whole', async () => {
    const bench = await new AlertBench({ policy: { groupWaitMs: 30_000 } }).start()
    await bench.take(alertUpdate('HostDown', { startsMs: bench.wallMs }))
    await bench.pass(10_000)
    await bench.take(alertUpdate('HostDown', { status: 'resolved' }))
    await bench.pass(30_000)
    expect(bench.channel('chat').taken).toMatchObject([{ status: 'resolved', alerts: [{ event: 'resolved' }] }])
    await bench.stop()
  })

  test('whose end is all that was ever heard of it is told whole', async () => {
    const bench = await new AlertBench().start()
    await bench.take(alertUpdate('HostDown', { status: 'resolved', startsMs: 1_000, endsMs: 61_000 }))
    expect(bench.channel('chat').taken).toMatchObject([
      { status: 'resolved', alerts: [{ startsMs: 1_000, endsMs: 61_000 }] },
    ])
    await bench.stop()
  })

  test('that is switched off is recorded and told to nobody', async () => {
    const bench = await new AlertBench({ policy: { disabled: ['HostDown'] } }).start()
    await bench.take(alertUpdate('HostDown'), alertUpdate('HostDown', { source: 'generic', labels: { host: 'x' } }))
    expect(bench.channel('chat').alerts).toMatchObject([{ labels: { host: 'x' } }])
    expect(bench.path.list({ limit: 10 })).toHaveLength(2)
    expect(bench.store.rows.timeline(1, 9).map(({ kind }) => kind)).toEqual(['fired', 'muted'])
    await bench.stop()
  })

  test('of many in one payload goes out with the others, none lost, at most 50 in a message', async () => {
    const bench = await new AlertBench({ policy: { groupWaitMs: 1_000 } }).start()
    const many = Array.from({ length: 234 }, (_, index) => alertUpdate('HostDown', { labels: { host: `pve${index}` } }))
    await bench.take(...many)
    expect(bench.store.listIncidents({ limit: 1_000 })).toHaveLength(234)
    await bench.pass(5_000)
    const { taken, alerts } = bench.channel('chat')
    expect(new Set(alerts.map(({ labels }) => labels.host)).size).toBe(234)
    expect(alerts).toHaveLength(234)
    expect(Math.max(...taken.map((message) => message.alerts.length))).toBe(50)
    await bench.stop()
  })
})

test('a notice is told once and has no end', async () => {
  const bench = await new AlertBench().start()
  const notice = alertUpdate('CycleDone', { status: 'notice', severity: 'info' })
  await bench.take(notice, notice)
  await bench.take(notice)
  expect(bench.channel('chat').told).toEqual(['notice CycleDone'])
  await bench.stop()
})

test('a note stands in the story of what fires about the same host, and is no message', async () => {
  const bench = await new AlertBench().start()
  await bench.take(alertUpdate('HostDown', DOWN), alertUpdate('HostDown', { labels: { host: 'pve2' } }))
  const note = { kind: 'note' as const, host: 'pve1', code: 'cycle-begun', sentence: 'Its power is cut.', atMs: 1 }
  await bench.take(note)
  await bench.pass(MINUTE)
  expect(bench.channel('chat').taken).toHaveLength(1)
  expect(bench.store.rows.timeline(1, 9).map(({ sentence }) => sentence)).toContain('Its power is cut.')
  expect(bench.store.rows.timeline(2, 9).map(({ sentence }) => sentence)).not.toContain('Its power is cut.')
  await bench.stop()
})

describe('an alert of ours that comes back by Alertmanager', () => {
  const policy = {
    channels: [channelPolicy('alertmanager', { loops: true }), channelPolicy('chat')],
    receivers: [receiverPolicy('all', { chain: [['alertmanager'], ['chat']] }), receiverPolicy('both')],
    routes: [
      { matchers: [], severities: [], receivers: ['all'], goOn: true },
      { matchers: ['alertname=HostDown'], severities: [], receivers: ['both'], goOn: false },
    ],
  }

  test('is no second one, and nobody is told twice', async () => {
    const bench = await new AlertBench({ policy }).start()
    await bench.take(alertUpdate('HostDown'))
    await bench.take(alertUpdate('HostDown', { source: 'alertmanager' }))
    await bench.take(alertUpdate('HostDown', { source: 'alertmanager' }))
    expect(bench.path.list({ limit: 9 })).toHaveLength(1)
    expect(bench.channel('chat').told).toEqual(['firing HostDown'])
    expect(bench.story('HostDown').filter((line) => line.includes('came back'))).toHaveLength(1)
    await bench.stop()
  })

  test('was not told by the word of Alertmanager: the next step has it', async () => {
    const bench = await new AlertBench({
      policy: { ...policy, receivers: policy.receivers.slice(0, 1), routes: policy.routes.slice(0, 1) },
    }).start()
    await bench.take(alertUpdate('HostDown'))
    expect(bench.channel('alertmanager').told).toEqual(['firing HostDown'])
    expect(bench.channel('chat').told).toEqual([])
    await bench.pass(6 * MINUTE)
    expect(bench.channel('chat').told).toEqual(['firing HostDown'])
    await bench.stop()
  })
})

describe('who asks', () => {
  test('is shown what there is', async () => {
    const bench = await new AlertBench().start()
    await bench.take(alertUpdate('HostDown', DOWN), alertUpdate('Disk', { severity: 'warning' }))
    const { id } = bench.incident('HostDown')
    expect(bench.path.show(id)).toMatchObject({
      incident: { labels: { alertname: 'HostDown' } },
      timeline: [{ kind: 'fired' }, { kind: 'sent' }],
      deliveries: [{ channel: 'chat', state: 'delivered' }],
      folded: 0,
    })
    expect(bench.path.show(99)).toBeUndefined()
    expect(bench.path.list({ status: 'firing', limit: 9 })).toHaveLength(2)
    expect(bench.path.deliveries({ limit: 9 })).toHaveLength(2)
    bench.path.countHook('generic', 'accepted')
    bench.path.countHook('generic', 'accepted')
    expect(bench.path.status()).toMatchObject({
      inbox: 0,
      firing: { critical: 1, warning: 1, info: 0, emergency: 0 },
      hooks: { generic: { accepted: 2 } },
      channels: [{ channel: 'chat', type: 'fake', queued: 0, dead: 0, delivered: 2, failures: {} }],
    })
    await bench.stop()
  })

  test('about a heartbeat that nobody expects is told so', async () => {
    const bench = await new AlertBench().start()
    expect(await bench.path.heartbeat('x', { well: true, reasons: [] })).toMatchObject({ ok: false, code: 'unknown' })
    await bench.stop()
  })
})

test('a sign of life is taken and told to nobody', async () => {
  const beats: string[] = []
  const heartbeatsIn: HeartbeatsIn = {
    take: (name) => ({ ok: true, code: 'taken', sentence: name }),
    takesAlert: ({ labels }) => labels.alertname === 'Watchdog' && beats.push('beat') > 0,
    status: () => [],
  }
  const bench = await new AlertBench({ heartbeatsIn }).start()
  const sign = alertUpdate('Watchdog', { source: 'alertmanager' })
  expect(await bench.path.accept([sign])).toEqual({ ok: true })
  await bench.take(sign, alertUpdate('HostDown', { source: 'alertmanager' }))
  expect(beats).toHaveLength(2)
  expect(bench.channel('chat').told).toEqual(['firing HostDown'])
  expect(await bench.path.heartbeat('site', { well: true, reasons: [] })).toMatchObject({ ok: true })
  await bench.stop()
})

test('what cannot be written is not acknowledged', async () => {
  const bench = await new AlertBench().start()
  bench.store.full = true
  expect(await bench.path.accept([alertUpdate('HostDown')])).toMatchObject({ ok: false, code: 'full' })
  bench.store.full = false
  await bench.pass(10_000)
  expect(bench.channel('chat').told).toEqual([])
  await bench.stop()
})
