import { describe, expect, test } from 'vitest'
import { AlertBench, type BenchOptions } from '../testing/alert-bench.ts'
import { refusedWith } from '../testing/alert-channel.ts'
import { alertUpdate, channelPolicy, HOUR, MINUTE, receiverPolicy } from '../testing/alert-samples.ts'

const CHANNELS = ['chat', 'mail', 'phone'].map((name) => channelPolicy(name))
const CHAIN = [['chat'], ['mail'], ['phone']]

function bench(more: Parameters<typeof receiverPolicy>[1] = {}, options: BenchOptions = {}) {
  const policy = {
    channels: CHANNELS,
    receivers: [receiverPolicy('all', { chain: CHAIN, ...more })],
    ...options.policy,
  }
  return new AlertBench({ ...options, policy }).start()
}
const told = (of: AlertBench) => ['chat', 'mail', 'phone'].map((name) => of.channel(name).told.length)

describe('a chain', () => {
  test('ends with the channel that has it', async () => {
    const site = await bench()
    await site.take(alertUpdate('HostDown'))
    await site.pass(HOUR)
    expect(told(site)).toEqual([1, 0, 0])
    await site.stop()
  })

  test('goes on, step by step, while nobody has confirmed it', async () => {
    const site = await bench()
    site.channel('chat').answer = () => refusedWith('unreachable')
    site.channel('mail').answer = () => refusedWith('server-error')
    await site.take(alertUpdate('HostDown'))
    await site.pass(4 * MINUTE)
    expect(site.channel('mail').requests).toHaveLength(0)
    await site.pass(2 * MINUTE)
    expect(site.channel('mail').requests.length).toBeGreaterThan(0)
    expect(told(site)).toEqual([0, 0, 0])
    await site.pass(5 * MINUTE)
    expect(told(site)).toEqual([0, 0, 1])
    expect(site.story('HostDown')).toContain('failed: Nobody has confirmed it for 5 min: the next step is mail.')
    await site.stop()
  })

  test('takes the next step at once where the message is refused for good', async () => {
    const site = await bench()
    site.channel('chat').answer = () => refusedWith('not-found', { advice: 'never' })
    await site.take(alertUpdate('HostDown'))
    expect(told(site)).toEqual([0, 1, 0])
    expect(site.path.deliveries({ states: ['dead'], limit: 9 })).toMatchObject([
      { channel: 'chat', lastError: { code: 'not-found' } },
    ])
    await site.stop()
  })

  test('begins everywhere for what is critical, where that is wanted', async () => {
    const site = await bench({ criticalAllAtOnce: true })
    await site.take(alertUpdate('HostDown'), alertUpdate('Disk', { severity: 'warning' }))
    expect(told(site)).toEqual([2, 1, 1])
    await site.stop()
  })

  test('of an emergency is every channel of everybody, at once, once each', async () => {
    const receivers = [
      receiverPolicy('all', { chain: [['chat'], ['mail']] }),
      receiverPolicy('other', { chain: [['mail'], ['phone']] }),
    ]
    const site = await bench({}, { policy: { receivers, groupWaitMs: HOUR } })
    await site.take(alertUpdate('OutletNotOn', { severity: 'emergency' }))
    expect(told(site)).toEqual([1, 1, 1])
    await site.stop()
  })

  test('tells the end to as many as were told of the begin', async () => {
    const site = await bench()
    site.channel('chat').answer = () => refusedWith('unreachable')
    await site.take(alertUpdate('HostDown'))
    await site.pass(6 * MINUTE)
    await site.take(alertUpdate('HostDown', { status: 'resolved' }))
    await site.pass(MINUTE)
    expect(site.channel('mail').told).toEqual(['firing HostDown', 'resolved HostDown'])
    expect(told(site)).toEqual([0, 2, 0])
    // And once the first works again, one message tells it all.
    site.channel('chat').answer = () => undefined
    await site.pass(20 * MINUTE)
    expect(site.channel('chat').taken).toMatchObject([
      { status: 'resolved', late: expect.stringContaining('late: it fails (unreachable).') },
    ])
    await site.stop()
  })

  test('that is about something over by now is not told of its begin and its end in turn', async () => {
    const site = await bench()
    site.channel('chat').answer = () => refusedWith('unreachable')
    await site.take(alertUpdate('HostDown', { severity: 'warning' }))
    await site.pass(MINUTE)
    await site.take(alertUpdate('HostDown', { severity: 'critical' }))
    await site.pass(MINUTE)
    await site.take(alertUpdate('HostDown', { status: 'resolved' }))
    await site.pass(HOUR)
    expect(site.channel('mail').told).toEqual(['resolved HostDown'])
    await site.stop()
  })

  test('that two receivers share gives a channel an alert once, and is confirmed for both', async () => {
    const receivers = [
      receiverPolicy('all', { chain: [['chat']] }),
      receiverPolicy('other', { chain: [['chat'], ['phone']] }),
    ]
    const routes = [{ matchers: [], severities: [], receivers: ['all', 'other'], goOn: false }]
    const site = await bench({}, { policy: { receivers, routes } })
    await site.take(alertUpdate('HostDown'))
    await site.pass(HOUR)
    expect(told(site)).toEqual([1, 0, 0])
    site.channel('chat').answer = () => refusedWith('unreachable')
    await site.take(alertUpdate('Disk'))
    await site.pass(6 * MINUTE)
    expect(told(site)).toEqual([1, 0, 1])
    await site.stop()
  })
})

