import { describe, expect, test } from 'vitest'
import { AlertBench } from '../testing/alert-bench.ts'
import { refusedWith } from '../testing/alert-channel.ts'
import { alertUpdate, channelPolicy, HOUR, MINUTE, receiverPolicy } from '../testing/alert-samples.ts'

const CHANNELS = [channelPolicy('chat'), channelPolicy('mail'), channelPolicy('siren', { local: true })]
const POLICY = { channels: CHANNELS, receivers: [receiverPolicy('all', { chain: [['chat'], ['mail']] })] }
const UPLINK = alertUpdate('WatchdogUplinkDown')

describe('what the alert path notices about itself', () => {
  const codes = (bench: AlertBench) =>
    bench.observed.filter(({ code }) => code !== 'dead-letter-gone').map(({ code, channel }) => [code, channel])

  test('a channel that has failed for a quarter of an hour, and that it works again', async () => {
    const bench = await new AlertBench({ policy: { channels: [channelPolicy('chat')] } }).start()
    expect(codes(bench)).toEqual([['channel-works', 'chat']])
    bench.channel('chat').answer = () => refusedWith('server-error')
    await bench.take(alertUpdate('HostDown'))
    await bench.pass(14 * MINUTE)
    expect(codes(bench)).not.toContainEqual(['channel-failing', 'chat'])
    await bench.pass(60 * MINUTE)
    expect(codes(bench).filter(([code]) => code === 'channel-failing')).toHaveLength(1)
    await bench.stop()
    const next = await new AlertBench({ store: bench.store, clock: bench.clock }).start()
    await next.pass(HOUR)
    expect(codes(next)).toEqual([
      ['uplink-back', undefined],
      ['channel-works', 'chat'],
    ])
    await next.stop()
  })

  test('dead letters, once an hour for a channel', async () => {
    const bench = await new AlertBench().start()
    bench.channel('chat').answer = () => refusedWith('not-found', { advice: 'never' })
    for (let index = 0; index < 10; index += 1) await bench.take(alertUpdate(`Alert${index}`))
    expect(codes(bench).filter(([code]) => code === 'dead-letter')).toEqual([['dead-letter', 'chat']])
    await bench.pass(HOUR)
    await bench.take(alertUpdate('Another'))
    expect(codes(bench).filter(([code]) => code === 'dead-letter')).toHaveLength(2)
    await bench.stop()
  })

  test('its own uplink: every channel that leaves the site is out of reach', async () => {
    const bench = await new AlertBench({
      policy: { ...POLICY, receivers: [receiverPolicy('all', { chain: [['chat', 'mail']] })] },
    }).start()
    await bench.take(alertUpdate('Before'))
    const down = () => codes(bench).filter(([code]) => code === 'uplink-down')
    bench.channel('chat').answer = () => refusedWith('unreachable')
    await bench.take(alertUpdate('One'))
    await bench.pass(3 * MINUTE)
    // The other one works.
    expect(down()).toHaveLength(0)
    bench.channel('mail').answer = () => refusedWith('timeout')
    await bench.take(alertUpdate('Two'))
    await bench.pass(40_000)
    expect(down()).toHaveLength(0)
    await bench.pass(2 * MINUTE)
    expect(down()).toHaveLength(1)
    await bench.pass(HOUR)
    expect(down()).toHaveLength(1)
    bench.channel('mail').answer = () => undefined
    await bench.pass(HOUR)
    expect(codes(bench).filter(([code]) => code === 'uplink-back')).toHaveLength(2)
    await bench.stop()
  })

  test('a service that answers with an error is reached', async () => {
    const bench = await new AlertBench({ policy: POLICY }).start()
    bench.channel('chat').answer = () => refusedWith('server-error')
    await bench.take(alertUpdate('One'))
    await bench.pass(4 * MINUTE)
    expect(codes(bench).some(([code]) => code === 'uplink-down')).toBe(false)
    await bench.stop()
  })

  test('and that its uplink is down is told by what needs none, at once, and to the others later', async () => {
    const bench = await new AlertBench({ policy: POLICY }).start()
    for (const name of ['chat', 'mail']) bench.channel(name).answer = () => refusedWith('unreachable')
    await bench.take(UPLINK)
    expect(bench.channel('siren').told).toEqual(['firing WatchdogUplinkDown'])
    await bench.take({ ...UPLINK, status: 'resolved' })
    for (const name of ['chat', 'mail']) bench.channel(name).answer = () => undefined
    await bench.pass(HOUR)
    expect(bench.channel('siren').told).toEqual(['firing WatchdogUplinkDown', 'resolved WatchdogUplinkDown'])
    expect(bench.channel('chat').told).toEqual(['resolved WatchdogUplinkDown'])
    await bench.stop()
  })
})
