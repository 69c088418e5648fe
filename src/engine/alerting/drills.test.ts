import { describe, expect, test } from 'vitest'
import { AlertBench } from '../testing/alert-bench.ts'
import { refusedWith } from '../testing/alert-channel.ts'
import { alertUpdate, channelPolicy, HOUR, MINUTE } from '../testing/alert-samples.ts'

const CHANNELS = [channelPolicy('alertmanager', { loops: true }), channelPolicy('chat'), channelPolicy('mail')]
const DAILY = { everyMs: 24 * HOUR }

/** What comes of a promise over some time. */
async function over<T>(bench: AlertBench, promise: Promise<T>, ms: number): Promise<T> {
  await bench.pass(ms)
  return promise
}

describe('a drill', () => {
  test('goes through every channel, and says how each is known to work', async () => {
    const bench = await new AlertBench({ policy: { channels: CHANNELS } }).start()
    bench.channel('chat').readBack = async () => ({ ok: true, found: true })
    bench.channel('alertmanager').answer = ({ message }) => {
      const canary = alertUpdate('WatchdogDrill', { source: 'drill', labels: { drill_id: message.key } })
      void bench.clock.sleep(20_000).then(() => bench.path.accept([canary]))
      return undefined
    }
    const report = await over(bench, bench.path.drill(undefined), MINUTE)
    expect(report).toMatchObject({
      ok: true,
      legs: [
        { channel: 'alertmanager', ok: true, proof: 'returned', latencyMs: 20_000 },
        { channel: 'chat', ok: true, proof: 'read-back' },
        { channel: 'mail', ok: true, proof: 'accepted' },
      ],
    })
    expect(bench.channel('mail').taken).toMatchObject([{ kind: 'drill', alerts: [], status: 'notice' }])
    // The canary is no alert of anybody.
    expect(bench.path.list({ limit: 9 })).toEqual([])
    expect(bench.path.status()).toMatchObject({ drill: { ok: true }, drillOkMs: report.startedMs })
    expect(bench.observed.at(-1)).toMatchObject({ code: 'drill-passed' })
    await bench.stop()
  })

  test('fails with one leg, and says which and why', async () => {
    const bench = await new AlertBench({ policy: { channels: CHANNELS } }).start()
    bench.channel('chat').readBack = async () => ({ ok: true, found: false })
    bench.channel('mail').answer = () =>
      refusedWith('credentials-refused', { advice: 'never', sentence: 'it answered 401' })
    const report = await over(bench, bench.path.drill(undefined), 3 * MINUTE)
    expect(report.legs).toMatchObject([
      { channel: 'alertmanager', ok: false, sentence: 'It was taken and did not come back by the hook within 120 s.' },
      { channel: 'chat', ok: false, sentence: 'It was taken, but it is not there when looked for.' },
      { channel: 'mail', ok: false, sentence: 'it answered 401' },
    ])
    expect(bench.observed.at(-1)).toMatchObject({
      code: 'drill-failed',
      sentence: expect.stringContaining('mail: it answered 401'),
    })
    expect(bench.path.status().drillOkMs).toBeUndefined()
    await bench.stop()
  })

  test('tries a channel that says later a few times', async () => {
    const bench = await new AlertBench().start()
    let refusals = 2
    bench.channel('chat').answer = () => {
      refusals -= 1
      return refusals >= 0 ? refusedWith('rate-limited', { retryAfterMs: 3_000 }) : undefined
    }
    expect(await over(bench, bench.path.drill('chat'), MINUTE)).toMatchObject({ ok: true })
    expect(bench.channel('chat').requests).toHaveLength(3)
    bench.channel('chat').answer = () => refusedWith('unreachable')
    expect(await over(bench, bench.path.drill('chat'), MINUTE)).toMatchObject({ ok: false })
    expect(bench.channel('chat').requests).toHaveLength(6)
    await bench.stop()
  })

  test('through one channel is no proof of the whole', async () => {
    const bench = await new AlertBench({ policy: { channels: CHANNELS } }).start()
    expect(await over(bench, bench.path.drill('mail'), MINUTE)).toMatchObject({
      legs: [{ channel: 'mail', ok: true }],
    })
    expect(bench.path.status().drill).toBeUndefined()
    expect(await bench.path.drill('nowhere')).toMatchObject({
      ok: false,
      legs: [{ sentence: 'There is no channel nowhere.' }],
    })
    await bench.stop()
  })

  test('that is asked for while one runs is that one', async () => {
    const bench = await new AlertBench().start()
    const both = [bench.path.drill(undefined), bench.path.drill(undefined)]
    await bench.pass(MINUTE)
    expect(await both[0]).toBe(await both[1])
    expect(bench.channel('chat').taken).toHaveLength(1)
    await bench.stop()
  })

  test('goes ahead of what is queued, though the channel waits to be tried again', async () => {
    const bench = await new AlertBench().start()
    bench.channel('chat').answer = () => refusedWith('unreachable')
    await bench.take(alertUpdate('HostDown'))
    await bench.pass(HOUR)
    bench.channel('chat').answer = () => undefined
    expect(await over(bench, bench.path.drill(undefined), 1_000)).toMatchObject({ ok: true })
    await bench.stop()
  })

  test('under way when the process stops is given up', async () => {
    const bench = await new AlertBench({ policy: { channels: CHANNELS } }).start()
    const report = bench.path.drill(undefined)
    await bench.pass(1_000)
    await bench.stop()
    expect(await report).toMatchObject({ ok: false })
    expect(bench.path.status().drill).toBeUndefined()
  })
})

