import { describe, expect, test } from 'vitest'
import { AlertBench } from '../testing/alert-bench.ts'
import { FakeChannel, refusedWith } from '../testing/alert-channel.ts'
import { alertPolicy, alertUpdate, channelPolicy, HOUR, MINUTE, receiverPolicy } from '../testing/alert-samples.ts'

const CHANNELS = [channelPolicy('chat'), channelPolicy('mail'), channelPolicy('siren', { local: true })]
const POLICY = { channels: CHANNELS, receivers: [receiverPolicy('all', { chain: [['chat'], ['mail']] })] }

describe('a reload', () => {
  test('takes what waits for a channel that is gone to the next step', async () => {
    const bench = await new AlertBench({ policy: POLICY }).start()
    bench.channel('chat').answer = () => refusedWith('unreachable')
    await bench.take(alertUpdate('HostDown'))
    const without = { ...bench.policy, channels: CHANNELS.slice(1) }
    bench.path.reconfigure({ policy: without, channels: [bench.channel('mail'), bench.channel('siren')] })
    await bench.pass(1_000)
    expect(bench.channel('mail').told).toEqual(['firing HostDown'])
    expect(bench.channel('chat').closed).toBe(true)
    expect(bench.path.deliveries({ states: ['dead'], limit: 9 })).toMatchObject([
      {
        channel: 'chat',
        lastError: { code: 'channel-gone', sentence: 'The channel chat is not configured any more.' },
      },
    ])
    // Somebody may still look at them.
    expect(bench.path.status().channels.find(({ channel }) => channel === 'chat')).toMatchObject({
      type: 'gone',
      dead: 1,
    })
    await bench.stop()
  })

  test('that took the last channel of a receiver leaves dead letters, for the time when there is one again', async () => {
    const bench = await new AlertBench().start()
    bench.path.reconfigure({ policy: { ...bench.policy, channels: [] }, channels: [] })
    await bench.take(alertUpdate('HostDown'))
    expect(bench.path.deliveries({ states: ['dead'], limit: 9 })).toMatchObject([{ channel: 'chat' }])
    expect(bench.story('HostDown').at(-1)).toContain('No channel of the receiver all is configured.')
    const chat = new FakeChannel('chat')
    bench.path.reconfigure({ policy: bench.policy, channels: [chat] })
    expect(bench.path.replay({}, 'anna')).toMatchObject({ ok: true })
    await bench.pass(1_000)
    expect(chat.told).toEqual(['firing HostDown'])
    await bench.stop()
  })

  test('that happened while no process ran is noticed at the start', async () => {
    const bench = await new AlertBench({ policy: POLICY }).start()
    bench.channel('chat').answer = () => refusedWith('unreachable')
    await bench.take(alertUpdate('HostDown'))
    await bench.stop()
    const next = await new AlertBench({
      store: bench.store,
      clock: bench.clock,
      policy: { ...POLICY, channels: CHANNELS.slice(1) },
    }).start()
    await next.pass(1_000)
    expect(next.channel('mail').told).toEqual(['firing HostDown'])
    await next.stop()
  })

  test('exchanges a channel between two messages, and tries it at once', async () => {
    const bench = await new AlertBench().start()
    bench.channel('chat').answer = () => refusedWith('credentials-refused')
    await bench.take(alertUpdate('HostDown'))
    await bench.pass(HOUR)
    const fresh = new FakeChannel('chat')
    bench.path.reconfigure({ policy: bench.policy, channels: [fresh] })
    await bench.pass(1_000)
    expect(fresh.told).toEqual(['firing HostDown'])
    expect(bench.channel('chat').closed).toBe(true)
    await bench.stop()
    expect(fresh.closed).toBe(true)
  })

  test('closes a channel only after the message that is under way', async () => {
    const bench = await new AlertBench().start()
    let arrive: () => void = () => undefined
    bench.channel('chat').answer = () => new Promise((resolve) => (arrive = () => resolve(undefined)))
    await bench.take(alertUpdate('HostDown'))
    const fresh = new FakeChannel('chat')
    bench.path.reconfigure({ policy: bench.policy, channels: [fresh] })
    await bench.pass(1_000)
    expect(bench.channel('chat').closed).toBe(false)
    arrive()
    await bench.pass(1_000)
    expect(bench.channel('chat').closed).toBe(true)
    expect([bench.channel('chat').told, fresh.told]).toEqual([['firing HostDown'], []])
    await bench.take(alertUpdate('Disk'))
    expect(fresh.told).toEqual(['firing Disk'])
    await bench.stop()
  })

  test('gives what waited for a receiver that is gone to whoever has its alerts now', async () => {
    const bench = await new AlertBench({ policy: { groupWaitMs: 30_000 } }).start()
    await bench.take(alertUpdate('HostDown'))
    const policy = alertPolicy({
      receivers: [receiverPolicy('new')],
      routes: [{ matchers: [], severities: [], receivers: ['new'], goOn: false }],
    })
    bench.path.reconfigure({ policy, channels: [...bench.channels.values()] })
    await bench.pass(MINUTE)
    expect(bench.channel('chat').told).toEqual(['firing HostDown'])
    await bench.stop()
  })

  test('begins reminders for what fires already', async () => {
    const bench = await new AlertBench().start()
    await bench.take(alertUpdate('HostDown', { startsMs: bench.wallMs }))
    bench.path.reconfigure({
      policy: { ...bench.policy, remindEveryMs: 4 * HOUR },
      channels: [...bench.channels.values()],
    })
    await bench.pass(5 * HOUR)
    expect(bench.channel('chat').told).toEqual(['firing HostDown', 'reminder HostDown'])
    await bench.stop()
  })
})