describe('a chain that waits for a person', () => {
  test('goes on until one has it', async () => {
    const site = await bench({ until: 'acknowledged' })
    await site.take(alertUpdate('HostDown'))
    await site.pass(6 * MINUTE)
    expect(told(site)).toEqual([1, 1, 0])
    expect(site.path.acknowledge(site.incident('HostDown').id, 'anna', 'on my way')).toMatchObject({
      ok: true,
      code: 'acknowledged',
    })
    await site.pass(HOUR)
    expect(told(site)).toEqual([1, 1, 0])
    await site.stop()
  })

  test('goes to its end where none comes', async () => {
    const site = await bench({ until: 'acknowledged' })
    await site.take(alertUpdate('HostDown'))
    await site.pass(HOUR)
    expect(told(site)).toEqual([1, 1, 1])
    await site.stop()
  })

  test('ends when the alert does, and an end waits for nobody', async () => {
    const site = await bench({ until: 'acknowledged' })
    await site.take(alertUpdate('HostDown'))
    await site.take(alertUpdate('HostDown', { status: 'resolved' }))
    await site.pass(HOUR)
    expect(told(site)).toEqual([2, 0, 0])
    await site.stop()
  })

  test('waits for nobody about a notice', async () => {
    const site = await bench({ until: 'acknowledged' })
    await site.take(alertUpdate('CycleDone', { status: 'notice' }))
    await site.pass(HOUR)
    expect(told(site)).toEqual([1, 0, 0])
    await site.stop()
  })

  test('begins anew when the alert gets louder', async () => {
    const site = await bench({ until: 'acknowledged' })
    await site.take(alertUpdate('HostDown', { severity: 'warning' }))
    site.path.acknowledge(site.incident('HostDown').id, 'anna', '')
    await site.take(alertUpdate('HostDown', { severity: 'critical' }))
    await site.pass(6 * MINUTE)
    expect(site.channel('mail').told).toEqual(['escalated HostDown'])
    await site.stop()
  })
})

describe('an acknowledgement', () => {
  test('is refused where there is nothing to acknowledge', async () => {
    const site = await bench()
    await site.take(alertUpdate('HostDown'))
    const { id } = site.incident('HostDown')
    expect(site.path.acknowledge(99, 'anna', '')).toMatchObject({ ok: false, code: 'unknown-alert' })
    expect(site.path.acknowledge(id, 'anna', '')).toMatchObject({ ok: true })
    expect(site.path.acknowledge(id, 'ben', '')).toMatchObject({ ok: true, code: 'already-acknowledged' })
    await site.take(alertUpdate('HostDown', { status: 'resolved' }))
    expect(site.path.acknowledge(id, 'anna', '')).toMatchObject({ ok: false, code: 'not-firing' })
    site.store.full = true
    expect(site.path.acknowledge(id, 'anna', '')).toMatchObject({ ok: false, code: 'store-unavailable' })
    await site.stop()
  })

  test('ends reminders, which come at their multiples until then', async () => {
    const site = await bench({}, { policy: { remindEveryMs: 4 * HOUR } })
    await site.take(alertUpdate('HostDown', { startsMs: site.wallMs }))
    await site.pass(9 * HOUR)
    expect(site.channel('chat').told).toEqual(['firing HostDown', 'reminder HostDown', 'reminder HostDown'])
    site.path.acknowledge(site.incident('HostDown').id, 'anna', '')
    await site.pass(24 * HOUR)
    expect(site.channel('chat').taken).toHaveLength(3)
    await site.stop()
  })

  test('nobody is reminded of what has reached nobody yet', async () => {
    const site = await bench({}, { policy: { remindEveryMs: 4 * HOUR } })
    for (const name of ['chat', 'mail', 'phone']) site.channel(name).answer = () => refusedWith('unreachable')
    await site.take(alertUpdate('HostDown', { startsMs: site.wallMs }))
    await site.pass(13 * HOUR)
    expect(site.path.deliveries({ limit: 99 })).toHaveLength(3)
    await site.stop()
  })
})