describe('drills at their times', () => {
  test('come every period, which a restart does not begin anew', async () => {
    const bench = await new AlertBench({ drill: DAILY }).start()
    await bench.pass(23 * HOUR)
    expect(bench.channel('chat').taken).toHaveLength(0)
    await bench.stop()
    const next = await new AlertBench({ drill: DAILY, store: bench.store, clock: bench.clock }).start()
    await next.pass(HOUR + 2 * MINUTE)
    expect(next.channel('chat').taken).toHaveLength(1)
    expect(next.path.status().drillDueMs).toBeGreaterThan(next.wallMs + 23 * HOUR)
    await next.pass(24 * HOUR)
    expect(next.channel('chat').taken).toHaveLength(2)
    await next.stop()
  })

  test('are made up for after a start only where one is overdue', async () => {
    const bench = await new AlertBench({ drill: DAILY }).start()
    await bench.pass(HOUR)
    await bench.stop()
    await bench.pass(30 * HOUR)
    const next = await new AlertBench({ drill: DAILY, store: bench.store, clock: bench.clock }).start()
    await next.pass(MINUTE)
    expect(next.channel('chat').taken).toHaveLength(1)
    await next.stop()
  })

  test('come at their minute of the day', async () => {
    // The bench begins at 22:30.
    const bench = await new AlertBench({ drill: { ...DAILY, atMinute: 8 * 60 } }).start()
    const times: number[] = []
    bench.channel('chat').answer = () => {
      times.push(Math.floor(bench.wallMs / MINUTE) % 1_440)
      return undefined
    }
    await bench.pass(4 * 24 * HOUR)
    expect(times).toEqual([480, 480, 480])
    await bench.stop()
  })

  test('change with the configuration, and end with it', async () => {
    const bench = await new AlertBench({ drill: { everyMs: 240 * HOUR } }).start()
    await bench.pass(HOUR)
    const channels = [...bench.channels.values()]
    bench.path.reconfigure({ policy: bench.policy, channels, drill: { everyMs: 2 * HOUR } })
    await bench.pass(2 * HOUR + MINUTE)
    expect(bench.channel('chat').taken).toHaveLength(1)
    bench.path.reconfigure({ policy: bench.policy, channels, drill: undefined })
    await bench.pass(50 * HOUR)
    expect(bench.channel('chat').taken).toHaveLength(1)
    expect(bench.path.status().drillDueMs).toBeUndefined()
    await bench.stop()
  })

  test('tell that they passed once they had failed', async () => {
    const bench = await new AlertBench({ drill: DAILY }).start()
    const codes = () => bench.observed.filter(({ code }) => code.startsWith('drill')).map(({ code }) => code)
    await bench.pass(49 * HOUR)
    expect(codes()).toEqual(['drill-passed'])
    bench.channel('chat').answer = () => refusedWith('unreachable')
    await bench.pass(24 * HOUR)
    bench.channel('chat').answer = () => undefined
    await bench.pass(24 * HOUR)
    expect(codes()).toEqual(['drill-passed', 'drill-failed', 'drill-passed'])
    await bench.stop()
  })
})

test('a test message is tried once and kept nowhere', async () => {
  const bench = await new AlertBench({ policy: { channels: CHANNELS } }).start()
  bench.channel('mail').answer = () => refusedWith('unreachable')
  expect(await over(bench, bench.path.test(undefined), MINUTE)).toMatchObject([
    { channel: 'alertmanager', ok: true, proof: 'accepted' },
    { channel: 'chat', ok: true },
    { channel: 'mail', ok: false, sentence: 'it fails (unreachable)' },
  ])
  expect(bench.channel('mail').requests).toHaveLength(1)
  expect(bench.channel('chat').taken).toMatchObject([{ kind: 'test' }])
  expect(await bench.path.test('nowhere')).toMatchObject([{ ok: false }])
  expect(bench.path.deliveries({ limit: 9 })).toEqual([])
  await bench.stop()
})
