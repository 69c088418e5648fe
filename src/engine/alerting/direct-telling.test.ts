import { describe, expect, test } from 'vitest'
import { AlertBench } from '../testing/alert-bench.ts'
import { refusedWith } from '../testing/alert-channel.ts'
import { alertUpdate, channelPolicy, HOUR, MINUTE, receiverPolicy } from '../testing/alert-samples.ts'
import { MemoryAlertStore } from '../testing/alert-store.ts'

const CHANNELS = [channelPolicy('chat'), channelPolicy('mail'), channelPolicy('siren', { local: true })]
const POLICY = { channels: CHANNELS, receivers: [receiverPolicy('all', { chain: [['chat'], ['mail']] })] }

describe('while the state cannot be written', () => {
  test('alerts of ours are told from memory, and not a second time afterwards', async () => {
    const bench = await new AlertBench({ policy: POLICY }).start()
    bench.store.full = true
    const alert = alertUpdate('StoreUnavailable', { startsMs: bench.wallMs })
    bench.path.tellDirectly([alert, { kind: 'note', code: 'x', sentence: 'y', atMs: 1 }])
    bench.path.tellDirectly([alert])
    await bench.pass(1_000)
    expect(bench.channel('chat').told).toEqual(['firing StoreUnavailable'])
    bench.store.full = false
    await bench.take(alert)
    await bench.pass(HOUR)
    expect(bench.channel('chat').told).toEqual(['firing StoreUnavailable'])
    expect(bench.channel('mail').told).toEqual([])
    expect(bench.path.deliveries({ limit: 9 })).toMatchObject([{ channel: 'chat', state: 'delivered' }])
    expect(bench.story('StoreUnavailable')).toContain('sent: It was told by chat while the state could not be written.')
    // Its end is told like any other.
    await bench.take({ ...alert, status: 'resolved' })
    expect(bench.channel('chat').told).toEqual(['firing StoreUnavailable', 'resolved StoreUnavailable'])
    await bench.stop()
  })

  test('a channel that fails is tried a few times, and what it was not told is left to the state', async () => {
    const bench = await new AlertBench().start()
    bench.store.full = true
    bench.channel('chat').answer = () => refusedWith('unreachable')
    const alert = alertUpdate('StoreUnavailable', { startsMs: bench.wallMs })
    bench.path.tellDirectly([alert])
    await bench.pass(12_000)
    const tries = bench.channel('chat').requests.length
    expect(tries).toBeGreaterThan(1)
    bench.store.full = false
    bench.channel('chat').answer = () => undefined
    await bench.take(alert)
    await bench.pass(HOUR)
    expect(bench.channel('chat').told).toEqual(['firing StoreUnavailable'])
    await bench.stop()
  })

  test('nothing in memory grows for ever', async () => {
    const bench = await new AlertBench().start()
    bench.store.full = true
    bench.channel('chat').answer = () => refusedWith('unreachable')
    for (let index = 0; index < 1_000; index += 1) bench.path.tellDirectly([alertUpdate(`Alert${index}`)])
    await bench.pass(HOUR)
    expect(bench.channel('chat').requests.length).toBeLessThanOrEqual(200 * 6)
    expect(
      bench.logged.filter((line) => line.includes('could neither be written down nor told')).length,
    ).toBeGreaterThan(700)
    await bench.stop()
  })

  test('what was sent and could not be noted is noted before anything else is sent', async () => {
    const bench = await new AlertBench().start()
    bench.channel('chat').answer = () => {
      bench.store.full = true
      return undefined
    }
    await bench.path.accept([alertUpdate('One'), alertUpdate('Two')])
    await bench.pass(MINUTE)
    expect(bench.channel('chat').requests).toHaveLength(1)
    bench.channel('chat').answer = () => undefined
    bench.store.full = false
    await bench.pass(MINUTE)
    expect(bench.channel('chat').told).toEqual(['firing One', 'firing Two'])
    expect(bench.logged).toEqual([
      'The alert path cannot be written: The disk is full.',
      'The alert path can be written again.',
    ])
    await bench.stop()
  })

  test('a start waits until it can be', async () => {
    const store = new MemoryAlertStore()
    store.full = true
    const bench = await new AlertBench({ store }).start()
    await bench.pass(MINUTE)
    store.full = false
    await bench.pass(10_000)
    await bench.take(alertUpdate('HostDown'))
    expect(bench.channel('chat').told).toEqual(['firing HostDown'])
    await bench.stop()
  })
})
