import { describe, expect, test } from 'vitest'
import { AlertBench } from '../testing/alert-bench.ts'
import { alertUpdate } from '../testing/alert-samples.ts'

describe('a process that ends', () => {
  test('lets the message that is under way arrive, and sends no further one', async () => {
    const bench = await new AlertBench().start()
    let arrive: () => void = () => undefined
    bench.channel('chat').answer = () => new Promise((resolve) => (arrive = () => resolve(undefined)))
    await bench.path.accept([alertUpdate('One'), alertUpdate('Two')])
    await bench.pass(1)
    const stopped = bench.path.stop(new AbortController().signal)
    await bench.pass(5_000)
    arrive()
    await bench.pass(0)
    await stopped
    expect(bench.channel('chat').told).toEqual(['firing One'])
    const next = await new AlertBench({ store: bench.store, clock: bench.clock }).start()
    await next.pass(1_000)
    expect(next.channel('chat').told).toEqual(['firing Two'])
    await next.stop()
  })

  test('gives up the message after its time, and the next process sends it', async () => {
    const bench = await new AlertBench().start()
    bench.channel('chat').answer = () => new Promise(() => undefined)
    await bench.take(alertUpdate('HostDown'))
    await bench.stop()
    expect(bench.path.deliveries({ limit: 9 })).toMatchObject([{ state: 'queued', attempts: 1 }])
    const next = await new AlertBench({ store: bench.store, clock: bench.clock }).start()
    await next.pass(1_000)
    expect(next.channel('chat').told).toEqual(['firing HostDown'])
    await next.stop()
  })

  test('without a word leaves what it was sending to the next', async () => {
    const bench = await new AlertBench().start()
    bench.channel('chat').answer = () => new Promise(() => undefined)
    await bench.take(alertUpdate('HostDown'))
    const next = await new AlertBench({ store: bench.store, clock: bench.clock }).start()
    await next.pass(1_000)
    expect(next.channel('chat').told).toEqual(['firing HostDown'])
    await next.stop()
    await bench.stop()
  })
})
